import { signal } from '@preact/signals';
import type { Answer, NoAnswer } from '../../shared/answer';

/** Something that a view shows, and how asking for it goes. What is known stays when a later answer fails to come. */
export class Resource<T> {
  readonly data = signal<T | null>(null);
  readonly failure = signal<NoAnswer | null>(null);
  readonly busy = signal(false);
  /** Of the version shown, for `If-Match`. */
  etag: string | undefined;
  private asked = 0;

  constructor(private readonly ask: () => Promise<Answer<T>>) {}

  /** The newest question wins: an older answer that arrives late changes nothing. */
  async reload(): Promise<void> {
    const turn = (this.asked += 1);
    this.busy.value = true;
    const answer = await this.ask();
    if (turn !== this.asked) return;
    this.busy.value = false;
    if (answer.kind === 'ok') this.take(answer.body, answer.etag);
    else this.failure.value = answer;
  }

  /** What a call has answered; answers to earlier questions no longer count. */
  take(data: T, etag?: string): void {
    this.asked += 1;
    this.busy.value = false;
    this.failure.value = null;
    this.etag = etag;
    this.data.value = data;
  }
}
