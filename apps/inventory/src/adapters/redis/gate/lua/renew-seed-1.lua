-- Renews the lease of a seeding.
-- KEYS[1] gate: hash, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] token: of this seeding
-- Result: BEGUN, or UNSEEDED if this seeding has been superseded: another one has begun since, or the gate
-- was deleted.
-- Codes: UNSEEDED=0 BEGUN=6
local gate = KEYS[1]
local now_ms, token = tonumber(ARGV[1]), ARGV[2]

local UNSEEDED, BEGUN = 0, 6

if redis.call('HGET', gate, 'seeding') ~= token then return UNSEEDED end
redis.call('HSET', gate, 'seeding_at', now_ms)
return BEGUN
