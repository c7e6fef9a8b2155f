// One request of Kafka's protocol, by hand: the launcher needs to know that a broker answers, not a client library.
import { connect } from 'node:net';

const METADATA = 3;
const VERSION = 1;

/**
 * Asks a broker who is in the cluster (Metadata v1, no topics; https://kafka.apache.org/protocol).
 * @returns {Promise<{brokers: number, controllerId: number}>} rejects when there is no whole answer in time
 */
export function askMetadata({ host = '127.0.0.1', port, timeoutMs = 1_000 }) {
  const name = Buffer.from('holdfast');
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + name.length + 4);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(METADATA, at);
  at = body.writeInt16BE(VERSION, at);
  at = body.writeInt32BE(1, at); // correlation id
  at = body.writeInt16BE(name.length, at);
  at += name.copy(body, at);
  body.writeInt32BE(0, at); // no topics
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let got = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once('connect', () => socket.write(body));
    socket.on('data', (bytes) => {
      got = Buffer.concat([got, bytes]);
      if (got.length < 4 || got.length < 4 + got.readInt32BE(0)) return;
      socket.destroy();
      try {
        resolve(decode(got));
      } catch (error) {
        reject(error);
      }
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function decode(bytes) {
  let at = 8; // size and correlation id
  const skipString = () => {
    const length = bytes.readInt16BE(at);
    at += 2 + Math.max(length, 0);
  };
  const brokers = bytes.readInt32BE(at);
  at += 4;
  for (let i = 0; i < brokers; i += 1) {
    at += 4; // node id
    skipString(); // host
    at += 4; // port
    skipString(); // rack
  }
  return { brokers, controllerId: bytes.readInt32BE(at) };
}
