import { groupBy } from '@holdfast/kernel';
import { type AuditCheckpoint, FIRST_PREVIOUS_HASH, isSignedBy, thumbprintOf } from '@holdfast/contracts';
import { isCheckpointLine, isHashRight, type Line, readLine, toCheckpoint } from './read-line';

/** The first thing that is wrong with an export. */
export interface Broken {
  /** Of the record; null: no record is to blame. */
  seq: number | null;
  /** 1 is the first line. */
  line: number;
  why: string;
}

export interface AuditVerdict {
  ok: boolean;
  /** Records in the file. */
  records: number;
  /** Of the key of its checkpoint (RFC 7638); null: it has none that can be read. */
  keyFingerprint: string | null;
  firstBroken: Broken | null;
}

export interface VerifyWith {
  /** Public keys by their ids; by default the one that the export carries is believed. */
  keys?: ReadonlyMap<string, string>;
  /** Checkpoints that were kept elsewhere: what they cover must not have changed since. */
  checkpoints?: readonly Line[];
}

/**
 * Checks an export of a merchant's audit, line by line: every record as it was hashed, in its place, and the checkpoint at the end as it was signed. Who
 * has the database and no key can make none of these. Who can make the product sign, by changing the chain and asking for a new checkpoint, is found by a
 * checkpoint that was kept elsewhere.
 */
export class ExportVerifier {
  private line = 0;
  private records = 0;
  private head = { seq: 0, hash: FIRST_PREVIOUS_HASH };
  private broken: Broken | null = null;
  private end: { line: number; content: Line } | null = null;
  private readonly kept: readonly ReturnType<typeof toCheckpoint>[];
  /** The same by the record that they were made of. */
  private readonly keptAt: ReadonlyMap<number, readonly AuditCheckpoint[]>;

  constructor(private readonly options: VerifyWith = {}) {
    this.kept = (options.checkpoints ?? []).map(toCheckpoint);
    this.keptAt = groupBy(
      this.kept.filter((it) => it !== null),
      ({ seq }) => seq,
    );
  }

  /** The next line, without its line break. */
  add(text: string): void {
    this.line += 1;
    if (text.trim() === '') return;
    const content = readLine(text);
    if (content && isCheckpointLine(content)) this.addEnd(content);
    else this.addRecord(content);
  }

  /** After the last line. */
  verdict(): AuditVerdict {
    const key = this.judgeEnd();
    const { broken, records } = this;
    const keyFingerprint = key === null ? null : thumbprintOf(key);
    return { ok: broken === null, records, keyFingerprint, firstBroken: broken };
  }

  private addEnd(content: Line): void {
    if (this.end) return this.fail(null, 'is a second checkpoint');
    this.end = { line: this.line, content };
  }

  private addRecord(content: Line | null): void {
    this.records += 1;
    if (this.broken) return;
    if (!content) return this.fail(null, 'is not a JSON object, or names a field twice');
    const seq = Number.isSafeInteger(content['seq']) ? Number(content['seq']) : null;
    if (this.end) return this.fail(seq, 'stands after the checkpoint: it was added');
    if (!isHashRight(content)) return this.fail(seq, 'was edited: its hash is not that of its content');
    const next = this.head.seq + 1;
    if (seq === null || seq < next) return this.fail(seq, 'is repeated or out of order');
    if (seq > next)
      return this.fail(
        seq,
        `does not follow record ${this.head.seq}: record ${next} is missing or out of order`,
      );
    if (content['previousHash'] !== this.head.hash)
      return this.fail(
        seq,
        'does not continue the record before it: that one was edited, or this one was added',
      );
    this.head = { seq, hash: content['hash'] as string };
    const kept = this.keptAt.get(seq)?.find(({ hash }) => hash !== this.head.hash);
    if (kept) this.fail(seq, `is not the record that the checkpoint of ${kept.at} was made of`);
  }

  /** Returns the key of the checkpoint at the end. */
  private judgeEnd(): string | null {
    if (!this.end) {
      this.fail(null, 'is missing: an export ends with a checkpoint', this.line + 1);
      return null;
    }
    const { line, content } = this.end;
    const fail = (why: string) => this.fail(null, why, line);
    const end = toCheckpoint(content);
    if (!end) {
      fail('is not a checkpoint as exports have it');
      return null;
    }
    const key = this.keyOf(end);
    if (key === null) fail('names a key that is not given, or not the one that it carries');
    else if (!isSignedBy(end, key)) fail('was edited: its signature is not right');
    if (end.seq !== this.head.seq)
      fail(
        `is the end of ${end.seq} records, and ${this.head.seq} stand before it: records were cut or added`,
      );
    else if (end.hash !== this.head.hash) fail('is the end of another chain');
    for (const [i, kept] of this.kept.entries()) this.judgeKept(kept, i + 1, end, key, fail);
    return key;
  }

  private judgeKept(
    kept: AuditCheckpoint | null,
    number: number,
    end: AuditCheckpoint,
    endKey: string | null,
    fail: (why: string) => void,
  ): void {
    if (!kept) return fail(`cannot be compared: the given checkpoint ${number} is none`);
    const key = this.options.keys ? this.keyOf(kept) : kept.keyId === end.keyId ? endKey : null;
    if (kept.merchantId !== end.merchantId)
      return fail(`is of another merchant than the given checkpoint of ${kept.at}`);
    if (key === null) return fail(`has another key than the given checkpoint of ${kept.at}`);
    if (!isSignedBy(kept, key))
      return fail(`cannot be compared: the signature of the given checkpoint of ${kept.at} is not right`);
    if (kept.seq > this.head.seq)
      fail(
        `is the end of ${this.head.seq} records, and on ${kept.at} there were ${kept.seq}: records were cut`,
      );
    else if (kept.seq === 0 && kept.hash !== FIRST_PREVIOUS_HASH)
      fail('cannot be compared with the given checkpoint');
  }

  /** The public key of a checkpoint: a given one, or the one that it carries, which its id must be the thumbprint of. */
  private keyOf({ keyId, publicKey }: AuditCheckpoint & { publicKey?: unknown }): string | null {
    const { keys } = this.options;
    const key = keys ? keys.get(keyId) : publicKey;
    if (typeof key !== 'string' || thumbprintOf(key) !== keyId) return null;
    return publicKey === undefined || publicKey === key ? key : null;
  }

  /** The first one counts. */
  private fail(seq: number | null, why: string, line = this.line): void {
    this.broken ??= { seq, line, why };
  }
}
