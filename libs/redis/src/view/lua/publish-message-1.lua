-- Publishes a message at the node that has the key. A cluster client sends each PUBLISH to any node, so
-- messages of one publisher could overtake each other.
-- KEYS[1] anchor: any key; it only chooses the node
-- ARGV[1] channel: to publish on
-- ARGV[2] message: its text
-- Result: number of this node's clients that received it.
local anchor = KEYS[1]
local channel, message = ARGV[1], ARGV[2]

return redis.call('PUBLISH', channel, message)
