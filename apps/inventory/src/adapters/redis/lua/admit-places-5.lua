-- Judges places of one drop in the order given, and counts those that it lets through until their answer is known.
-- It never grants: whoever is let through asks the ledger. It refuses only what the ledger would refuse as sold out, so a known customer
-- (a replay, or the limit), one of a network that is near its limit, a drop that is not open, a wish above the limit and an unknown SKU are let through without being counted.
-- A customer is known from the moment of being let through, so a lost answer never turns a replay into "sold out", and a command that
-- is sent twice counts once. What was counted no longer counts after flight_ms: a lost answer keeps no unit from others.
-- Once in probe_ms somebody is let through although all seems gone: what the ledger says then mends whatever was missed.
-- KEYS[1] gate: hash: seeded, open, from, until, limit, and s:<sku> = "units epoch version at probed"
-- KEYS[2] customers: set of everybody who has or may get units, of networks near their limit, and the mark of the seeding that made it complete
-- KEYS[3] flight: sorted set of hold ids, by the time until which they count
-- KEYS[4] aloft: hash: u:<sku> = units let through, h:<hold id> = its lines
-- KEYS[5] early: set of customers who were sent on shortly before the opening, for some seconds
-- ARGV[1] now_ms: wall clock of the caller; clocks may differ by a second or so, which costs a little precision and nothing else
-- ARGV[2] flight_ms: how long a place counts
-- ARGV[3] probe_ms: age after which a row that refuses is tried out
-- ARGV[4..] places: for each place: hold id, number of names, the customer id and the names of its networks, number of lines, then sku and
-- quantity of each line
-- Result: for each place a code, or the list of its short lines (from 0). UNSEEDED alone when the gate knows nothing: seed it first.
-- Codes: UNSEEDED=0 ASK=1 ADMITTED=2 WAIT=3
local gate, customers, flight, aloft, early = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now_ms, flight_ms, probe_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- include seeded-by
-- include land-hold

local UNSEEDED, ASK, ADMITTED, WAIT = 0, 1, 2, 3
-- Clocks differ: whoever comes this long before the opening may be served after it.
local OPENING_SOON_MS = 2000
local PURGE_MAX = 64

if not seeded_by(gate, customers) then return { UNSEEDED } end
local sale = redis.call('HMGET', gate, 'open', 'from', 'until', 'limit')
local opens, closes, limit = tonumber(sale[2]), tonumber(sale[3]), tonumber(sale[4])
local is_open = (sale[1] == '1' or (opens and now_ms >= opens)) and not (closes and now_ms >= closes)
local opens_soon = opens and now_ms < opens and now_ms >= opens - OPENING_SOON_MS

for _, hold in ipairs(redis.call('ZRANGEBYSCORE', flight, '-inf', now_ms, 'LIMIT', 0, PURGE_MAX)) do land_hold(flight, aloft, hold) end
-- Times that no clock near ours can have written: it was set back.
for _, hold in ipairs(redis.call('ZRANGEBYSCORE', flight, now_ms + 2 * flight_ms, '+inf', 'LIMIT', 0, PURGE_MAX)) do land_hold(flight, aloft, hold) end
-- Nobody is on the way, so no unit is: whatever went wrong in the counting ends here.
if redis.call('EXISTS', flight) == 0 then redis.call('DEL', aloft) end

local rows = {}
local function row_of(sku)
  local row = rows[sku]
  if row == nil then
    row = false
    local text = redis.call('HGET', gate, 's:' .. sku)
    if text then
      local units, epoch, version, at, probed = string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
      if units then
        row = { units = tonumber(units), stamp = epoch .. ' ' .. version .. ' ' .. at, at = tonumber(at), probed = tonumber(probed) }
        row.free = row.units - math.max(0, tonumber(redis.call('HGET', aloft, 'u:' .. sku) or 0))
      end
    end
    rows[sku] = row
  end
  return row
end

-- A time that no clock near ours can have written says nothing.
local function age_ms(time)
  if time > now_ms + probe_ms then return math.huge end
  return now_ms - time
end

-- True when what refuses is old enough to be tried out; then it is not tried again for a while.
local function is_probe(skus)
  local old = false
  for _, sku in ipairs(skus) do
    if math.min(age_ms(rows[sku].at), age_ms(rows[sku].probed)) > probe_ms then old = true end
  end
  if not old then return false end
  for _, sku in ipairs(skus) do
    local row = rows[sku]
    row.probed = now_ms
    redis.call('HSET', gate, 's:' .. sku, row.units .. ' ' .. row.stamp .. ' ' .. now_ms)
  end
  return true
end

local function judge(hold, names, lines, units)
  for _, name in ipairs(names) do
    if redis.call('SISMEMBER', customers, name) == 1 then return ASK end
  end
  local customer = names[1]
  if not is_open or units > limit then
    if opens_soon then redis.call('SADD', early, customer) end
    return ASK
  end
  local short, short_skus, fits = {}, {}, true
  for index, line in ipairs(lines) do
    local row = row_of(line.sku)
    if not row then return ASK end
    if row.units < line.quantity then
      short[#short + 1] = index - 1
      short_skus[#short_skus + 1] = line.sku
    elseif row.free < line.quantity then
      fits = false
    end
  end
  if #short > 0 then
    -- They may have been served since; but a crowd that has only looked in too early must not go to the ledger for ever.
    if redis.call('SISMEMBER', early, customer) == 1 then return ASK end
    if not is_probe(short_skus) then return short end
    redis.call('SADD', customers, customer)
    return ASK
  end
  if not fits then return WAIT end
  local packed = {}
  for _, line in ipairs(lines) do
    packed[line.sku] = line.quantity
    rows[line.sku].free = rows[line.sku].free - line.quantity
    redis.call('HINCRBY', aloft, 'u:' .. line.sku, line.quantity)
  end
  redis.call('SADD', customers, customer)
  redis.call('HSET', aloft, 'h:' .. hold, cmsgpack.pack(packed))
  redis.call('ZADD', flight, now_ms + flight_ms, hold)
  return ADMITTED
end

local verdicts = {}
local next_arg = 4
while next_arg <= #ARGV do
  local hold, name_count = ARGV[next_arg], tonumber(ARGV[next_arg + 1])
  next_arg = next_arg + 2
  local names = {}
  for index = 1, name_count do names[index] = ARGV[next_arg + index - 1] end
  next_arg = next_arg + name_count
  local count = tonumber(ARGV[next_arg])
  next_arg = next_arg + 1
  local lines, units = {}, 0
  for index = 1, count do
    local quantity = tonumber(ARGV[next_arg + 1])
    lines[index] = { sku = ARGV[next_arg], quantity = quantity }
    units = units + quantity
    next_arg = next_arg + 2
  end
  verdicts[#verdicts + 1] = judge(hold, names, lines, units)
end
-- By then all of them have their answers, and who got units is known for it.
if opens_soon then redis.call('PEXPIRE', early, math.ceil(opens - now_ms) + OPENING_SOON_MS + flight_ms) end
-- Nobody needs them longer than a place counts.
redis.call('PEXPIRE', flight, 4 * flight_ms)
redis.call('PEXPIRE', aloft, 4 * flight_ms)
return verdicts
