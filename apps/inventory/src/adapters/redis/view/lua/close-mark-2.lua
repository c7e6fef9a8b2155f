-- Ends a reload of the whole view: sets the mark if the note written at the beginning still exists, so that a
-- view that was lost in between does not count as whole.
-- KEYS[1] mark: hash; its empty field marks the view as whole
-- KEYS[2] note: exists while the reload runs
-- Result: 1 if the mark is set, else 0.
local mark, note = KEYS[1], KEYS[2]

if redis.call('DEL', note) == 0 then return 0 end
redis.call('HSET', mark, '', '1')
return 1
