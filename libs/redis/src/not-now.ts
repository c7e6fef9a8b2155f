const WORDS = [
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'READONLY',
  'OOM',
  'BUSY',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'NOREPLICAS',
  'MISCONF',
  'NOAUTH',
  'WRONGPASS',
  'UNBLOCKED',
];

// Redis before 7 wraps the error of a command in a script: `ERR Error running script (call to f_…):
// @user_script:9: …: -OOM command …`.
const NOT_NOW = new RegExp(`^(?:ERR Error running script .*: -)?(${WORDS.join('|')})\\b`, 's');

/**
 * The code of a temporary error reply, which is about the server and not about the command. Null for others.
 * Source: Redis documentation, "Error replies", and the cluster specification.
 */
export function notNow(message: string): string | null {
  return NOT_NOW.exec(message)?.[1] ?? null;
}
