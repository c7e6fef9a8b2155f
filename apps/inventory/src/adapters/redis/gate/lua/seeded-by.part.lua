-- The token of the seeding that has completed the gate. Nil while the gate must not refuse: a required field
-- is missing, or the set of customers is. That set holds the token as well, because a gate without all
-- customers would refuse replays.
local function seeded_by(gate, customers)
  local found = redis.call('HMGET', gate, 'seeded', 'limit')
  local token, limit = found[1], tonumber(found[2])
  if token and limit and redis.call('SISMEMBER', customers, '#' .. token) == 1 then return token end
  return nil
end
