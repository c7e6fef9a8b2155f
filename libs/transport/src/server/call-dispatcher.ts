import { InvalidCursor, ServiceUnavailable, type WireMethod } from '@holdfast/contracts';
import type { Logger } from '@holdfast/observability';
import { Observable } from 'rxjs';
import { z } from 'zod';
import type { CallFrame, WireCall, WireFault, WireReply } from '../frame';
import { ReplyStream } from './reply-stream';

type Reading =
  { args: unknown[]; fault?: undefined } | { args?: undefined; fault: WireFault & { kind: 'bad-request' } };

const badRequest = (message: string): Reading => ({ fault: { kind: 'bad-request', message } });

type Wire = Record<string, WireMethod>;
type Service = Record<string, (...args: unknown[]) => Promise<unknown>>;

export interface CallDispatcherParts<Client extends object> {
  wire: { [M in keyof Client]: unknown };
  service: Client;
  logger: Logger;
}

/**
 * Passes calls of other services to this service. Each is validated and answered separately, so that an
 * invalid or slow one does not affect others in the frame. Never throws, whatever was sent.
 */
export class CallDispatcher<Client extends object> {
  private readonly wire: Wire;
  private readonly service: Service;

  constructor(private readonly parts: CallDispatcherParts<Client>) {
    this.wire = parts.wire as Wire;
    this.service = parts.service as Service;
  }

  /** The replies to one frame, in messages of as many as are ready at the same time. */
  serve({ calls, left }: CallFrame): Observable<WireReply[]> {
    return new Observable((subscriber) => {
      const stream = new ReplyStream(calls.length, left, subscriber);
      calls.forEach((call, index) => this.serveOne(call, index, stream));
    });
  }

  private serveOne(call: WireCall, index: number, stream: ReplyStream): void {
    const [method] = call;
    const { args, fault } = this.read(call);
    if (args === undefined) {
      this.parts.logger.warn({ method, reason: fault.message }, 'call rejected: invalid request');
      stream.put([index, null, fault]);
      return;
    }
    let answer: Promise<unknown>;
    try {
      answer = this.service[method]!(...args);
    } catch (error) {
      answer = Promise.reject(error);
    }
    answer.then(
      (value) => stream.put([index, value ?? null]),
      (error: unknown) => stream.put([index, null, this.faultOf(method, error)]),
    );
  }

  /** The validated arguments, or what is wrong with them: names and expectations, never values. */
  private read(call: WireCall): Reading {
    const [method] = call;
    if (!Object.hasOwn(this.wire, method)) return badRequest('no such method');
    const { input } = this.wire[method]!;
    if (call.length !== input.length + 1) return badRequest('wrong number of arguments');
    const args: unknown[] = [];
    for (let i = 0; i < input.length; i += 1) {
      const read = input[i]!.safeParse(call[i + 1]);
      if (!read.success) return badRequest(z.prettifyError(read.error));
      args.push(read.data);
    }
    return { args };
  }

  private faultOf(method: string, error: unknown): WireFault {
    if (error instanceof ServiceUnavailable)
      return {
        kind: 'unavailable',
        message: error.message,
        retryAfterSeconds: error.retryAfterSeconds,
      };
    if (error instanceof InvalidCursor) return { kind: 'invalid-cursor', message: error.message };
    this.parts.logger.error({ err: error, method }, 'call handler failed');
    return { kind: 'failed' };
  }
}
