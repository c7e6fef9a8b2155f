-- Ends a seeding: from now on the gate may refuse. Nothing happens when another seeding has begun since, or the gate was wiped.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- ARGV[1] token: of this seeding
-- ARGV[2] ttl_ms: how long the gate outlives the last news
-- Result: SEEDED, or UNSEEDED when this seeding no longer counts.
-- Codes: UNSEEDED=0 SEEDED=5
local gate, customers = KEYS[1], KEYS[2]
local token, ttl_ms = ARGV[1], ARGV[2]

local UNSEEDED, SEEDED = 0, 5

if redis.call('HGET', gate, 'seeding') ~= token then return UNSEEDED end
redis.call('SADD', customers, '#' .. token)
redis.call('HDEL', gate, 'seeding', 'seeding_at')
redis.call('HSET', gate, 'seeded', token)
redis.call('PEXPIRE', customers, 2 * ttl_ms)
redis.call('PEXPIRE', gate, ttl_ms)
return SEEDED
