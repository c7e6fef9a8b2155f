-- Ends a place that was in flight, because its answer has arrived or is no longer expected. Idempotent.
local function settle_hold(deadlines, in_flight, hold)
  local lines = redis.call('HGET', in_flight, 'h:' .. hold)
  if lines then
    for sku, quantity in pairs(cmsgpack.unpack(lines)) do redis.call('HINCRBY', in_flight, 'u:' .. sku, -quantity) end
    redis.call('HDEL', in_flight, 'h:' .. hold)
  end
  redis.call('ZREM', deadlines, hold)
end
