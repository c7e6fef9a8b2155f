import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type HealthCheckResult, type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import { shared } from '@holdfast/process';
import { type ReadinessCheck, ReadinessChecks } from './readiness-checks';

const PROBE_DEADLINE_MS = 1_500;
/**
 * Who asks in between gets the last answer: a crowd of askers costs each dependency two questions a second.
 */
const PROBE_AGE_MS_MAX = 500;

/**
 * Whether this process should receive requests: not during shutdown, and not while a required dependency is
 * down.
 */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private stopping = false;
  private readonly looks: readonly (() => Promise<Look>)[];

  constructor(
    private readonly indicators: HealthIndicatorService,
    dependencies: ReadinessChecks,
  ) {
    this.looks = dependencies.list.map((check) => shared(PROBE_AGE_MS_MAX, () => this.look(check)));
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** One check for each dependency, by its name in the answer. */
  checks() {
    return [() => this.process(), ...this.looks];
  }

  private process() {
    const indicator = this.indicators.check('gateway');
    return this.stopping ? indicator.down('is stopping') : indicator.up();
  }

  private async look({ name, needed, probe }: ReadinessCheck): Promise<Look> {
    const indicator = this.indicators.check(name);
    try {
      return indicator.up(await withDeadline(name, PROBE_DEADLINE_MS, probe()));
    } catch (error) {
      const message = reasonOf(error, needed);
      return needed ? indicator.down(message) : indicator.up({ [DEGRADED]: true, message });
    }
  }
}

type Look = HealthIndicatorResult;

const DEGRADED = 'degraded';

/** The library only knows up and down; an optional dependency that is down is reported as up, with a mark. */
export function presentHealth({ status, info, error, details }: HealthCheckResult): object {
  return { status, info: marked(info ?? {}), error, details: marked(details) };
}

function marked(states: Partial<HealthIndicatorResult>): object {
  const entries = Object.entries(states as HealthIndicatorResult).map(
    ([name, { [DEGRADED]: degraded, ...state }]) => [
      name,
      degraded === true ? { ...state, status: DEGRADED } : state,
    ],
  );
  return Object.fromEntries(entries) as object;
}

/**
 * What a fault says of our insides is for the log; a check that writes its own reason for operators is not
 * needed by shoppers.
 */
function reasonOf(error: unknown, needed: boolean): string {
  if (needed || error instanceof DeadlineExceeded || !(error instanceof Error)) return 'does not answer';
  return error.name === 'Error' ? error.message : 'does not answer';
}
