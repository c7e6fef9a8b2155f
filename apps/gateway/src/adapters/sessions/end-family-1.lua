-- Ends a guest session: no refresh token of its family is valid any more. Idempotent.
-- KEYS[1] families: hash of one bucket, see rotate-family
-- ARGV[1] family: its id
-- ARGV[2] now_ms: wall clock of the caller
-- ARGV[3] ttl_ms: how long the bucket outlives its last change
-- ARGV[4] families_max: in one bucket
-- Result: ENDED
-- Codes: ENDED=3
local families, family = KEYS[1], ARGV[1]
local now_ms, ttl_ms, families_max = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local ENDED = 3
if redis.call('HEXISTS', families, family) == 0 and redis.call('HLEN', families) >= families_max then
  redis.call('HDEL', families, redis.call('HRANDFIELD', families))
end
redis.call('HSET', families, family, string.format('0 %.0f 1', now_ms))
redis.call('PEXPIRE', families, ttl_ms)
return ENDED
