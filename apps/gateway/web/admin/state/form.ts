import { batch, signal } from '@preact/signals';
import type { Answer, NoAnswer } from '../../shared/answer';
import { newKey } from '../../shared/new-key';

/** One form: what is wrong with its fields, whether it is being sent, and how it ended. */
export class FormState {
  /** By JSON pointer. */
  readonly errors = signal<Readonly<Record<string, string>>>({});
  readonly failure = signal<NoAnswer | null>(null);
  readonly busy = signal(false);
  /** What was done, for all who look and listen. */
  readonly done = signal('');
  /** Pointers that have a field, which shows its own error. */
  readonly fields = new Set<string>();
  private sent: { text: string; key: string } | undefined;

  /** Sends it once at a time; undefined when it was refused or did not arrive. */
  async submit<T>(send: () => Promise<Answer<T>>, done = ''): Promise<Answer<T> | undefined> {
    if (this.busy.value) return undefined;
    batch(() => {
      this.busy.value = true;
      this.done.value = '';
      this.failure.value = null;
      this.errors.value = {};
    });
    const answer = await send();
    batch(() => {
      this.busy.value = false;
      if (answer.kind === 'ok') this.done.value = done;
      else this.refuse(answer);
    });
    if (answer.kind === 'ok' || !isOpen(answer)) this.sent = undefined;
    return answer.kind === 'ok' ? answer : undefined;
  }

  /** The same key as long as it is not known what became of the same content, so that nothing is made twice. */
  keyFor(content: unknown): string {
    const text = JSON.stringify(content);
    if (this.sent?.text !== text) this.sent = { text, key: newKey() };
    return this.sent.key;
  }

  /** Errors that the page itself has found. */
  reject(errors: Record<string, string>): void {
    this.done.value = '';
    this.failure.value = null;
    this.errors.value = errors;
  }

  private refuse(answer: NoAnswer): void {
    const errors = (answer.kind === 'problem' && answer.problem.errors) || [];
    this.errors.value = Object.fromEntries(errors.map(({ pointer, message }) => [pointer, message]));
    this.failure.value = answer;
  }
}

/** Whether it may have been carried out all the same: no answer came, the server failed on the way, or the first request is still at work. */
export function isOpen(answer: NoAnswer): boolean {
  if (answer.kind === 'unreachable') return true;
  return answer.status >= 500 || answer.problem.code === 'request-in-progress';
}

/** Blanks at either end of these count. */
const PASSWORDS = ['password', 'current', 'next'];

/** The fields of the form that is sent, by name. */
export function valuesOf(event: Event): Record<string, string> {
  event.preventDefault();
  return fieldsOf(event.currentTarget as HTMLFormElement);
}

/** The fields of a form by name, as they are now. */
export function fieldsOf(form: HTMLFormElement): Record<string, string> {
  const data = new FormData(form);
  const text = (name: string, value: string) => (PASSWORDS.includes(name) ? value : value.trim());
  return Object.fromEntries([...data.entries()].map(([name, value]) => [name, text(name, String(value))]));
}

/** The number of the row that is added next: of none that is shown, or was removed. It grows from there. */
export function nextRowOf(values: Readonly<Record<string, string>>, rows: readonly number[]): number {
  const used = Object.keys(values).flatMap((name) => /^sku-(\d+)$/.exec(name)?.[1] ?? []);
  return [...used.map(Number), ...rows].reduce((max, row) => Math.max(max, row), -1) + 1;
}
