-- Applies the ledger's data on a drop to the gate: answers of places, customers, stock rows, whether it is
-- open. Idempotent. A newer row is applied. An older one is applied only if it was read from the ledger
-- itself and the stored row has not been confirmed for trust_ms: then the stored row is of a ledger that was
-- restored or replaced.
-- Nothing is written for a drop without a gate: the first request seeds it from the ledger.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- KEYS[3] deadlines: sorted set, see admit-places
-- KEYS[4] in_flight: hash, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] ttl_ms: time to live of the gate after the last update
-- ARGV[3] trust_ms: how long an unconfirmed row is trusted against the ledger
-- ARGV[4] current: 1 if the rows were read from the ledger just now, 0 if they may be old
-- ARGV[5] open: 1 or 0, empty if unchanged (then the next three are empty, too)
-- ARGV[6] opens_at: wall clock at which it opens by time alone, empty for none or unchanged
-- ARGV[7] closes_at: the same for closing, empty for none
-- ARGV[8] limit: units for each customer
-- ARGV[9] row_count: number of stock rows
-- ARGV[10] customer_count: number of customers
-- ARGV[11..] rest: sku, units, epoch, version of each row; then customer ids; then ids of holds whose place
-- was answered or withdrawn
-- Result: SEEDED if the gate may refuse, GROWING while it is being seeded, UNSEEDED if there is none.
-- Codes: UNSEEDED=0 GROWING=4 SEEDED=5
local gate, customers, deadlines, in_flight = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now_ms, ttl_ms, trust_ms, current = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local open, opens_at, closes_at, limit = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local row_count, customer_count = tonumber(ARGV[9]), tonumber(ARGV[10])

-- include seeded-by
-- include settle-hold

local UNSEEDED, GROWING, SEEDED = 0, 4, 5
local FIRST_ROW = 11
local first_customer = FIRST_ROW + 4 * row_count
local first_hold = first_customer + customer_count

for index = first_hold, #ARGV do settle_hold(deadlines, in_flight, ARGV[index]) end

if redis.call('EXISTS', gate) == 0 then return UNSEEDED end

for index = first_customer, first_hold - 1 do redis.call('SADD', customers, ARGV[index]) end

-- True if the ledger's row replaces the stored one.
local function replaces(ours, units, epoch, version)
  if not ours then return true end
  local our_units, our_epoch, our_version, at = string.match(ours, '^(%d+) (%d+) (%d+) (%d+) %d+$')
  if not our_units then return true end
  our_epoch, our_version, at = tonumber(our_epoch), tonumber(our_version), tonumber(at)
  if epoch ~= our_epoch then
    if epoch > our_epoch then return true end
  elseif version ~= our_version then
    if version > our_version then return true end
  else
    -- The same state: a current read confirms it.
    return current == '1' or units ~= tonumber(our_units)
  end
  return current == '1' and (now_ms - at > trust_ms or at > now_ms + trust_ms)
end
for index = FIRST_ROW, first_customer - 1, 4 do
  local field, units, epoch, version = 's:' .. ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  if replaces(redis.call('HGET', gate, field), tonumber(units), tonumber(epoch), tonumber(version)) then
    redis.call('HSET', gate, field, units .. ' ' .. epoch .. ' ' .. version .. ' ' .. now_ms .. ' 0')
  end
end

if open ~= '' then
  redis.call('HSET', gate, 'open', open, 'limit', limit)
  if closes_at == '' then redis.call('HDEL', gate, 'until') else redis.call('HSET', gate, 'until', closes_at) end
  if opens_at ~= '' then
    redis.call('HSET', gate, 'from', opens_at)
  elseif open == '1' or tonumber(redis.call('HGET', gate, 'from') or 0) <= now_ms then
    -- The time has passed, and the ledger says whether the drop is open: it may be paused.
    redis.call('HDEL', gate, 'from')
  end
end
-- The customers outlive the gate: a gate without them would refuse replays.
redis.call('PEXPIRE', gate, ttl_ms)
redis.call('PEXPIRE', customers, 2 * ttl_ms)
if seeded_by(gate, customers) then return SEEDED end
return GROWING
