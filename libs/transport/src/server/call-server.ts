import { Controller, Inject, type Provider, type Type } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { inRoles, type Roles, type WireTable } from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import type { Observable } from 'rxjs';
import type { CallFrame, WireReply } from '../frame';
import { CallDispatcher } from './call-dispatcher';

export interface CallController {
  calls(frame: CallFrame): Observable<WireReply[]>;
}

export interface CallServer {
  controllers: [Type<CallController>];
  providers: Provider[];
}

/** What a Nest module needs to take the calls of `wire` under `pattern`; the module has to provide the roles that answer them. */
export function callServer<Calls extends object>(
  pattern: string,
  wire: WireTable<Calls>,
  roles: Roles,
): CallServer {
  const dispatcher = Symbol(pattern);

  @Controller()
  class CallsController implements CallController {
    constructor(@Inject(dispatcher) private readonly dispatched: CallDispatcher<Calls>) {}

    @MessagePattern(pattern)
    calls(@Payload() frame: CallFrame) {
      return this.dispatched.serve(frame);
    }
  }

  return {
    controllers: [CallsController],
    providers: [
      {
        provide: dispatcher,
        inject: [Logger, ...Object.values(roles)],
        useFactory: (logger: Logger, ...parts: object[]) =>
          new CallDispatcher<Calls>({ wire, service: inRoles<Calls>(wire, parts), logger }),
      },
    ],
  };
}
