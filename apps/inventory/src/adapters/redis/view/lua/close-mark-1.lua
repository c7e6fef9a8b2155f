-- Ends a reload of the whole view: the mark is set if what the reload left in it at its begin is still there, so that a view which was lost
-- meanwhile is not taken for whole.
-- KEYS[1] mark: hash; the empty field says that the view is whole, the others are reloads under way
-- ARGV[1] load: names the reload
-- Result: 1 if the mark stands now, else 0.
local mark = KEYS[1]
local load = ARGV[1]

if redis.call('HDEL', mark, load) == 0 then return 0 end
redis.call('HSET', mark, '', '1')
return 1
