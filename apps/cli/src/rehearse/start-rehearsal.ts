import { createHash } from 'node:crypto';
import {
  type Rehearsal,
  type RehearsalSettings,
  type Rehearsals,
  ServiceUnavailable,
} from '@holdfast/contracts';
import { assertNever, randomId } from '@holdfast/kernel';
import { COMMAND_LINE } from '../../../inventory/src/application/drops/create';
import { CliFailure } from '../output/cli-failure';

const TRIES = 3;

/** The same key at each try: a rehearsal whose answer was lost is not started twice. */
export async function startRehearsal(
  rehearsals: Rehearsals,
  of: { merchantId: string; dropId: string },
  settings: RehearsalSettings,
): Promise<Rehearsal> {
  const key = createHash('sha256').update(randomId()).digest('hex');
  const command = { ...of, settings, by: COMMAND_LINE, request: { key, fingerprint: key } };
  for (let tries = 1; ; tries += 1) {
    try {
      const outcome = await rehearsals.startRehearsal(command);
      switch (outcome.kind) {
        case 'started':
          return outcome.rehearsal;
        case 'not-found':
          throw new CliFailure(
            `Drop ${JSON.stringify(of.dropId)} cannot be rehearsed: it was deleted just now, or is itself the copy that a rehearsal sells.`,
            2,
          );
        case 'conflict':
          throw new CliFailure(
            `Cannot rehearse: ${outcome.why.replace('whileSelling', '--while-selling')}.`,
            2,
          );
        case 'invalid':
          throw new CliFailure(outcome.errors.map(inWords).join(' '), 2);
        case 'key-reused':
          throw new Error('a new key was taken for an old one');
        default:
          return assertNever(outcome);
      }
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || tries === TRIES) throw error;
    }
  }
}

function inWords({ pointer, message }: { pointer: string; message: string }): string {
  const option = pointer === '' ? '' : `--${pointer.slice(1).replaceAll('/', ' ')} `;
  return `${option}${message}.`;
}
