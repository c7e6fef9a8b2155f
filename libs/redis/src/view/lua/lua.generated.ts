// Made by tools/embed-lua.mjs from the .lua files of this folder. Do not edit.
export const lua = {
  publishMessage: { name: "publish-message-1", keys: 1, text: "-- Publishes a message at the node that has the key. A client of a cluster would send each PUBLISH to any node, and messages of one publisher would\n-- overtake each other on their ways through the cluster.\n-- KEYS[1] anchor: any key; it only chooses the node\n-- ARGV[1] channel: where\n-- ARGV[2] message: what\n-- Result: how many of this node's clients got it.\nlocal anchor = KEYS[1]\nlocal channel, message = ARGV[1], ARGV[2]\n\nreturn redis.call('PUBLISH', channel, message)\n" },
} as const;
