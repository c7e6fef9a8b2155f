import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callConnect, withLogin, withoutLogin } from './connect-rest';

describe('logins in addresses', () => {
  const login = { username: 'me@shop', password: 'a/b:c@d ü' };
  let server: Server;
  let address: string;
  const asked: { url: string | undefined; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ url: request.url, authorization: request.headers.authorization });
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('are left out for people, of each address of a list', () => {
    expect(withoutLogin(withLogin('http://connect:8083', login))).toBe('http://connect:8083');
    expect(withoutLogin('redis://:a@b@one:1,redis://two:2')).toBe('redis://one:1,redis://two:2');
  });

  it('go to the server in a header, since fetch refuses them in the address', async () => {
    await callConnect(`${withLogin(address, login)}/`, '/health');
    await callConnect(address, '/health');
    const [known, unknown] = asked;
    expect(known!.url).toBe('/health');
    expect(Buffer.from(known!.authorization!.replace('Basic ', ''), 'base64').toString()).toBe(
      'me@shop:a/b:c@d ü',
    );
    expect(unknown).toEqual({ url: '/health', authorization: undefined });
  });
});
