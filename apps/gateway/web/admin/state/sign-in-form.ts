import { signal } from '@preact/signals';
import type { Answer } from '../../shared/answer';
import { FormState } from './form';
import type { SecondFactor } from './session';

/** A sign-in by password or link: it may need a code besides, and after wrong attempts a pause. */
export class SignInForm {
  readonly form = new FormState();
  readonly needsCode = signal(false);
  /** Whole seconds until the next attempt is accepted. */
  readonly pause = signal(0);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly send: (factor: SecondFactor) => Promise<Answer<unknown>>,
    /** The field that a wrong guess is shown at. */
    private readonly guess: { pointer: string; fault: string } | null,
  ) {}

  async submit(factor: SecondFactor): Promise<boolean> {
    if (this.pause.value > 0) return false;
    const answer = await this.form.submit(() => this.send(factor));
    if (answer) return true;
    const failure = this.form.failure.value;
    if (failure?.kind !== 'problem') return false;
    if (failure.status === 429) this.wait(failure.retryAfterSeconds ?? 1);
    else if (failure.problem.code === 'mfa-required') this.askForCode(factor);
    else if (failure.problem.code === 'invalid-credentials' && this.guess)
      this.form.reject({ [this.guess.pointer]: this.guess.fault });
    return false;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private askForCode({ totp, recoveryCode }: SecondFactor): void {
    this.needsCode.value = true;
    const fault = 'is not correct, or was used already';
    this.form.reject({
      ...(totp === undefined ? {} : { '/totp': fault }),
      ...(recoveryCode === undefined ? {} : { '/recoveryCode': fault }),
    });
  }

  private wait(seconds: number): void {
    this.pause.value = seconds;
    if (seconds <= 0) this.form.failure.value = null;
    else this.timer = setTimeout(() => this.wait(seconds - 1), 1000);
  }
}
