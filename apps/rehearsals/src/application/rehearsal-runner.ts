import { setTimeout as pause } from 'node:timers/promises';
import type { RehearsalRun, RehearsalRuns } from '@holdfast/contracts';
import type { Background } from '@holdfast/kernel';
import { Heartbeat } from './heartbeat';
import { broken, type Outcome } from './outcome';
import type { LoadGenerator } from './ports/load-generator.port';
import { RunRehearsal, type RunParts } from './run-rehearsal';
import { TIMINGS } from './timings';

/** What the runner says to the operator. */
export interface RunnerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface RunnerParts extends RunParts {
  runs: RehearsalRuns;
  generator: LoadGenerator;
  log: RunnerLog;
}

/** Takes over requested rehearsals, one after the other, and ends each whatever happens. */
export class RehearsalRunner implements Background {
  private readonly shutdown = new AbortController();
  private working: Promise<void> | null = null;
  private unreachable = false;

  constructor(private readonly parts: RunnerParts) {}

  start(): void {
    this.working ??= this.work();
  }

  /** Stops the rehearsal under way and waits for its end. */
  async stop(): Promise<void> {
    this.shutdown.abort();
    this.parts.generator.close();
    await this.working;
  }

  private async work(): Promise<void> {
    const { signal } = this.shutdown;
    // What a killed runner has left.
    await this.parts.generator.clean().catch(() => undefined);
    while (!signal.aborted) {
      const run = await this.claim();
      if (run) await this.rehearse(run);
      else await pause(TIMINGS.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async claim(): Promise<RehearsalRun | null> {
    try {
      const run = await this.parts.runs.claimRehearsal(this.parts.runner);
      this.unreachable = false;
      return run;
    } catch (error) {
      // Said once: an unreachable inventory is asked twice a second.
      if (!this.unreachable) this.parts.log.warn({ err: error }, 'cannot look for rehearsals, retrying');
      this.unreachable = true;
      return null;
    }
  }

  private async rehearse(run: RehearsalRun): Promise<void> {
    const { runs, runner, log, generator, clock } = this.parts;
    const { id: rehearsalId, dropId, ghostId, profile, endsBy } = run.rehearsal;
    log.info({ rehearsalId, dropId, ghostId, profile }, 'rehearsal started');
    const isOverdue = () => clock.now() >= Date.parse(endsBy);
    const beat = new Heartbeat(runs, { rehearsalId, runner }, isOverdue, this.shutdown.signal);
    let outcome: Outcome;
    try {
      outcome = await new RunRehearsal(this.parts).run(run, beat);
    } catch (error) {
      outcome = broken(error, beat);
      if (outcome.state === 'failed') log.warn({ err: error, rehearsalId }, 'rehearsal failed');
    } finally {
      await beat.end();
    }
    await this.end(rehearsalId, outcome);
    await generator.clean().catch((error: unknown) => log.warn({ err: error }, 'work folder not removed'));
    const { state, verdict, detail } = outcome;
    log.info({ rehearsalId, state, verdict, detail }, 'rehearsal ended');
  }

  /** Again until it is written: the call may be repeated. Then inventory ends it itself, since no beat comes. */
  private async end(rehearsalId: string, outcome: Outcome): Promise<void> {
    const { runs, runner, log } = this.parts;
    const untilMs = performance.now() + TIMINGS.writeMs;
    for (;;) {
      try {
        await runs.endRehearsal({ rehearsalId, runner, ...outcome });
        return;
      } catch (error) {
        if (performance.now() > untilMs || this.shutdown.signal.aborted)
          return log.warn({ err: error, rehearsalId }, 'the result of the rehearsal could not be written');
        await pause(TIMINGS.pollMs);
      }
    }
  }
}
