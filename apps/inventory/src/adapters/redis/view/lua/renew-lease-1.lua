-- Renews the freshness lease. If another projector renewed it for longer, the later expiry wins. The
-- remaining time is published on the channel of the counts, so a gateway that misses counts misses renewals,
-- too.
-- KEYS[1] lease: exists while the view is confirmed to be fresh
-- ARGV[1] lasts_ms: how long from now
-- ARGV[2] moment: as of when the view is known to be correct, RFC 3339
-- ARGV[3] channel: to which the gateways subscribe
-- Result: milliseconds that the lease lasts from now.
local lease = KEYS[1]
local lasts_ms, moment, channel = tonumber(ARGV[1]), ARGV[2], ARGV[3]

local left_ms = redis.call('PTTL', lease)
if left_ms < lasts_ms then
  redis.call('SET', lease, moment, 'PX', lasts_ms)
  left_ms = lasts_ms
else
  moment = redis.call('GET', lease)
end
redis.call('PUBLISH', channel, '{"kind":"lease","lastsMs":' .. string.format('%d', left_ms) .. ',"asOf":"' .. moment .. '"}')
return left_ms
