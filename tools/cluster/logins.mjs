// Logins in addresses, and Kafka Connect's REST, which may want one. Node alone: infra/debezium/register.mjs runs without any package.

/** The addresses without logins, for people and logs. */
export function withoutLogin(urls) {
  return urls
    .split(',')
    .map((url) => url.replace(/\/\/[^/]*@/, '//'))
    .join(',');
}

/** @param {string} url @param {{username: string, password: string}} login */
export function withLogin(url, { username, password }) {
  return url.replace('//', `//${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}

/** Asks the REST of a worker. `fetch` refuses an address with a login in it; in the header it also stays out of every error. */
export function askRest(connectUrl, path, options = {}) {
  const { username, password } = new URL(connectUrl);
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const login = username ? { authorization: `Basic ${Buffer.from(text).toString('base64')}` } : {};
  return fetch(`${withoutLogin(connectUrl).replace(/\/+$/, '')}${path}`, {
    ...options,
    headers: { ...options.headers, ...login },
  });
}
