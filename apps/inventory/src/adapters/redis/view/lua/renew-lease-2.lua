-- Vouches that the view keeps up. Another projector may have vouched for longer: the later end counts. What is left is told to the gateways
-- on the channel of the counts, so a gateway that misses counts misses renewals, too.
-- KEYS[1] lease: exists while somebody vouches
-- KEYS[2] as_of: the moment vouched for last; stays
-- ARGV[1] lasts_ms: how long from now
-- ARGV[2] moment: as of when the view is known to be right, RFC 3339
-- ARGV[3] channel: where the gateways listen
-- Result: milliseconds that the lease lasts from now.
local lease, as_of = KEYS[1], KEYS[2]
local lasts_ms, moment, channel = tonumber(ARGV[1]), ARGV[2], ARGV[3]

local left_ms = redis.call('PTTL', lease)
if left_ms < lasts_ms then
  redis.call('SET', lease, moment, 'PX', lasts_ms)
  redis.call('SET', as_of, moment)
  left_ms = lasts_ms
else
  moment = redis.call('GET', lease)
end
redis.call('PUBLISH', channel, '{"kind":"lease","lastsMs":' .. string.format('%d', left_ms) .. ',"asOf":"' .. moment .. '"}')
return left_ms
