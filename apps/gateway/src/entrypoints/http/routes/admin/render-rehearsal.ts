import type { Rehearsal } from '@holdfast/contracts';
import { REPORT_POLICY } from '@holdfast/rehearsal-report';
import { pageHeaders } from '../../pages/html';

/** `Rehearsal` of the contract. With its keys in one order: a replayed answer has to equal the first byte for byte. */
export function renderRehearsal(rehearsal: Rehearsal): object {
  const { id, dropId, ghostId, profile, seed, settings, state, detail, progress, verdict } = rehearsal;
  const { promises, offered, held, paid, refused, errors, steps, soldOutAfterMs, liveAgeP99Ms } = rehearsal;
  const { oversold, money, verify, bottleneck, safeAdmissionPerMinute, startedAt, endsBy, endedAt } =
    rehearsal;
  return {
    ...{ id, dropId, ghostId, profile, seed, settings, state, detail, progress, verdict },
    ...{ promises, offered, held, paid, refused, errors, steps, soldOutAfterMs, liveAgeP99Ms },
    ...{ oversold, money, verify, bottleneck, safeAdmissionPerMinute, startedAt, endsBy, endedAt },
  };
}

/** Shown in the browser; kept under this name when it is saved. */
export function reportHeaders({ id }: Rehearsal): Record<string, string> {
  return {
    ...pageHeaders({}, 'no-store'),
    'content-security-policy': REPORT_POLICY,
    'content-disposition': `inline; filename="rehearsal-${id}.html"`,
  };
}
