import { JwtService } from '@nestjs/jwt';
import { Runtime, sameUrl, type Secrets } from '@holdfast/config';
import { SystemClock } from '@holdfast/kernel';
import { SECRETS } from '../../../../../../test/support/fake-edge';
import { ACCESS, asSecret, ISSUER, REFRESH, Tokens } from './tokens';

const OLD = 'a'.repeat(43);
const NEW = 'b'.repeat(43);
const jwt = new JwtService({});
const gateway = (sessionKey: string, otherSessionKey?: string) => {
  const secrets: Secrets = { ...SECRETS, sessionKey, ...(otherSessionKey ? { otherSessionKey } : {}) };
  return new Tokens(jwt, new SystemClock(), new Runtime(sameUrl(''), secrets));
};

function takes(tokens: Tokens, accessToken: string): boolean {
  try {
    jwt.verify(accessToken, {
      secret: asSecret(tokens.accessKeyOf(accessToken)),
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: ACCESS.audience,
    });
    return true;
  } catch {
    return false;
  }
}

describe('the session key', () => {
  it('is replaced in steps, and at each of them every gateway takes what every other signed', () => {
    const steps: [Tokens, Tokens][] = [
      [gateway(OLD), gateway(OLD, NEW)],
      [gateway(OLD, NEW), gateway(NEW, OLD)],
      [gateway(NEW, OLD), gateway(NEW, OLD)],
    ];
    for (const [one, other] of steps)
      for (const [signs, reads] of [
        [one, other],
        [other, one],
      ] as const) {
        const customerId = signs.newCustomerId();
        expect(takes(reads, signs.access(customerId))).toBe(true);
        expect(reads.readRefresh(signs.firstRefresh(customerId))).toMatchObject({
          customerId,
          generation: 0,
        });
      }
  });

  it('is good no more when it is taken out', () => {
    const customerId = gateway(OLD).newCustomerId();
    expect(takes(gateway(NEW), gateway(OLD).access(customerId))).toBe(false);
    expect(gateway(NEW).readRefresh(gateway(OLD).firstRefresh(customerId))).toBeUndefined();
  });

  it('reads the cookies of before keys had names, each the first of its own session', () => {
    const { refresh } = (gateway(OLD) as unknown as { keys: { refresh: never }[] }).keys[0]!;
    const jwtid = 'f'.repeat(26);
    const subject = gateway(OLD).newCustomerId();
    const cookie = jwt.sign(
      { typ: 'refresh' },
      {
        secret: asSecret(refresh),
        issuer: ISSUER,
        audience: REFRESH.audience,
        subject,
        jwtid,
        expiresIn: 60,
      },
    );
    for (const tokens of [gateway(OLD), gateway(NEW, OLD)])
      expect(tokens.readRefresh(cookie)).toEqual({ customerId: subject, family: jwtid, generation: 0 });
  });
});
