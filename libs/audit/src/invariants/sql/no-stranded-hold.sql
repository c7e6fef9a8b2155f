-- No hold stays held for more than 30 s past its deadline, with units neither sold nor available. The sweeper
-- runs several times a second. Reads only. Row: checked = holds in state held.
SELECT count(*) AS checked, count(*) FILTER (WHERE f.fault) AS broken, (array_agg(f.example) FILTER (WHERE f.fault))[1:5] AS examples
FROM (
  SELECT j.fault, CASE WHEN j.fault THEN jsonb_build_object('holdId', h.hold_id, 'expiresAt', h.expires_at, 'units', h.units) END AS example
  FROM inventory.hold h, LATERAL (SELECT h.expires_at < now() - interval '30 seconds' AS fault) j
  WHERE h.state = 'held'
) f
