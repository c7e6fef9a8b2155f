-- Leases a part of one caller's allowance to one gateway, which then lets requests through without asking (GCRA, ITU-T I.371).
-- What is kept is the backlog: the milliseconds until the whole quota is there again. It is the key's own time to live, so Redis' clock
-- alone decides and the gateways' clocks need not agree; the value repeats it with its fraction, because a request can cost less than one.
-- Not idempotent: a lease whose answer is lost is lost, which lets through less and never more.
-- KEYS[1] budget: string, as it was when it was written; forgotten once it is over
-- ARGV[1] quota: requests in a window
-- ARGV[2] window_ms: the window
-- ARGV[3] spent: requests let through without a lease since the last call; charged, though nothing be left
-- ARGV[4] waiting: requests that wait for the answer
-- ARGV[5] slice: the most to lease beyond them
-- Result: {requests leased, requests left to everybody, milliseconds until one more is left}
local budget = KEYS[1]
local quota, window_ms, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local waiting, slice = tonumber(ARGV[4]), tonumber(ARGV[5])

local step = window_ms / quota
local backlog = 0
local written = tonumber(redis.call('GET', budget) or '0')
if written > 0 then
  backlog = math.max(0, written - (math.ceil(written) - redis.call('PTTL', budget)))
end
-- Nobody waits longer than a window, whatever was spent.
backlog = math.min(backlog + spent * step, window_ms)
-- A thousandth of a request of grace: sums of fractions must not cost the last one of a quota.
local room = math.floor((window_ms - backlog) / step + 0.001)
-- A quarter of what is left at most, so that one gateway does not hoard the end of it.
local leased = math.min(room, math.max(waiting, math.min(slice, math.ceil(room / 4))))
backlog = backlog + leased * step
if backlog > 0 then
  redis.call('SET', budget, string.format('%.3f', backlog), 'PX', math.max(1, math.ceil(backlog)))
end
local left = room - leased
return { leased, left, math.ceil(step - (window_ms - backlog - left * step)) }
