import http, { type RefinedResponse } from 'k6/http';
import { sleep } from 'k6';
import { CLIENT_PATIENCE } from '../../libs/audit/src/load/client-patience.ts';
import { backoffMs } from '../../libs/kernel/src/backoff.ts';
import type { Settings } from './settings.ts';
import { fault, note, tally } from './tally.ts';

export interface Call {
  /** The name under which the figures of this call are gathered. */
  name: string;
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
}

// A refusal is an answer, and so is "come back later"; the rest counts as failed in k6's own figures.
http.setResponseCallback(http.expectedStatuses(200, 201, 202, 204, 402, 409, 410, 503));

/**
 * Sends a request until it is answered. A lost answer and a 503 say nothing about what happened, so the very same request (same key, same
 * bytes) goes out again: one effect, one answer. Bounded, jittered, never sooner than `Retry-After`. Null when patience ran out.
 */
export class Client {
  private readonly settings: Settings;
  private readonly random: () => number;

  constructor(settings: Settings, random: () => number) {
    this.settings = settings;
    this.random = random;
  }

  call(call: Call): Answer | null {
    for (let tries = 1; tries <= CLIENT_PATIENCE.triesMax; tries += 1) {
      const response = this.send(call);
      if (response.status !== 0 && response.status !== 503) return this.read(call, response);
      const retryAfter = headerOf(response, 'retry-after');
      if (response.status === 503 && retryAfter === undefined)
        fault('serverFaults', `503 without Retry-After, ${call.name}`);
      tally.retries.add(1, { call: call.name });
      note({ did: 'retry', why: `${call.name}: ${response.status === 503 ? '503' : causeOf(response)}` });
      this.wait(tries, Number(retryAfter ?? 0));
    }
    tally.gaveUp.add(1, { call: call.name });
    return null;
  }

  private send({ name, method, path, body, key, token }: Call): RefinedResponse<'text'> {
    const headers: Record<string, string> = {};
    if (body) headers['content-type'] = 'application/json';
    if (key) headers['idempotency-key'] = key;
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (this.settings.pass) headers['holdfast-operator'] = this.settings.pass;
    return http.request(method, this.settings.url + path, body ? JSON.stringify(body) : null, {
      headers,
      timeout: CLIENT_PATIENCE.answerMs,
      redirects: 0,
      responseType: 'text',
      tags: { name },
    });
  }

  private read({ name }: Call, response: RefinedResponse<'text'>): Answer {
    if (response.status >= 500) fault('serverFaults', `${response.status}, ${name}`);
    const body: Record<string, unknown> = {};
    try {
      Object.assign(body, response.body ? (JSON.parse(response.body) as unknown) : {});
    } catch {
      fault('oddAnswers', `no JSON, ${name}`);
    }
    return { status: response.status, body, header: (field) => headerOf(response, field) };
  }

  private wait(tries: number, retryAfterS: number): void {
    const askedMs = Math.min(retryAfterS * 1000, CLIENT_PATIENCE.maxMs);
    sleep(Math.max(askedMs, backoffMs(tries - 1, CLIENT_PATIENCE, this.random)) / 1000);
  }
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
