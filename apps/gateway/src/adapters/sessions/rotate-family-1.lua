-- Replaces a refresh token of a guest session by its successor, or finds that it was replaced before; the
-- rule is domain/session-family.ts. Repeating it within the grace gives the same answer. Families share
-- hashes of a bounded size, so no client can fill the memory: when one is full, another family is evicted; a
-- token of an unknown family is accepted.
-- KEYS[1] families: hash of one bucket, family to "newest at_ms ended"
-- ARGV[1] family: its id
-- ARGV[2] generation: of the presented token
-- ARGV[3] now_ms: wall clock of the caller
-- ARGV[4] grace_ms: how long a replaced token stays valid
-- ARGV[5] ttl_ms: how long the bucket outlives its last change
-- ARGV[6] families_max: in one bucket
-- Result: {code, generation of the successor, when it was created}
-- Codes: SUCCESSOR=1 REUSED=2 ENDED=3
local families, family = KEYS[1], ARGV[1]
local generation, now_ms, grace_ms = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ttl_ms, families_max = tonumber(ARGV[5]), tonumber(ARGV[6])

local SUCCESSOR, REUSED, ENDED = 1, 2, 3
local newest, at_ms, ended = string.match(redis.call('HGET', families, family) or '', '^(%d+) (%d+) (%d)$')
newest, at_ms = tonumber(newest), tonumber(at_ms)
if ended == '1' then
  return { ENDED, 0, 0 }
end

local code = SUCCESSOR
if newest and generation < newest then
  if generation == newest - 1 and now_ms - at_ms <= grace_ms then
    return { SUCCESSOR, newest, at_ms }
  end
  code = REUSED
else
  newest, at_ms = generation + 1, now_ms
end
if redis.call('HEXISTS', families, family) == 0 and redis.call('HLEN', families) >= families_max then
  redis.call('HDEL', families, redis.call('HRANDFIELD', families))
end
local text = string.format('%.0f %.0f %d', newest, at_ms, code == REUSED and 1 or 0)
redis.call('HSET', families, family, text)
redis.call('PEXPIRE', families, ttl_ms)
return { code, newest, at_ms }
