import { hkdfSync } from 'node:crypto';

// A refresh token is 256 random bits, and only its hash is stored. For the ten seconds in which a replaced token answers with the same successor, the
// successor is stored under a key that only the replaced token gives (a one-time pad: both have 256 bits, and a token seals one successor).

/** Hides `successor` under `token`, or, given what is hidden, shows it again. Both are 32 bytes in base64url. */
export function sealUnder(token: string, text: string): string {
  const pad = Buffer.from(hkdfSync('sha256', token, '', 'holdfast successor of a refresh token', 32));
  const bytes = Buffer.from(text, 'base64url').map((byte, at) => byte ^ pad[at]!);
  return Buffer.from(bytes).toString('base64url');
}
