import { hash, verify } from '@node-rs/argon2';
import { newSecret } from '@holdfast/contracts';
import { Passwords } from '../../application/ports/passwords.port';
import { canonicalPassword } from '../../domain/password-rules';
import { TurnQueue } from './turn-queue';

/** argon2id with the first choice of OWASP's Password Storage Cheat Sheet for little memory: 19 MiB, 2 passes, 1 lane. About 30 ms of a core. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** A launch has two cores for its shoppers, too: so many sign-ins at once, and so many waiting, which takes them about a second. */
const AT_ONCE = 2;
const WAITING_MAX = 64;
/** On a busy machine they take longer. Callers give up after 3 s, and after a few calls without an answer on this service as a whole. */
const WAIT_MS_MAX = 1_500;

export class Argon2Passwords extends Passwords {
  /** Of a password that nobody has. */
  private readonly nobodys = hash(newSecret(), PARAMETERS);

  constructor(private readonly queue = new TurnQueue(AT_ONCE, WAITING_MAX, WAIT_MS_MAX)) {
    super();
    this.nobodys.catch(() => undefined); // each caller that awaits it gets the error
  }

  hash(password: string): Promise<string> {
    return this.queue.run(() => hash(canonicalPassword(password), PARAMETERS));
  }

  async verify(stored: string | null, password: string): Promise<boolean> {
    const against = stored ?? (await this.nobodys);
    const isRight = await this.queue.run(() => verify(against, canonicalPassword(password)));
    return isRight && stored !== null;
  }
}
