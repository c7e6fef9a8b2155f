const OID = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  float4: 700,
  float8: 701,
  timestamptz: 1184,
} as const;

type Decode = (text: string) => unknown;

const asText: Decode = (text) => text;

const DECODERS: Record<number, Decode> = {
  [OID.bool]: (text) => text === 't',
  // 64-bit integers are JSON numbers in Debezium's records. Ours (counts, versions) stay below 2^53.
  [OID.int8]: Number,
  [OID.int2]: Number,
  [OID.int4]: Number,
  [OID.oid]: Number,
  [OID.float4]: Number,
  [OID.float8]: Number,
  [OID.timestamptz]: toIsoTime,
};

/** Converts the text of a value to Debezium's JSON for its type; unknown types stay text. */
export function debeziumDecoder(typeOid: number): Decode {
  return DECODERS[typeOid] ?? asText;
}

const MICROSECOND_DIGITS = 6;

/**
 * `2026-11-22 04:30:00.12+00` (a session in UTC) → `2026-11-22T04:30:00.120000Z`, as
 * io.debezium.time.ZonedTimestamp.
 */
function toIsoTime(text: string): string {
  const match = /^(\S+) (\d{2}:\d{2}:\d{2})(?:\.(\d+))?\+00(?::00)?$/.exec(text);
  // Times before Christ and infinity have no ISO form; ours never are.
  if (!match) return text;
  const [, day, time, fraction = ''] = match;
  return `${day}T${time}.${fraction.padEnd(MICROSECOND_DIGITS, '0')}Z`;
}

/**
 * Debezium's placeholder for a long value that an update did not change and that the log therefore does not
 * contain.
 */
export const UNAVAILABLE_VALUE = '__debezium_unavailable_value';
