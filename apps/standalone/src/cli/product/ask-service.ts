import { request } from 'undici';

const ASK_MS = 3_000;
// Viewers have been told by then.
const LAG_MS_MAX = 5_000;

export interface Health {
  ready: boolean;
  /** Everything that it speaks of is up, and its copy of the ledger is not far behind. */
  whole: boolean;
  /** How far its copy of the ledger is behind, when it keeps one. */
  lagMs?: number | null;
}

interface HealthBody {
  details?: Record<string, { status?: string; lagMs?: number | null }>;
}

/** What a process says of itself; null: nothing, in time. */
export async function askService(
  url: string | null,
  headers: Record<string, string> = {},
): Promise<Health | null> {
  if (url === null) return null;
  try {
    const answer = await request(url, {
      headers,
      headersTimeout: ASK_MS,
      bodyTimeout: ASK_MS,
      signal: AbortSignal.timeout(ASK_MS),
    });
    const details = Object.values(bodyOf(await answer.body.text()).details ?? {});
    const lag = details.find(({ lagMs }) => lagMs !== undefined);
    return {
      ready: answer.statusCode >= 200 && answer.statusCode < 300,
      whole: details.every(({ status, lagMs }) => status !== 'down' && (lagMs ?? 0) <= LAG_MS_MAX),
      ...(lag ? { lagMs: typeof lag.lagMs !== 'number' ? null : Math.round(lag.lagMs) } : {}),
    };
  } catch {
    return null;
  }
}

function bodyOf(text: string): HealthBody {
  try {
    return JSON.parse(text) as HealthBody;
  } catch {
    return {}; // a proxy's own sign of life has no body
  }
}
