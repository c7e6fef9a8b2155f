-- Ends a seeding: from now on the gate may refuse. Does nothing if another seeding has begun since, or the
-- gate was deleted.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- ARGV[1] token: of this seeding
-- ARGV[2] ttl_ms: time to live of the gate after the last update
-- Result: SEEDED, or UNSEEDED if this seeding has been superseded.
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
