-- The answer of a place has come, or is not waited for any more: its units are not on the way any longer. Harmless when repeated.
local function land_hold(flight, aloft, hold)
  local lines = redis.call('HGET', aloft, 'h:' .. hold)
  if lines then
    for sku, quantity in pairs(cmsgpack.unpack(lines)) do redis.call('HINCRBY', aloft, 'u:' .. sku, -quantity) end
    redis.call('HDEL', aloft, 'h:' .. hold)
  end
  redis.call('ZREM', flight, hold)
end
