import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets } from '@holdfast/config';
import { JwtService } from '@nestjs/jwt';

const PASS_SECONDS = 600; // the maximum that the gateway accepts
const RENEW_BEFORE_MS = 120_000;

/** The headers that exempt the operator's own requests from the public limits, and from nothing else. */
export class OperatorPass {
  private header: Record<string, string> = {};
  private renewAt = 0;
  private readonly key: string | null;

  /** Without the secrets of the product (another machine's data folder) there is no pass, and the limits apply. */
  constructor(dataDir: string) {
    // Only if they exist: `loadSecrets` would create new ones, which are useless for a product that has its own.
    this.key = existsSync(join(dataDir, 'secrets.json')) ? loadSecrets(dataDir).operatorKey : null;
  }

  headers(): Record<string, string> {
    if (this.key !== null && performance.now() >= this.renewAt) {
      this.header = { 'holdfast-operator': sign(this.key) };
      this.renewAt = performance.now() + PASS_SECONDS * 1000 - RENEW_BEFORE_MS;
    }
    return this.header;
  }
}

function sign(secret: string): string {
  return new JwtService({}).sign(
    { typ: 'operator' },
    {
      secret,
      algorithm: 'HS256',
      issuer: 'holdfast',
      audience: 'operator',
      subject: 'operator',
      expiresIn: PASS_SECONDS,
    },
  );
}
