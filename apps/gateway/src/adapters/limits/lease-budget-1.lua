-- Leases a part of one caller's allowance to one gateway, which then admits requests without asking (GCRA,
-- ITU-T I.371).
-- The key stores the backlog: the milliseconds until the whole quota is available again. It is the key's time
-- to live, so only Redis' clock matters; the value repeats it with its fraction, because a request can cost
-- less than a millisecond.
-- Not idempotent: a lease whose answer is lost is lost, which admits fewer requests, never more.
-- KEYS[1] budget: string, the backlog when it was written; expires with it
-- ARGV[1] quota: requests in a window
-- ARGV[2] window_ms: the window
-- ARGV[3] spent: requests admitted without a lease since the last call; charged even if nothing is left
-- ARGV[4] waiting: requests that wait for the answer
-- ARGV[5] slice: the most to lease beyond them
-- Result: {requests leased, requests left for all gateways, milliseconds until one more is available}
local budget = KEYS[1]
local quota, window_ms, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local waiting, slice = tonumber(ARGV[4]), tonumber(ARGV[5])

local step = window_ms / quota
local backlog = 0
local written = tonumber(redis.call('GET', budget) or '0')
if written > 0 then
  backlog = math.max(0, written - (math.ceil(written) - redis.call('PTTL', budget)))
end
-- The backlog never exceeds a window, however much was spent.
backlog = math.min(backlog + spent * step, window_ms)
-- A tolerance of a thousandth of a request: rounding must not cost the last one of a quota.
local room = math.floor((window_ms - backlog) / step + 0.001)
-- At most a quarter of the rest, so that one gateway does not take the remainder of it.
local leased = math.min(room, math.max(waiting, math.min(slice, math.ceil(room / 4))))
backlog = backlog + leased * step
if backlog > 0 then
  redis.call('SET', budget, string.format('%.3f', backlog), 'PX', math.max(1, math.ceil(backlog)))
end
local left = room - leased
return { leased, left, math.ceil(step - (window_ms - backlog - left * step)) }
