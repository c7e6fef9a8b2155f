// Made by tools/embed-lua.mjs from the .lua files of this folder. Do not edit.
export const lua = {
  publishMessage: { name: "publish-message-1", keys: 1, text: "-- Publishes a message at the node that has the key. A cluster client sends each PUBLISH to any node, so\n-- messages of one publisher could overtake each other.\n-- KEYS[1] anchor: any key; it only chooses the node\n-- ARGV[1] channel: to publish on\n-- ARGV[2] message: its text\n-- Result: number of this node's clients that received it.\nlocal anchor = KEYS[1]\nlocal channel, message = ARGV[1], ARGV[2]\n\nreturn redis.call('PUBLISH', channel, message)\n" },
} as const;
