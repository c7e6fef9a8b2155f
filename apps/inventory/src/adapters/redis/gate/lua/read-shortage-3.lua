-- Reads what a gateway needs to refuse on its own: how long the drop stays open, the units left of some SKUs,
-- and the customers it must not refuse.
-- KEYS[1] gate: hash, see admit-places
-- KEYS[2] customers: set, see admit-places
-- KEYS[3] early: set, see admit-places
-- ARGV[1] now_ms: wall clock of the caller
-- ARGV[2] fresh_ms: age up to which a row counts as fresh
-- ARGV[3] customers_max: with more of them nothing is read, because it would block Redis for too long
-- ARGV[4..] skus: to read
-- Result: {SEEDED, limit, milliseconds that the drop stays open (-1 without an end, 0 if it is not open),
-- {units or -1 for each SKU}, {customers}}; {UNSEEDED} if the gate cannot answer.
-- Codes: UNSEEDED=0 SEEDED=5
local gate, customers, early = KEYS[1], KEYS[2], KEYS[3]
local now_ms, fresh_ms, customers_max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- include seeded-by

local UNSEEDED, SEEDED = 0, 5
local FIRST_SKU = 4

if not seeded_by(gate, customers) then return { UNSEEDED } end
if redis.call('SCARD', customers) + redis.call('SCARD', early) > customers_max then return { UNSEEDED } end

local sale = redis.call('HMGET', gate, 'open', 'from', 'until', 'limit')
local opens, closes, limit = tonumber(sale[2]), tonumber(sale[3]), tonumber(sale[4])
local open_for_ms = -1
if closes then open_for_ms = math.max(0, closes - now_ms) end
if sale[1] ~= '1' and not (opens and now_ms >= opens) then open_for_ms = 0 end

local left = {}
for index = FIRST_SKU, #ARGV do
  local text = redis.call('HGET', gate, 's:' .. ARGV[index])
  local units, at = string.match(text or '', '^(%d+) %d+ %d+ (%d+) %d+$')
  local age_ms = units and math.abs(now_ms - tonumber(at)) or fresh_ms + 1
  left[#left + 1] = age_ms <= fresh_ms and tonumber(units) or -1
end
return { SEEDED, limit, open_for_ms, left, redis.call('SUNION', customers, early) }
