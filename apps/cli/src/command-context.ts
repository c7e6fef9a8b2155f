import type { Command } from 'commander';
import type { Terminal } from './output/terminal';
import type { ExitCode } from './output/cli-failure';
import type { Env } from './product/find-product';

/** What a command answers: one JSON document for programs, the same as text for people. */
export interface Answer {
  json: unknown;
  text: string;
  /** 1: the answer is an answer, and the news is bad. Default 0. */
  exitCode?: ExitCode;
}

/** What every command gets besides its own options. */
export interface CommandContext {
  env: Env;
  terminal: Terminal;
  /** Aborted by Ctrl-C: a long command then stops and says what it has. */
  interrupted: AbortSignal;
}

/** Puts a command's answer out. Set by the program, used by each command's action. */
export type Run = (
  command: Command,
  work: () => Promise<Answer>,
  /**
   * `stopsItself`: it watches for Ctrl-C and answers with what it has; others are left at once. `keepsExitCode`: its exit code counts
   * also after Ctrl-C; that of others is 130 then.
   */
  options?: { stopsItself?: boolean; keepsExitCode?: boolean },
) => Promise<void>;
