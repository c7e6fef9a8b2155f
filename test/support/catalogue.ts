import type { Client } from 'pg';

const OURS = `('inventory', 'checkout', 'sandbox', 'accounts')`;
/** Grants in one order, whatever the order in which they were given. */
const acl = (list: string) => `(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(${list}) a)`;

/**
 * One line for each thing in our schemas, without what differs between equal databases: OIDs, the order of creation, and the parentheses of
 * constraints, which a dump and its restore write anew.
 */
const LINES = `
SELECT format('schema %s of %s: %s', n.nspname, n.nspowner::regrole, ${acl('n.nspacl')}) FROM pg_namespace n WHERE n.nspname IN ${OURS}
UNION ALL
SELECT format(E'function %s of %s: %s\\n%s', p.oid::regprocedure, p.proowner::regrole, ${acl('p.proacl')}, pg_get_functiondef(p.oid))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ${OURS}
UNION ALL
SELECT format('%s %s of %s: %s %s', c.relkind, c.oid::regclass, c.relowner::regrole, ${acl('c.relacl')}, c.reloptions)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ${OURS}
UNION ALL
SELECT format('column %s of %s: #%s %s %s %s %s %s %s', a.attname, c.oid::regclass,
  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull,
  a.attgenerated, pg_get_expr(d.adbin, d.adrelid), ${acl('a.attacl')})
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v', 'c') JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname IN ${OURS} AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('constraint %s of %s: %s', k.conname, k.conrelid::regclass, translate(pg_get_constraintdef(k.oid), '()', ''))
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname IN ${OURS}
UNION ALL
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ${OURS}
UNION ALL
SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ${OURS} AND NOT t.tgisinternal
UNION ALL
SELECT format('policy %s of %s for %s %s: %s %s', p.polname, p.polrelid::regclass, p.polcmd, ${acl('p.polroles::regrole[]')},
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ${OURS}
UNION ALL
SELECT format('row security of %s: %s', c.oid::regclass, c.relrowsecurity)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ${OURS} AND c.relkind = 'r'
UNION ALL
SELECT format('publication %s of %s: %s', p.pubname, p.pubowner::regrole,
  (SELECT string_agg(t.schemaname || '.' || t.tablename, ' ' ORDER BY t.schemaname, t.tablename) FROM pg_publication_tables t WHERE t.pubname = p.pubname))
FROM pg_publication p`;

/** What a database has of the product, but for rows: equal for two databases exactly when no statement of ours can tell them apart. */
export async function catalogueOf(client: Client): Promise<string[]> {
  await client.query(`SET search_path TO 'pg_catalog'`);
  const { rows } = await client.query<{ line: string }>(
    `SELECT line FROM (${LINES}) AS all_of_it (line) ORDER BY line`,
  );
  return rows.map(({ line }) => line);
}
