-- Ends a reload of the whole view: the mark is set if the note that the reload left beside it at its begin is still there, so that a view which
-- was lost meanwhile is not taken for whole.
-- KEYS[1] mark: hash; the empty field says that the view is whole
-- KEYS[2] note: exists while the reload is under way
-- Result: 1 if the mark stands now, else 0.
local mark, note = KEYS[1], KEYS[2]

if redis.call('DEL', note) == 0 then return 0 end
redis.call('HSET', mark, '', '1')
return 1
