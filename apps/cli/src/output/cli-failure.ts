/** 0 done, 1 refused or broken, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Ends a command. The message is for people: what happened, and what to do about it. */
export class CliFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = 1,
  ) {
    super(message);
    this.name = 'CliFailure';
  }
}
