import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

const LENGTH_DIGITS_MAX = 9;
const UNSENT_BYTES_MAX = 128 * 1024 * 1024; // sent messages that the peer does not read
const INCOMPLETE_MS_MAX = 10_000; // an incomplete message is abandoned after this

export interface MessageSocketOptions {
  /** Longest message, in characters. */
  lengthMax: number;
  /**
   * Stop reading while sent messages wait to be written: a client that does not read must not fill the
   * memory.
   */
  readsOnlyWhenWritten?: boolean;
  onMessage: (message: unknown) => void;
  /** The input is not a message, or the peer does not read; nothing more is read. */
  onInvalid: (reason: string) => void;
}

/**
 * JSON messages over a socket: the length in characters, `#`, and the text, as the TCP transport of Nest
 * writes them.
 */
export class MessageSocket {
  lengthMax: number;
  private readonly decoder = new StringDecoder('utf8');
  private text = '';
  /** Length of the message whose text is expected next. */
  private length: number | null = null;
  private incomplete: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly options: MessageSocketOptions,
  ) {
    this.lengthMax = options.lengthMax;
    socket.on('data', (bytes: Buffer) => this.read(bytes));
    socket.on('drain', () => socket.resume());
    socket.on('close', () => clearTimeout(this.incomplete));
  }

  send(message: unknown): void {
    if (!this.socket.writable) return;
    const text = JSON.stringify(message);
    const isWritten = this.socket.write(`${text.length}#${text}`);
    if (!isWritten && this.options.readsOnlyWhenWritten) this.socket.pause();
    if (this.socket.writableLength > UNSENT_BYTES_MAX) this.invalid('messages are not read');
  }

  private read(bytes: Buffer): void {
    clearTimeout(this.incomplete);
    this.text += this.decoder.write(bytes);
    try {
      for (let text = this.next(); text !== null; text = this.next()) {
        const message = parse(text);
        if (this.socket.destroyed) return;
        this.options.onMessage(message);
      }
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      this.invalid(error.message);
      return;
    }
    if (this.text === '' && this.length === null) return;
    this.incomplete = setTimeout(() => this.invalid('incomplete message'), INCOMPLETE_MS_MAX);
  }

  private next(): string | null {
    if (this.length === null) {
      const end = this.text.indexOf('#');
      const digits = end < 0 ? this.text : this.text.slice(0, end);
      if (digits.length > LENGTH_DIGITS_MAX || /\D/.test(digits) || end === 0)
        throw new InvalidMessage('not a message');
      if (end < 0) return null;
      this.length = Number(digits);
      if (this.length > this.lengthMax) throw new InvalidMessage('message too long');
      this.text = this.text.slice(end + 1);
    }
    if (this.text.length < this.length) return null;
    const text = this.text.slice(0, this.length);
    this.text = this.text.slice(this.length);
    this.length = null;
    return text;
  }

  private invalid(reason: string): void {
    this.socket.pause().removeAllListeners('data');
    this.options.onInvalid(reason);
  }
}

class InvalidMessage extends Error {}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidMessage('message is not JSON'); // without the text, which may be secret
  }
}
