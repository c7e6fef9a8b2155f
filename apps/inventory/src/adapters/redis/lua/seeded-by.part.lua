-- The token of the seeding that has filled the gate; nil while nothing in it may refuse anybody: a field that every judgement needs is
-- missing, or the set of customers, with which the mark goes, because a gate without all of them would refuse replays.
local function seeded_by(gate, customers)
  local found = redis.call('HMGET', gate, 'seeded', 'limit')
  local token, limit = found[1], tonumber(found[2])
  if token and limit and redis.call('SISMEMBER', customers, '#' .. token) == 1 then return token end
  return nil
end
