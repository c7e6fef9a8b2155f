-- Grants one instance the lease to seed the gate of a drop from the ledger, unless the gate is seeded already
-- and stays in use. From now on every served customer is recorded, so that none is missed between the read
-- and the end of the seeding.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] lease_ms: after which another instance may begin
-- ARGV[3] token: of this seeding
-- Result: BEGUN; SEEDED if the gate may refuse already; BUSY while another instance has the lease.
-- Codes: SEEDED=5 BEGUN=6 BUSY=7
local gate, customers = KEYS[1], KEYS[2]
local now_ms, lease_ms, token = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

-- include seeded-by

local SEEDED, BEGUN, BUSY = 5, 6, 7
-- Much longer than a seeding takes; an unfinished gate expires.
local UNFINISHED_TTL_MS = 30000

if seeded_by(gate, customers) then return SEEDED end
local age_ms = now_ms - tonumber(redis.call('HGET', gate, 'seeding_at') or 0)
if age_ms >= 0 and age_ms < lease_ms then return BUSY end

-- The token of a damaged seeding must not complete this one.
local damaged = redis.call('HGET', gate, 'seeded')
if damaged then
  redis.call('HDEL', gate, 'seeded')
  redis.call('SREM', customers, '#' .. damaged)
end
redis.call('HSET', gate, 'seeding', token, 'seeding_at', now_ms)
redis.call('PEXPIRE', gate, UNFINISHED_TTL_MS)
redis.call('PEXPIRE', customers, 2 * UNFINISHED_TTL_MS)
return BEGUN
