// A few Redis commands by hand: the launcher needs PING, INFO and CLUSTER, not a client library.
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Sends commands over one connection; gives the last one's answer. Rejects on an error answer, or when none comes in time. */
export function askRedis(
  { host = '127.0.0.1', port, username, password, tls = false, timeoutMs = 1_000 },
  ...commands
) {
  const all = password ? [['AUTH', ...(username ? [username] : []), password], ...commands] : commands;
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
      : connect({ host, port });
    let text = '';
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(all.map(encode).join('')));
    socket.setEncoding('latin1'); // lengths count bytes
    socket.on('data', (more) => {
      text += more;
      const answers = decode(text);
      const wrong = answers.find((answer) => answer instanceof Error);
      if (!wrong && answers.length < all.length) return;
      socket.destroy();
      if (wrong) reject(wrong);
      else resolve(answers.at(-1));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

const encode = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;

/** The whole answers at the beginning of `text`: simple strings, errors, numbers and bulk strings. */
function decode(text) {
  const answers = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return answers;
    const line = text.slice(at + 1, end);
    const kind = text[at];
    at = end + 2;
    if (kind !== '$') {
      answers.push(kind === '-' ? new Error(line) : line);
      continue;
    }
    const length = Number(line);
    if (length >= 0 && text.length < at + length + 2) return answers;
    answers.push(length < 0 ? null : text.slice(at, at + length));
    at += length < 0 ? 0 : length + 2;
  }
}
