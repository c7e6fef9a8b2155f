import type { WireMethod } from '@holdfast/contracts';
import type { Peers } from './peers';

/** What the other service sent is not what the contract says. */
export class MalformedAnswer extends Error {}

type AnyCall = (...args: never[]) => Promise<unknown>;
type AnswerOf<Client, M extends keyof Client> = Client[M] extends AnyCall
  ? Awaited<ReturnType<Client[M]>>
  : never;

export interface AskOptions {
  /** What has the same key is asked of the same instance; any instance when there is none. */
  key: string | undefined;
  deadlineMs: number;
  alone?: boolean;
}

/** Asks one service through its wire table, and believes an answer only when it fits its schema. */
export class RemoteClient<Client extends object> {
  private readonly answers: Record<string, WireMethod['answer']>;

  constructor(
    private readonly peers: Peers,
    wire: { [M in keyof Client]: unknown },
  ) {
    const methods = Object.entries(wire as Record<string, WireMethod>);
    this.answers = Object.fromEntries(methods.map(([method, { answer }]) => [method, answer]));
  }

  async ask<M extends keyof Client & string>(
    method: M,
    args: unknown[],
    { key, deadlineMs, alone }: AskOptions,
  ): Promise<AnswerOf<Client, M>> {
    const answer = await this.peers.call([method, ...args], { key, deadlineMs, alone });
    // Checked, then given on as it came: the schema's copy would cost as much again and could lose what a newer service adds.
    const read = this.answers[method]!.safeParse(answer);
    if (!read.success) throw new MalformedAnswer(`${method}: the answer does not fit the contract`);
    return answer as AnswerOf<Client, M>;
  }
}
