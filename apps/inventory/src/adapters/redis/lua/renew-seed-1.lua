-- Keeps a seeding with the instance that is at it, however long it takes.
-- KEYS[1] gate: hash, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] token: of this seeding
-- Result: BEGUN, or UNSEEDED when this seeding no longer counts: another one has begun since, or the gate was wiped.
-- Codes: UNSEEDED=0 BEGUN=6
local gate = KEYS[1]
local now_ms, token = tonumber(ARGV[1]), ARGV[2]

local UNSEEDED, BEGUN = 0, 6

if redis.call('HGET', gate, 'seeding') ~= token then return UNSEEDED end
redis.call('HSET', gate, 'seeding_at', now_ms)
return BEGUN
