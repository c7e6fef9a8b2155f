// Run by check-reader.ts: what sse.read sees of a server that is known.
import { check } from 'k6';
import sse from 'k6/x/sse';

const base = __ENV.BASE;
export const options = {
  scenarios: { readers: { executor: 'per-vu-iterations', vus: 5, iterations: 1 } },
  thresholds: { checks: ['rate==1'], sse_events: ['count>100'] },
};

export default function () {
  /** @type {import('k6/x/sse').SseEvent | null} */
  let first = null;
  let lagMsMax = 0;
  const live = sse.read(`${base}/live`, { forMs: 2000, tags: { name: 'live' } }, (event) => {
    first ??= event;
    if (event.type === 'stock') lagMsMax = Math.max(lagMsMax, event.atMs - JSON.parse(event.data).at);
  });
  check(live, {
    'answers 200': (it) => it.status === 200,
    'reads until the time is over': (it) => it.ended === 'time' && it.events >= 15 && it.error === '',
    'knows the last id': (it) => Number(it.lastEventId) >= 15,
    'knows what retry asks for': (it) => it.retryMs === 1500,
    'joins lines of data, skips comments': () => first?.type === 'snapshot' && first.data === '{"a":1}\nmore',
    'gets each event as it is sent': () => lagMsMax < 250,
  });
  /** @type {(params: import('k6/x/sse').SseParams, callback?: (event: import('k6/x/sse').SseEvent) => unknown) => import('k6/x/sse').SseResult} */
  const ends = (params, callback) => sse.read(`${base}/live?for=1`, params, callback);
  check(ends({ forMs: 5000 }), { 'sees the server end it': (it) => it.ended === 'server' });
  check(ends({ maxEvents: 3 }), {
    'stops after enough events': (it) => it.ended === 'events' && it.events === 3,
  });
  check(
    ends({}, (event) => event.type !== 'stock'),
    { 'stops when told to': (it) => it.ended === 'callback' && it.events === 2 },
  );
  check(sse.read(`${base}/full`), {
    'tells a refusal': (it) => it.status === 503 && it.error === 'not a stream',
  });
  check(sse.read('http://127.0.0.1:1/'), {
    'tells a dead server': (it) => it.status === 0 && it.error.includes('refused'),
  });
}
