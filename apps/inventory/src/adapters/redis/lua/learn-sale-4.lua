-- Takes what the ledger says about a drop: answers of places, customers, stock rows, whether it is open. Harmless when repeated.
-- A row is taken when it is newer. One that is older than ours is taken only when it was read from the ledger itself and ours has not
-- been confirmed for a while: then ours is of a ledger that no longer exists, or made up.
-- Nothing is written for a drop that nobody has asked about: whoever asks first reads it all from the ledger.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- KEYS[3] flight: sorted set, see admit-places
-- KEYS[4] aloft: hash, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] ttl_ms: how long the gate outlives the last news
-- ARGV[3] trust_ms: how long an unconfirmed row is believed against the ledger
-- ARGV[4] sure: 1 when the rows were read from the ledger just now, 0 when they may be old
-- ARGV[5] open: 1 or 0, empty when nothing is said about it (then the next three are empty, too)
-- ARGV[6] opens_at: wall clock at which it opens by time alone, empty for none or unchanged
-- ARGV[7] closes_at: the same for closing, empty for none
-- ARGV[8] limit: units for each customer
-- ARGV[9] row_count: number of stock rows
-- ARGV[10] customer_count: number of customers
-- ARGV[11..] rest: sku, units, epoch, version of each row; then customer ids; then ids of holds whose place was answered or withdrawn
-- Result: SEEDED when the gate may refuse, GROWING while it is being seeded, UNSEEDED when there is none.
-- Codes: UNSEEDED=0 GROWING=4 SEEDED=5
local gate, customers, flight, aloft = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now_ms, ttl_ms, trust_ms, sure = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local open, opens_at, closes_at, limit = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local row_count, customer_count = tonumber(ARGV[9]), tonumber(ARGV[10])

-- include seeded-by
-- include land-hold

local UNSEEDED, GROWING, SEEDED = 0, 4, 5
local FIRST_ROW = 11
local first_customer = FIRST_ROW + 4 * row_count
local first_hold = first_customer + customer_count

for index = first_hold, #ARGV do land_hold(flight, aloft, ARGV[index]) end

if redis.call('EXISTS', gate) == 0 then return UNSEEDED end

for index = first_customer, first_hold - 1 do redis.call('SADD', customers, ARGV[index]) end

-- True when the row of the ledger counts and ours does not.
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
    -- The same state once more: what was read just now confirms it.
    return sure == '1' or units ~= tonumber(our_units)
  end
  return sure == '1' and (now_ms - at > trust_ms or at > now_ms + trust_ms)
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
    -- Its time has come, and the ledger says by itself whether it is open: paused, for example.
    redis.call('HDEL', gate, 'from')
  end
end
-- The customers outlive the gate: a gate without them would refuse replays.
redis.call('PEXPIRE', gate, ttl_ms)
redis.call('PEXPIRE', customers, 2 * ttl_ms)
if seeded_by(gate, customers) then return SEEDED end
return GROWING
