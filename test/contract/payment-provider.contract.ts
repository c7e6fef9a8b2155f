import { randomBytes } from 'node:crypto';
import type {
  AuthoriseRequest,
  PaymentProvider,
  ProviderAnswer,
} from '../../apps/checkout/src/application/ports/payment-provider.port';

/** What every provider has to keep, whoever is behind it. `provider` is asked anew for each test. */
export function paymentProviderContract(name: string, provider: () => PaymentProvider): void {
  const request = (token = 'tok_ok'): AuthoriseRequest => {
    const order = randomBytes(8).toString('hex');
    return {
      key: `${order}.1`,
      orderId: order,
      holdId: `hold-${order}`,
      dropId: 'dtest',
      token,
      amountMinor: 4200,
      currency: 'EUR',
      payableUntil: new Date(Date.now() + 60_000).toISOString(),
      returnPath: '/',
    };
  };
  const chargeOf = (answer: ProviderAnswer) => (answer.kind === 'charge' ? answer.charge : null);

  describe(`${name} as a payment provider`, () => {
    it('makes one charge of a key, however often and however much at once it is asked', async () => {
      const wanted = request();
      const answers = await Promise.all(Array.from({ length: 10 }, () => provider().authorise(wanted)));
      answers.push(await provider().authorise(wanted), await provider().lookup(wanted.key));
      expect(new Set(answers.map((answer) => chargeOf(answer)?.reference)).size).toBe(1);
      expect(answers.map((answer) => chargeOf(answer)?.state)).toEqual(answers.map(() => 'authorized'));
    });

    it('does not know a key that it was never given', async () => {
      expect(await provider().lookup('nothing.1')).toEqual({ kind: 'not-found' });
      expect(await provider().capture('nothing.1')).toEqual({ kind: 'not-found' });
      expect(await provider().refund('nothing.1', 'r')).toEqual({ kind: 'not-found' });
    });

    it('captures what is authorised, once', async () => {
      const wanted = request();
      await provider().authorise(wanted);
      const answers = await Promise.all(Array.from({ length: 5 }, () => provider().capture(wanted.key)));
      expect(answers.map((answer) => chargeOf(answer)?.state)).toEqual(answers.map(() => 'captured'));
    });

    it('captures nothing that was declined or voided', async () => {
      const declined = request('tok_declined');
      expect(chargeOf(await provider().authorise(declined))?.state).toBe('declined');
      expect(chargeOf(await provider().capture(declined.key))?.state).toBe('declined');
      const voided = request();
      await provider().authorise(voided);
      expect(chargeOf(await provider().void(voided.key))?.state).toBe('voided');
      expect(chargeOf(await provider().capture(voided.key))?.state).toBe('voided');
      expect(chargeOf(await provider().authorise(voided))?.state).toBe('voided');
    });

    it('does not void what is captured', async () => {
      const wanted = request();
      await provider().authorise(wanted);
      await provider().capture(wanted.key);
      expect(chargeOf(await provider().void(wanted.key))?.state).toBe('captured');
    });

    it('refuses a key that was cancelled before it arrived', async () => {
      const wanted = request();
      await provider().void(wanted.key);
      expect(chargeOf(await provider().authorise(wanted))?.state).toBe('voided');
      expect(chargeOf(await provider().capture(wanted.key))?.state).toBe('voided');
    });

    it('either charges or cancels a key when both come at once', async () => {
      for (let round = 0; round < 20; round += 1) {
        const wanted = request();
        await Promise.all([provider().authorise(wanted), provider().void(wanted.key)]);
        const end = chargeOf(await provider().void(wanted.key));
        expect(end?.state).toBe('voided');
      }
    });

    it('refunds a captured charge whole and once', async () => {
      const wanted = request();
      await provider().authorise(wanted);
      expect(chargeOf(await provider().refund(wanted.key, wanted.orderId))?.refundedMinor).toBe(0);
      await provider().capture(wanted.key);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => provider().refund(wanted.key, wanted.orderId)),
      );
      answers.push(await provider().lookup(wanted.key));
      // Whoever comes second may still see it from before, and asks again.
      expect(Math.max(...answers.map((answer) => chargeOf(answer)?.refundedMinor ?? 0))).toBe(4200);
      expect(chargeOf(await provider().lookup(wanted.key))?.refundedMinor).toBe(4200);
    });

    it('waits for the shopper where the bank asks, and lets go of it', async () => {
      const wanted = request('tok_3ds');
      const charge = chargeOf(await provider().authorise(wanted));
      expect(charge).toMatchObject({ state: 'requires-action' });
      expect(charge?.nextActionUrl).toContain(charge?.reference);
      expect(chargeOf(await provider().void(wanted.key))).toMatchObject({
        state: 'voided',
        nextActionUrl: null,
      });
    });

    it('does not stop what is being processed', async () => {
      const wanted = request('tok_late');
      expect(chargeOf(await provider().authorise(wanted))?.state).toBe('processing');
      expect(chargeOf(await provider().void(wanted.key))?.state).toBe('processing');
    });
  });
}
