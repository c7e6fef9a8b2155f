import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  ACCOUNTS_WIRE,
  type AccountsCalls,
  ApiKeys,
  Audit,
  Merchants,
  Revocations,
  SignIn,
  Staff,
} from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { ACCOUNTS_CALLS, CallDispatcher, type CallFrame } from '@holdfast/transport';

/** The calls of gateways to accounts. */
@Controller()
export class AccountsServer {
  private readonly dispatcher: CallDispatcher<AccountsCalls>;

  constructor(
    signIn: SignIn,
    staff: Staff,
    apiKeys: ApiKeys,
    merchants: Merchants,
    revocations: Revocations,
    audit: Audit,
    logger: Logger,
  ) {
    const service = allCalls([signIn, staff, apiKeys, merchants, revocations, audit]);
    this.dispatcher = new CallDispatcher({ wire: ACCOUNTS_WIRE, service, logger });
  }

  @MessagePattern(ACCOUNTS_CALLS)
  calls(@Payload() frame: CallFrame) {
    return this.dispatcher.serve(frame);
  }
}

type Role = Partial<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The roles as one: each call goes to the role that has it. */
function allCalls(roles: readonly object[]): AccountsCalls {
  const methods = Object.keys(ACCOUNTS_WIRE).map((method) => {
    const role = (roles as readonly Role[]).find((it) => it[method] !== undefined);
    return [method, (...args: unknown[]) => role![method]!(...args)] as const;
  });
  return Object.fromEntries(methods) as unknown as AccountsCalls;
}
