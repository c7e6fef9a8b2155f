import { signal } from '@preact/signals';

/** The question for the password; one at a time, and all who wait for it get the same answer. */
export class StepUpQuestion {
  readonly isAsked = signal(false);
  private asking: Promise<boolean> | undefined;
  private settle: (confirmed: boolean) => void = () => undefined;

  ask(): Promise<boolean> {
    this.isAsked.value = true;
    this.asking ??= new Promise<boolean>((resolve) => (this.settle = resolve));
    return this.asking;
  }

  answer(confirmed: boolean): void {
    this.isAsked.value = false;
    this.asking = undefined;
    this.settle(confirmed);
  }
}
