import http from 'node:http';

export interface ClientAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

const ANSWER_MS_MAX = 20_000; // longer than the product's own deadlines

/** Asks from one address of 127.0.0.0/8. Rejects when there is no answer. */
export class Client {
  private readonly agent: http.Agent;

  constructor(
    readonly url: string,
    readonly address: string,
    connections = 6,
  ) {
    this.agent = new http.Agent({
      keepAlive: true,
      maxSockets: connections,
      localAddress: address,
    } as object);
  }

  send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<ClientAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = text === undefined ? headers : { ...headers, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${this.url}${path}`,
        { method, headers: sent, agent: this.agent, localAddress: this.address },
        (response) => {
          let answer = '';
          response.setEncoding('utf8').on('data', (more: string) => (answer += more));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, body: answer }),
          );
        },
      );
      request.setTimeout(ANSWER_MS_MAX, () => request.destroy(new Error('no answer in 20 s')));
      request.on('error', reject);
      request.end(text);
    });
  }

  /** A guest session's token. Throws when there is none. */
  async session(): Promise<string> {
    const { status, body } = await this.send('POST', '/v1/sessions', {}, {});
    if (status !== 201) throw new Error(`no session: ${status}`);
    return (JSON.parse(body) as { accessToken: string }).accessToken;
  }

  close(): void {
    this.agent.destroy();
  }
}
