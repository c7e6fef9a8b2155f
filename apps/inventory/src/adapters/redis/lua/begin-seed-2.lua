-- Lets one instance fill the gate of a drop from the ledger, unless it is filled already: that one stays in use, whoever wants to add to it.
-- From now on everybody who is served is noted, so nobody is missed between the reading and the end of it.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] lease_ms: after which another instance may begin, because this one seems to be gone
-- ARGV[3] token: of this seeding
-- Result: BEGUN; SEEDED when the gate may refuse already; BUSY while another instance is at it.
-- Codes: SEEDED=5 BEGUN=6 BUSY=7
local gate, customers = KEYS[1], KEYS[2]
local now_ms, lease_ms, token = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

-- include seeded-by

local SEEDED, BEGUN, BUSY = 5, 6, 7
-- Far longer than a seeding takes; a gate that nobody finishes is forgotten.
local UNFINISHED_TTL_MS = 30000

if seeded_by(gate, customers) then return SEEDED end
local age_ms = now_ms - tonumber(redis.call('HGET', gate, 'seeding_at') or 0)
if age_ms >= 0 and age_ms < lease_ms then return BUSY end

-- What is left of one that was damaged must not make it whole again halfway.
local damaged = redis.call('HGET', gate, 'seeded')
if damaged then
  redis.call('HDEL', gate, 'seeded')
  redis.call('SREM', customers, '#' .. damaged)
end
redis.call('HSET', gate, 'seeding', token, 'seeding_at', now_ms)
redis.call('PEXPIRE', gate, UNFINISHED_TTL_MS)
redis.call('PEXPIRE', customers, 2 * UNFINISHED_TTL_MS)
return BEGUN
