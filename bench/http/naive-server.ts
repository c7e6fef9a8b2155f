import { createServer } from 'node:http';
import { Pool } from 'pg';

// What one writes first: a plain server, a pool of 16, one statement for each request. No login, no keys, no limits, no events.

const POOL = 16;

// The condition and the row lock make it correct; the lock is held across the flush of the commit, and that makes it slow.
const PLACE = {
  name: 'place',
  text: `
    WITH taken AS (
      UPDATE stock SET available = available - $4, held = held + $4
      WHERE drop_id = $1 AND sku = $3 AND available >= $4
      RETURNING drop_id, sku
    )
    INSERT INTO hold (drop_id, customer_id, sku, quantity, expires_at)
    SELECT drop_id, $2, sku, $4, now() + interval '1 day' FROM taken
    RETURNING hold_id, expires_at`,
};

interface PlaceRequest {
  dropId: string;
  customerId: string;
  sku: string;
  quantity: number;
}

const pool = new Pool({ connectionString: process.argv[2], max: POOL });
pool.on('error', () => undefined); // the server goes away at the end of the bench

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    place(JSON.parse(body) as PlaceRequest)
      .then((hold) => answer(hold ? 201 : 409, hold ?? { code: 'sold-out' }))
      .catch(() => answer(500, { code: 'internal-error' }));
  });
  const answer = (status: number, document: object) => {
    const text = JSON.stringify(document);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
});

async function place({ dropId, customerId, sku, quantity }: PlaceRequest): Promise<object | null> {
  const { rows } = await pool.query<{ hold_id: string; expires_at: Date }>({
    ...PLACE,
    values: [dropId, customerId, sku, quantity],
  });
  const row = rows[0];
  return row
    ? {
        id: row.hold_id,
        dropId,
        customerId,
        state: 'held',
        lines: [{ sku, quantity }],
        expiresAt: row.expires_at,
      }
    : null;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.(address.port);
});
process.on('disconnect', () => process.exit()); // never outlives the bench
