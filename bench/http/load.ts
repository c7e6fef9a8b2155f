import { readFileSync, writeFileSync } from 'node:fs';
import type { LoadPlan, LoadResult } from './load-plan';
import { postRequest, type RawAnswer, RawConnection } from './raw-connection';

// The load generator, a process of its own. Every request asks for one unit of the one SKU, with a key (and a customer) of its own.

const BODY = '{"lines":[{"sku":"A","quantity":1}]}';

/** Gives the next request, or null when there are no more. */
type NextRequest = () => string | null;

function requestsOf({ target }: LoadPlan): NextRequest {
  let sent = 0;
  switch (target.kind) {
    case 'naive':
      return () => {
        sent += 1;
        return postRequest(
          '/holds',
          {},
          `{"dropId":"${target.dropId}","customerId":"cus_${sent}","sku":"A","quantity":1}`,
        );
      };
    case 'product': {
      const tokens = readFileSync(target.tokensFile, 'latin1').trim().split('\n');
      const path = `/v1/drops/${target.dropId}/holds`;
      return () => {
        const token = tokens[target.again ? sent % tokens.length : sent];
        if (token === undefined) return null;
        sent += 1;
        return postRequest(
          path,
          { authorization: `Bearer ${token}`, 'idempotency-key': `key-${sent}` },
          BODY,
        );
      };
    }
    case 'sessions':
      return () => {
        sent += 1;
        return sent > target.count ? null : postRequest('/v1/sessions', {}, '{}');
      };
  }
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const next = requestsOf(plan);
  const statuses = new Map<number, number>();
  const latencies: number[] = [];
  const tokens: string[] = [];
  const keep =
    plan.target.kind === 'sessions' ? (answer: RawAnswer) => tokens.push(tokenOf(answer)) : () => undefined;
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => RawConnection.open('127.0.0.1', plan.port)),
  );
  const started = performance.now();
  let stopped = false;
  process.once('SIGTERM', () => (stopped = true));
  const drive = async (connection: RawConnection) => {
    for (
      let request = next();
      request !== null && !stopped && performance.now() - started < plan.forMs;
      request = next()
    ) {
      const sentAt = performance.now();
      const answer = await connection.send(request);
      latencies.push(performance.now() - sentAt);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      keep(answer);
    }
  };
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  if (plan.target.kind === 'sessions') writeFileSync(plan.target.tokensFile, tokens.join('\n'));
  const created = statuses.get(201) ?? 0;
  statuses.delete(201);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { created, others: Object.fromEntries(statuses), seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function tokenOf(answer: RawAnswer): string {
  return (JSON.parse(answer.body.toString('utf8')) as { accessToken: string }).accessToken;
}

void run(JSON.parse(process.argv[2] ?? '') as LoadPlan).then((result) =>
  process.stdout.write(JSON.stringify(result)),
);
