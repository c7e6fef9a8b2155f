-- Applies the rows of one drop that are newer than those in its view, or complete one of the same version, and publishes them in the same step:
-- published rows are in the view, messages are in the order of application, and a lost reply loses no
-- message. Idempotent.
-- A drop is whole, and has a position, once it has been loaded completely from the ledger. The position
-- advances with every change. If the view may have gone back to an earlier state, a load starts a new
-- incarnation of the position, because two states must not share one.
-- KEYS[1] view: the drop's hash: a field for each SKU with its row, the empty field with the position
-- ARGV[1] channel: to which the gateways subscribe
-- ARGV[2] message_head: the message up to its rows
-- ARGV[3] load: id of the load that the rows belong to; empty for rows of the stream
-- ARGV[4] part: of the load: only, first, middle or last
-- ARGV[5] life: new, if the load starts a new incarnation although the drop is whole; else old
-- ARGV[6..] rows: alternately SKU and row; a row begins with [epoch,version, and ends with what shoppers see of it,
-- which a row of a release before does not have: that one ends with its SKU
-- Result: 1 if the drop is whole, else 0; then the indexes of the applied rows, counted from 1.
local view = KEYS[1]
local channel, message_head, load, part, life = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local rows = { unpack(ARGV, 6) }

-- A drop that is neither read nor changed expires after a week; the next read loads it from the ledger again.
local KEPT_SECONDS = 604800

-- Without this a row of a release before would stay as it is until its next sale.
local function completes(row, known)
  return string.sub(known, -2) == '"]' and string.sub(row, -2) ~= '"]'
end

local function is_wanted(row, known)
  local epoch, version = string.match(row, '^%[(%d+),(%d+),')
  local known_epoch, known_version = string.match(known, '^%[(%d+),(%d+),')
  if not known_epoch then return true end
  epoch, known_epoch = tonumber(epoch), tonumber(known_epoch)
  if epoch ~= known_epoch then return epoch > known_epoch end
  version, known_version = tonumber(version), tonumber(known_version)
  return version > known_version or (version == known_version and completes(row, known))
end

local result, texts, newest = { 0 }, {}, {}
for at = 1, #rows, 2 do
  local sku, row = rows[at], rows[at + 1]
  local known = newest[sku] or redis.call('HGET', view, sku)
  if not known or is_wanted(row, known) then
    newest[sku] = row
    texts[#texts + 1] = row
    result[#result + 1] = (at + 1) / 2
  end
end
for sku, row in pairs(newest) do redis.call('HSET', view, sku, row) end

-- A load in several parts sets a field of its own. If the view was lost in between, the field is missing at
-- the last part.
local under_way = '\0' .. load
local is_loaded = part == 'only'
if part == 'first' then redis.call('HSET', view, under_way, '1') end
if part == 'last' then is_loaded = redis.call('HDEL', view, under_way) == 1 end

local position = redis.call('HGET', view, '')
if is_loaded and (not position or life == 'new') then
  position = load .. ':0'
  redis.call('HSET', view, '', position)
elseif position and #texts > 0 then
  local loaded_by, changes = string.match(position, '^(.*):(%d+)$')
  position = loaded_by .. ':' .. string.format('%d', tonumber(changes) + 1)
  redis.call('HSET', view, '', position)
end
redis.call('EXPIRE', view, KEPT_SECONDS)

if #texts > 0 then
  redis.call('PUBLISH', channel, message_head .. table.concat(texts, ',') .. '],"position":"' .. (position or '') .. '"}')
end
if position then result[1] = 1 end
return result
