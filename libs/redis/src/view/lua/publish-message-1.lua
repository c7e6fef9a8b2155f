-- Publishes a message at the node that has the key. A client of a cluster would send each PUBLISH to any node, and messages of one publisher would
-- overtake each other on their ways through the cluster.
-- KEYS[1] anchor: any key; it only chooses the node
-- ARGV[1] channel: where
-- ARGV[2] message: what
-- Result: how many of this node's clients got it.
local anchor = KEYS[1]
local channel, message = ARGV[1], ARGV[2]

return redis.call('PUBLISH', channel, message)
