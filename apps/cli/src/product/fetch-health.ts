import { request } from 'undici';

const ASK_MS = 3_000;
// Viewers have been told by then that the counts are stale.
const LAG_MS_MAX = 5_000;

export interface Health {
  ready: boolean;
  /** All its checks are up, and its copy of the ledger is not far behind. */
  whole: boolean;
  /** How far its copy of the ledger is behind, if it has one. */
  lagMs?: number | null;
}

interface HealthBody {
  details?: Record<string, { status?: string; lagMs?: number | null }>;
}

/** The health that a process reports; null: no answer in time. */
export async function fetchHealth(
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
    return {}; // the liveness answer of a proxy has no body
  }
}
