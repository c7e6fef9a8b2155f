import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const LOOK_MS = 200;
const PIECE_BYTES = 256 * 1024;

/**
 * Hands over the lines of an existing file while another process appends to it. The function that is returned
 * reads what is left, an unfinished last line excepted, and stops.
 */
export function followFile(path: string, onLine: (line: string) => void): () => void {
  const file = openSync(path, 'r');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const look = () => {
    for (let bytes = -1; (bytes = readSync(file, piece, 0, PIECE_BYTES, null)) > 0;) {
      const lines = (rest + decoder.write(piece.subarray(0, bytes))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    try {
      look();
    } finally {
      closeSync(file);
    }
  };
}
