import { signal } from '@preact/signals';
import { call } from '../shared/api';
import { hasSession } from '../shared/session';
import type { Hold } from '../shared/types';

const SOON_MS = 150; // what changes in one breath is one look
const LIMIT = 200;

/**
 * The shopper's live holds in one drop, by the shop's own word: what a tab forgot, or another tab placed, is
 * among them.
 */
export class LiveHolds {
  readonly holds = signal<readonly Hold[]>([]);
  private looks = 0;
  private timer = 0;

  constructor(
    private readonly dropId: string,
    private readonly listed: (holds: readonly Hold[]) => void,
  ) {}

  /** Reloads soon, if the page is visible. */
  lookSoon(): void {
    clearTimeout(this.timer);
    if (!document.hidden) this.timer = window.setTimeout(() => void this.look(), SOON_MS);
  }

  /**
   * Without an answer the last state is kept; it is reloaded when the page becomes visible or something
   * changes.
   */
  async look(): Promise<void> {
    if (!hasSession()) return; // who was never a customer has no hold, and needs no session
    const turn = (this.looks += 1);
    const path = `/v1/holds?state=held&dropId=${encodeURIComponent(this.dropId)}&limit=${LIMIT}`;
    const answer = await call<{ items: Hold[] }>(path, { asCustomer: true });
    if (answer.kind !== 'ok' || turn !== this.looks) return;
    this.holds.value = answer.body.items;
    this.listed(answer.body.items);
  }

  add(hold: Hold): void {
    this.holds.value = [hold, ...this.holds.value.filter(({ id }) => id !== hold.id)];
  }

  remove(holdId: string): void {
    this.holds.value = this.holds.value.filter(({ id }) => id !== holdId);
  }
}
