// Servers that somebody else runs, named by their addresses: do they answer, and what are they?
import { askBroker } from './ask-kafka.mjs';
import { ClusterError } from './errors.mjs';
import { askRest, withoutLogin } from './logins.mjs';
import { askRedis } from './resp.mjs';

const ASK_MS = 2_000;
// Whoever starts everything at the same moment starts them, too.
const PATIENCE_MS = 15_000;
const PAUSE_MS = 300;

/**
 * @typedef {object} Answer
 * @property {'up'|'degraded'|'down'} state degraded: only some of its nodes answer
 * @property {string|null} version @property {string|null} reason why a node does not answer
 * @property {boolean} final asking again changes nothing
 */

/** @param {string} urls of the nodes, comma-separated @returns {Promise<Answer>} */
export function askRedisNodes(urls) {
  return askAll(urls, async (text) => {
    const { protocol, hostname, port, username, password } = new URL(text);
    const node = {
      host: bare(hostname) || '127.0.0.1',
      port: Number(port || 6379),
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      tls: protocol === 'rediss:',
      timeoutMs: ASK_MS,
    };
    await askRedis(node, ['PING']);
    // A login need not be allowed to ask this.
    const info = await askRedis(node, ['INFO', 'server']).catch(() => '');
    return /redis_version:(\S+)/.exec(info)?.[1] ?? null;
  });
}

/**
 * @param {string} brokers `host:port`, comma-separated @param {import('./ask-kafka.mjs').KafkaSecurity} [security]
 * @returns {Promise<Answer>}
 */
export function askBrokers(brokers, security) {
  return askAll(brokers, async (broker) => {
    await askBroker({ broker, security, timeoutMs: ASK_MS });
    return null;
  });
}

/** @param {string} connectUrl @returns {Promise<Answer>} of the worker alone; what its connector does is another question */
export function askWorker(connectUrl) {
  return askAll(connectUrl, async (url) => {
    const answer = await askRest(url, '/', { signal: AbortSignal.timeout(ASK_MS) });
    if (answer.status === 401)
      throw Object.assign(new Error('it refuses the login (CONNECT_USERNAME, CONNECT_PASSWORD)'), {
        final: true,
      });
    if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
    return (await answer.json()).version ?? null;
  });
}

/**
 * Waits a moment until what is named answers. Throws `ClusterError` about all that does not, with variable, address and reason: a service that
 * waits for a server by itself would do so for ever. A refused login is told at once: waiting changes nothing.
 * @param {{redisUrl?: string|null, kafkaBrokers?: string|null, kafkaSecurity?: import('./ask-kafka.mjs').KafkaSecurity,
 *   connectUrl?: string|null}} given
 * @param {{say?: (line: string) => void, patienceMs?: number}} how
 */
export async function requireGiven(
  { redisUrl, kafkaBrokers, kafkaSecurity, connectUrl },
  { say = () => undefined, patienceMs = PATIENCE_MS } = {},
) {
  const looks = [
    redisUrl && { name: 'Redis', variable: 'REDIS_URL', at: redisUrl, ask: askRedisNodes },
    kafkaBrokers && {
      name: 'Kafka',
      variable: 'KAFKA_BROKERS',
      at: kafkaBrokers,
      ask: (at) => askBrokers(at, kafkaSecurity),
    },
    connectUrl && { name: 'Kafka Connect', variable: 'CONNECT_URL', at: connectUrl, ask: askWorker },
  ].filter(Boolean);
  const end = Date.now() + patienceMs;
  const problems = await Promise.all(looks.map((look) => untilItAnswers(look, end, say)));
  if (problems.some(Boolean)) throw new ClusterError(problems.filter(Boolean).join('\n'));
}

async function untilItAnswers({ name, variable, at, ask }, end, say) {
  const where = `${name} at ${withoutLogin(at)} (${variable})`;
  for (let first = true; ; first = false) {
    const { state, reason, final } = await ask(at);
    if (state !== 'down') return null;
    if (final) return `${where} cannot be used: ${reason}.`;
    if (Date.now() >= end)
      return `${where} cannot be used: ${reason}. Start it or correct the address; without ${variable} one is started here.`;
    if (first) say(`Waiting for ${where}: ${reason}`);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

async function askAll(list, ask) {
  const looks = await Promise.allSettled(list.split(',').map(ask));
  const good = looks.filter(({ status }) => status === 'fulfilled');
  const bad = looks.find(({ status }) => status === 'rejected');
  const state = good.length === 0 ? 'down' : bad ? 'degraded' : 'up';
  const final = good.length === 0 && looks.every(({ reason }) => reason.final);
  return { state, version: good[0]?.value ?? null, reason: bad ? wordsOf(bad.reason) : null, final };
}

/** `fetch` hides its reason, and a name with several addresses fails once for each of them. */
const wordsOf = (error) =>
  error.cause ? wordsOf(error.cause) : ((error.message || error.errors?.[0]?.message) ?? String(error));

/** An IPv6 address without its brackets. */
const bare = (hostname) => hostname.replace(/^\[|\]$/g, '');
