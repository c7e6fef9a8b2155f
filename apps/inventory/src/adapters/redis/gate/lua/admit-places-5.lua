-- Decides on places of one drop in the given order, and counts the admitted ones as in flight until their
-- answer is known.
-- It never grants: an admitted place still goes to the ledger. It refuses only what the ledger would refuse
-- as sold out. The following go to the ledger uncounted: a known customer (it may be a replay, or over its
-- limit), a network near its limit, a drop that is not open, more units than the limit, an unknown SKU.
-- A customer is known from admission on, so a lost answer never turns a replay into "sold out", and a command
-- that is sent twice counts once. A place is in flight for in_flight_ms at most, so a lost answer does not
-- block units for longer.
-- Once in probe_ms a place is sent to the ledger although the SKU seems sold out: its answer corrects missed
-- updates.
-- KEYS[1] gate: hash: seeded, open, from, until, limit, and s:<sku> = "units epoch version at probed"
-- KEYS[2] customers: set of customers who have or may get units, of networks near their limit, and the token
-- of the seeding that completed it
-- KEYS[3] deadlines: sorted set of the hold ids in flight, by the time until which they count
-- KEYS[4] in_flight: hash: u:<sku> = units in flight, h:<hold id> = its lines
-- KEYS[5] early: set of customers sent to the ledger shortly before the opening, kept for some seconds
-- ARGV[1] now_ms: wall clock of the caller; a skew of about a second only costs precision
-- ARGV[2] in_flight_ms: how long a place counts
-- ARGV[3] probe_ms: age after which a row that refuses is probed
-- ARGV[4..] places: for each place: hold id, number of names, the customer id and the names of its networks,
-- number of lines, then sku and quantity of each line
-- Result: for each place a code, or the list of its short lines (from 0). UNSEEDED alone when the gate has to
-- be seeded first.
-- Codes: UNSEEDED=0 ASK=1 ADMITTED=2 WAIT=3
local gate, customers, deadlines, in_flight, early = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now_ms, in_flight_ms, probe_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- include seeded-by
-- include settle-hold

local UNSEEDED, ASK, ADMITTED, WAIT = 0, 1, 2, 3
-- Clocks differ: a place that arrives this long before the opening may be decided after it.
local OPENING_SOON_MS = 2000
local PURGE_MAX = 64

if not seeded_by(gate, customers) then return { UNSEEDED } end
local sale = redis.call('HMGET', gate, 'open', 'from', 'until', 'limit')
local opens, closes, limit = tonumber(sale[2]), tonumber(sale[3]), tonumber(sale[4])
local is_open = (sale[1] == '1' or (opens and now_ms >= opens)) and not (closes and now_ms >= closes)
local opens_soon = opens and now_ms < opens and now_ms >= opens - OPENING_SOON_MS

for _, hold in ipairs(redis.call('ZRANGEBYSCORE', deadlines, '-inf', now_ms, 'LIMIT', 0, PURGE_MAX)) do settle_hold(deadlines, in_flight, hold) end
-- Deadlines this far ahead mean that the clock was set back.
for _, hold in ipairs(redis.call('ZRANGEBYSCORE', deadlines, now_ms + 2 * in_flight_ms, '+inf', 'LIMIT', 0, PURGE_MAX)) do settle_hold(deadlines, in_flight, hold) end
-- No place is in flight, so no unit is: this resets any miscount.
if redis.call('EXISTS', deadlines) == 0 then redis.call('DEL', in_flight) end

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
        row.free = row.units - math.max(0, tonumber(redis.call('HGET', in_flight, 'u:' .. sku) or 0))
      end
    end
    rows[sku] = row
  end
  return row
end

-- A time further ahead than clocks can differ is ignored.
local function age_ms(time)
  if time > now_ms + probe_ms then return math.huge end
  return now_ms - time
end

-- True if the row that refuses is old enough to be probed; it is then not probed again for probe_ms.
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

local function decide(hold, names, lines, units)
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
    -- They may have been served since. The set expires, so that an early crowd does not bypass the gate
    -- permanently.
    if redis.call('SISMEMBER', early, customer) == 1 then return ASK end
    if not is_probe(short_skus) then return short end
    redis.call('SADD', customers, customer)
    return ASK
  end
  if not fits then return WAIT end
  -- Admitted before the set of customers was lost: it must not count twice.
  settle_hold(deadlines, in_flight, hold)
  local packed = {}
  for _, line in ipairs(lines) do
    packed[line.sku] = line.quantity
    rows[line.sku].free = rows[line.sku].free - line.quantity
    redis.call('HINCRBY', in_flight, 'u:' .. line.sku, line.quantity)
  end
  redis.call('SADD', customers, customer)
  redis.call('HSET', in_flight, 'h:' .. hold, cmsgpack.pack(packed))
  redis.call('ZADD', deadlines, now_ms + in_flight_ms, hold)
  return ADMITTED
end

local decisions = {}
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
  decisions[#decisions + 1] = decide(hold, names, lines, units)
end
-- By then all of them have been answered, and those who got units are in the set of customers.
if opens_soon then redis.call('PEXPIRE', early, math.ceil(opens - now_ms) + OPENING_SOON_MS + in_flight_ms) end
-- Not needed for longer than a place counts.
redis.call('PEXPIRE', deadlines, 4 * in_flight_ms)
redis.call('PEXPIRE', in_flight, 4 * in_flight_ms)
return decisions
