import { clock } from '../shared/server-clock';
import { browserStore, tabStore } from '../shared/storage';

/** Something the shopper asked for, with the key under which it is asked for until an answer comes. */
export interface Intent {
  key: string;
  body: string;
  /** By the server's clock; null when it was not known yet. */
  atMs: number | null;
}

/** What is kept of one hold. */
export interface KeptHold {
  order?: Intent;
  orderId?: string;
}

/** What a tab shows, so that a reload shows it again. */
export interface Shown {
  holdId: string;
  orderId?: string;
}

const ALL = 'holdfast.drop.';
const INTENT_MS_MAX = 10 * 60_000; // older than that, nobody waits for the answer any more
const KEPT_MS_MAX = 30 * 24 * 3600_000; // receipts that nobody has put away

interface Dated {
  atMs?: number | null;
}

/**
 * What this browser keeps of one drop: a record for each hold that was asked for and for each hold that there is, under a name of its own. So
 * no tab writes over what another one keeps, and each forgets only what it has to do with.
 */
export class KeptPurchase {
  private readonly prefix: string;

  constructor(dropId: string) {
    this.prefix = `${ALL}${dropId}.`;
  }

  /** Holds that were asked for without an answer yet. One that is too old is forgotten, once the server's time is known. */
  get intents(): Intent[] {
    const all = this.records<Intent>('intent.').map(([, intent]) => intent);
    const now = clock.now();
    const isOld = ({ atMs }: Intent) => now !== undefined && atMs !== null && now - atMs > INTENT_MS_MAX;
    for (const { key } of all.filter(isOld)) this.forgetIntent(key);
    return all.filter((intent) => !isOld(intent));
  }

  keepIntent(intent: Intent): void {
    browserStore.set(`${this.prefix}intent.${intent.key}`, intent);
  }

  forgetIntent(key: string): void {
    browserStore.set(`${this.prefix}intent.${key}`, null);
  }

  get holds(): [holdId: string, kept: KeptHold][] {
    return this.records<KeptHold>('hold.');
  }

  hold(holdId: string): KeptHold {
    return browserStore.get<KeptHold>(`${this.prefix}hold.${holdId}`) ?? {};
  }

  keepHold(holdId: string, kept: KeptHold): void {
    browserStore.set(`${this.prefix}hold.${holdId}`, { ...kept, atMs: clock.now() ?? null } satisfies Dated);
  }

  forgetHold(holdId: string): void {
    browserStore.set(`${this.prefix}hold.${holdId}`, null);
  }

  get shown(): Shown | null {
    return tabStore.get<Shown>(`${this.prefix}shown`);
  }

  set shown(shown: Shown | null) {
    tabStore.set(`${this.prefix}shown`, shown);
  }

  /** Calls back when another tab has changed what is kept of this drop. */
  onChange(changed: () => void): void {
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(this.prefix)) changed();
    });
  }

  /** Forgets what is older than anybody needs it, of all drops. */
  static tidy(): void {
    const now = clock.now();
    if (now === undefined) return;
    for (const name of browserStore.names(ALL))
      if (now - (browserStore.get<Dated>(name)?.atMs ?? now) > KEPT_MS_MAX) browserStore.set(name, null);
  }

  private records<T>(kind: string): [id: string, record: T][] {
    const prefix = this.prefix + kind;
    return browserStore.names(prefix).flatMap((name) => {
      const record = browserStore.get<T>(name);
      return record ? [[name.slice(prefix.length), record]] : [];
    });
  }
}
