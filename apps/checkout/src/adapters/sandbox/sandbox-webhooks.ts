import type { Clock } from '@holdfast/kernel';
import type { WebhookDelivery } from '@holdfast/contracts';
import { z } from 'zod';
import { WebhookReader, type WebhookReading } from '../../application/ports/webhook-reader.port';
import { isSigned } from '../../domain/webhook-signature';

const schema = z.object({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  data: z.object({ orderId: z.string().min(1).max(200) }),
});

/** Reads the sandbox's webhooks. The signature is checked over the raw bytes, before anything is parsed. */
export class SandboxWebhooks extends WebhookReader {
  readonly provider = 'sandbox';

  constructor(
    private readonly secrets: readonly string[],
    private readonly clock: Clock,
  ) {
    super();
  }

  read({ rawBody, headers }: WebhookDelivery): WebhookReading {
    if (!isSigned(headers['holdfast-signature'], rawBody, this.secrets, this.clock.now())) {
      return { kind: 'bad-signature' };
    }
    const parsed = schema.safeParse(parseJson(rawBody));
    // PostgreSQL cannot store NUL in a text.
    if (!parsed.success || JSON.stringify(parsed.data).includes('\\u0000')) return { kind: 'malformed' };
    const { id, type, data } = parsed.data;
    return { kind: 'event', event: { eventId: id, type, orderId: data.orderId } };
  }
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
