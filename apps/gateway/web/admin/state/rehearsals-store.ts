import { computed, signal } from '@preact/signals';
import type { Answer, NoAnswer } from '../../shared/answer';
import { announce } from '../../shared/announce';
import type { BodyOf } from './api';
import { session } from './current';
import { List } from './list';
import { verdictSentence, WHILE_SELLING } from './rehearsal-words';
import type { Rehearsal } from './types';

const POLL_MS = 1_000;

export type Words = BodyOf<'/v1/admin/drops/{dropId}/rehearsals', 'post'>;

/** The rehearsals of a drop, newest first; the one that runs is asked for again each second. */
export class RehearsalsStore {
  readonly list: List<Rehearsal>;
  /** Why the last question about the running one was not answered. */
  readonly lost = signal<NoAnswer | null>(null);
  readonly running = computed(() => this.items.value.find(({ state }) => state === 'running') ?? null);
  private readonly items = computed(() => this.list.pages.data.value?.items ?? []);
  private timer = 0;

  constructor(readonly dropId: string) {
    this.list = new List((api, query) =>
      api.GET('/v1/admin/drops/{dropId}/rehearsals', { params: { path: { dropId }, query } }),
    );
  }

  start(): void {
    void this.list.search();
    this.timer = window.setInterval(() => void (document.hidden || this.poll()), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async begin(body: Words, key: string): Promise<Answer<Rehearsal>> {
    const params = { path: { dropId: this.dropId }, header: { 'Idempotency-Key': key } };
    return inWordsOfThePage(
      await session.call((api) => api.POST('/v1/admin/drops/{dropId}/rehearsals', { params, body })),
    );
  }

  end({ id }: Rehearsal) {
    return session.call((api) =>
      api.DELETE('/v1/admin/drops/{dropId}/rehearsals/{rehearsalId}', { params: this.paramsOf(id) }),
    );
  }

  report({ id }: Rehearsal) {
    return session.call((api) =>
      api.GET('/v1/admin/drops/{dropId}/rehearsals/{rehearsalId}/report', {
        params: this.paramsOf(id),
        headers: { accept: 'text/html' },
        parseAs: 'blob',
      }),
    );
  }

  admit({ id, safeAdmissionPerMinute: perMinute }: Rehearsal) {
    const params = { path: { dropId: this.dropId } };
    return session.call((api) =>
      api.PUT('/v1/admin/drops/{dropId}/admission', { params, body: { perMinute, from: id } }),
    );
  }

  /** A rehearsal as an answer shows it, in the place of what was known. */
  take(rehearsal: Rehearsal): void {
    const page = this.list.pages.data.value ?? { items: [], nextCursor: null };
    const isKnown = page.items.some(({ id }) => id === rehearsal.id);
    const items = isKnown
      ? page.items.map((it) => (it.id === rehearsal.id ? rehearsal : it))
      : [rehearsal, ...page.items];
    this.list.pages.take({ ...page, items });
  }

  private isAsking = false;

  private async poll(): Promise<void> {
    const before = this.running.value;
    if (!before || this.isAsking) return;
    this.isAsking = true;
    const params = this.paramsOf(before.id);
    const answer = await session.call((api) =>
      api.GET('/v1/admin/drops/{dropId}/rehearsals/{rehearsalId}', { params }),
    );
    this.isAsking = false;
    this.lost.value = answer.kind === 'ok' ? null : answer;
    if (answer.kind !== 'ok') return;
    this.take(answer.body);
    if (answer.body.state !== 'running') announce(verdictSentence(answer.body), true);
  }

  private paramsOf(rehearsalId: string) {
    return { path: { dropId: this.dropId, rehearsalId } };
  }
}

/** A refusal names the field of the API that would allow it; here that is a checkbox. */
function inWordsOfThePage<T>(answer: Answer<T>): Answer<T> {
  if (answer.kind !== 'problem' || !answer.problem.detail) return answer;
  const detail = answer.problem.detail.replace('allow it with whileSelling', `tick “${WHILE_SELLING}”`);
  return { ...answer, problem: { ...answer.problem, detail } };
}
