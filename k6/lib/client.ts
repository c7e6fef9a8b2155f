import http, { type RefinedResponse } from 'k6/http';
import { CLIENT_PATIENCE } from '../../libs/audit/src/load/client-patience.ts';
import { backoffMs } from '../../libs/kernel/src/backoff.ts';
import type { CallName } from '../../libs/load/src/model/known-answers.ts';
import { pause } from './clock.ts';
import type { Settings } from './settings.ts';
import { fault, note, tally } from './tally.ts';

export interface Call {
  name: CallName;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: object;
  /** The Idempotency-Key. Every try of a call carries the same one. */
  key?: string;
  token?: string;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  header(name: string): string | undefined;
  /** Of all the time, what the product asked to wait by `Retry-After`. */
  askedMs: number;
}

// A refusal is an answer, and so is "come back later"; the rest counts as failed in k6's own figures.
http.setResponseCallback(http.expectedStatuses(200, 201, 202, 204, 304, 401, 402, 409, 410, 422, 429, 503));

/**
 * Sends a request until it is answered. A lost answer and a 503 say nothing about what happened, so the very same
 * request (same key, same bytes) goes out again: one effect, one answer. Bounded, jittered, never sooner than
 * `Retry-After`. Null when patience ran out.
 */
export class Client {
  // Virtual users serve several shoppers, who must not share their cookies.
  private readonly jar = new http.CookieJar();
  private readonly settings: Settings;
  private readonly random: () => number;
  private readonly address: string;

  /** `address`: an invented one, for a rehearsal. */
  constructor(settings: Settings, random: () => number, address: string) {
    this.settings = settings;
    this.random = random;
    this.address = address;
  }

  async call(call: Call): Promise<Answer | null> {
    let askedMs = 0;
    for (let tries = 1; tries <= CLIENT_PATIENCE.triesMax; tries += 1) {
      const response = await this.send(call);
      if (response.status !== 0 && response.status !== 503) return read(call, response, askedMs);
      const retryAfter = headerOf(response, 'retry-after');
      if (response.status === 503 && retryAfter === undefined)
        fault('serverFaults', `503 without Retry-After, ${call.name}`);
      tally.retries.add(1, { call: call.name });
      note({ did: 'retry', why: `${call.name}: ${response.status === 503 ? '503' : causeOf(response)}` });
      const waitMs = this.waitMs(tries, Number(retryAfter ?? 0));
      await pause(waitMs);
      if (retryAfter !== undefined) askedMs += waitMs;
    }
    fault('gaveUp', `no answer after ${CLIENT_PATIENCE.triesMax} tries, ${call.name}`);
    return null;
  }

  /** The headers that say who asks. */
  headers(): Record<string, string> {
    const { operatorPass, rehearsalPass } = this.settings;
    return {
      ...(operatorPass && { 'holdfast-operator': operatorPass }),
      ...(rehearsalPass && {
        'holdfast-rehearsal': rehearsalPass,
        'holdfast-rehearsal-address': this.address,
      }),
    };
  }

  private send({ name, method, path, body, key, token }: Call): Promise<RefinedResponse<'text'>> {
    const headers = this.headers();
    if (body) headers['content-type'] = 'application/json';
    if (key) headers['idempotency-key'] = key;
    if (token) headers['authorization'] = `Bearer ${token}`;
    return http.asyncRequest(method, this.settings.url + path, body ? JSON.stringify(body) : null, {
      headers,
      timeout: CLIENT_PATIENCE.answerMs,
      redirects: 0,
      responseType: 'text',
      jar: this.jar,
      tags: { name },
    });
  }

  private waitMs(tries: number, retryAfterS: number): number {
    const askedMs = Math.min(retryAfterS * 1000, CLIENT_PATIENCE.maxMs);
    return Math.max(askedMs, backoffMs(tries - 1, CLIENT_PATIENCE, this.random));
  }
}

function read({ name }: Call, response: RefinedResponse<'text'>, askedMs: number): Answer {
  const body: Record<string, unknown> = {};
  if (response.status >= 500) fault('serverFaults', `${response.status}, ${name}`);
  else if (name !== 'page')
    try {
      Object.assign(body, response.body ? (JSON.parse(response.body) as unknown) : {});
    } catch {
      fault('oddAnswers', `no JSON, ${name}`);
    }
  return { status: response.status, body, header: (field) => headerOf(response, field), askedMs };
}

/** Without the numbers that differ each time, so that causes can be counted. */
function causeOf({ error, error_code: code }: RefinedResponse<'text'>): string {
  return `${code} ${error.replace(/:\d+/g, '').replace(/"[^"]*"/g, '…')}`;
}

/** Names of headers have no case; k6 writes them in one of its own. */
function headerOf(response: RefinedResponse<'text'>, name: string): string | undefined {
  const found = Object.keys(response.headers).find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : response.headers[found];
}
