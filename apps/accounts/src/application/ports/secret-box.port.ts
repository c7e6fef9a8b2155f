/** Encrypts what must be read again, so that a copy of the ledger alone does not give it away. `owner` is bound to it. */
export abstract class SecretBox {
  abstract seal(text: string, owner: string): Buffer;
  /** Null: it was sealed with another key, or for somebody else. */
  abstract open(sealed: Buffer, owner: string): string | null;
}
