import { z } from 'zod';
import { onOff } from './app-config';

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface KafkaLogin {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** Security settings of Kafka clients. Plain data: the launcher passes it on to tools and services. */
export interface KafkaSecurity {
  /** Null: no authentication. */
  readonly login: KafkaLogin | null;
  /** Null: no encryption. `ca`: PEM of the certificate authority; null: one that Node trusts. */
  readonly tls: { readonly ca: string | null } | null;
}

export const OPEN_KAFKA: KafkaSecurity = Object.freeze({ login: null, tls: null });

// They are also written into a line of a Java configuration, so they must not contain line breaks.
const oneLine = z.string().regex(/^[^\p{Cc}]{1,255}$/u, 'must be 1 to 255 characters without line breaks');

/** Named as in Kafka; `KAFKA_CA_FILE` is the usual way to give a certificate. */
export const kafkaSettings = {
  KAFKA_SASL_MECHANISM: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']))
    .optional(),
  KAFKA_USERNAME: oneLine.optional(),
  KAFKA_PASSWORD: oneLine.optional(),
  KAFKA_TLS: onOff.default(false),
  KAFKA_CA: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, 'must be one or more certificates in PEM')
    .optional(),
};

interface KafkaValues {
  KAFKA_BROKERS?: unknown;
  KAFKA_SASL_MECHANISM?: SaslMechanism | undefined;
  KAFKA_USERNAME?: string | undefined;
  KAFKA_PASSWORD?: string | undefined;
  KAFKA_TLS: boolean;
  KAFKA_CA?: string | undefined;
}

/** Invalid combinations. Half a login would silently leave the connection unauthenticated. */
export function wrongKafkaSettings(it: KafkaValues): string[] {
  const wrong: string[] = [];
  if (it.KAFKA_USERNAME !== undefined && it.KAFKA_PASSWORD === undefined)
    wrong.push('KAFKA_PASSWORD: KAFKA_USERNAME needs it');
  for (const name of ['KAFKA_PASSWORD', 'KAFKA_SASL_MECHANISM'] as const)
    if (it[name] !== undefined && it.KAFKA_USERNAME === undefined)
      wrong.push(`KAFKA_USERNAME: ${name} needs it`);
  if (it.KAFKA_CA !== undefined && !it.KAFKA_TLS)
    wrong.push('KAFKA_TLS: must be on where KAFKA_CA is set; else nothing is encrypted');
  if (it.KAFKA_BROKERS === undefined && (it.KAFKA_USERNAME !== undefined || it.KAFKA_TLS))
    wrong.push('KAFKA_BROKERS: a login or TLS is for a Kafka that is named there');
  return wrong;
}

export function toKafkaSecurity(it: KafkaValues): KafkaSecurity {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = it;
  return Object.freeze({
    login:
      username === undefined || password === undefined
        ? null
        : Object.freeze({ mechanism: it.KAFKA_SASL_MECHANISM ?? 'SCRAM-SHA-512', username, password }),
    tls: it.KAFKA_TLS ? Object.freeze({ ca: it.KAFKA_CA ?? null }) : null,
  });
}

/** The variables from which a child process reads these settings. */
export function fromKafkaSecurity({ login, tls }: KafkaSecurity): Record<string, string> {
  return {
    ...(login && {
      KAFKA_SASL_MECHANISM: login.mechanism,
      KAFKA_USERNAME: login.username,
      KAFKA_PASSWORD: login.password,
    }),
    ...(tls && { KAFKA_TLS: 'on', ...(tls.ca !== null && { KAFKA_CA: tls.ca }) }),
  };
}
