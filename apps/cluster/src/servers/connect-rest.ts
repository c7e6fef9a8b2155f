/** The addresses without logins, for people and logs. `urls`: comma-separated. */
export function withoutLogin(urls: string): string {
  return urls
    .split(',')
    .map((url) => url.replace(/\/\/[^/]*@/, '//'))
    .join(',');
}

export function withLogin(
  url: string,
  { username, password }: { username: string; password: string },
): string {
  return url.replace('//', `//${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}

/** The parts of an answer that are read here. */
export interface ConnectAnswer {
  status: number;
  body: Record<string, unknown> & {
    message?: string;
    version?: string;
    connector?: ConnectPart;
    tasks?: ConnectPart[];
  };
}

/** A connector or one of its tasks. */
export interface ConnectPart {
  state: string;
  trace?: string;
}

export interface ConnectCall {
  method?: string;
  body?: object | undefined;
  timeoutMs?: number;
}

const ASK_MS = 5_000;

/** Calls the REST API of a Connect worker. `fetch` refuses an address with a login; in a header the login also stays out of error messages. */
export async function callConnect(
  connectUrl: string,
  path: string,
  { method = 'GET', body, timeoutMs = ASK_MS }: ConnectCall = {},
): Promise<ConnectAnswer> {
  const { username, password } = new URL(connectUrl);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const answer = await fetch(`${withoutLogin(connectUrl).replace(/\/+$/, '')}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(username && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await answer.text();
  try {
    return { status: answer.status, body: (JSON.parse(text || '{}') ?? {}) as ConnectAnswer['body'] };
  } catch {
    return { status: answer.status, body: { message: text } };
  }
}

/** RUNNING alone proves nothing: it is also the state of a connector without a task. */
export function isRunning({
  connector,
  tasks = [],
}: {
  connector?: ConnectPart;
  tasks?: readonly ConnectPart[];
}): boolean {
  return tasks.length > 0 && [connector, ...tasks].every((part) => part?.state === 'RUNNING');
}

/** GET /health returns 200 only while the worker really works; `/status` still returns RUNNING for a dead one. */
export async function isHealthy(connectUrl: string, timeoutMs = 2_000): Promise<boolean> {
  return (await callConnect(connectUrl, '/health', { timeoutMs })).status === 200;
}
