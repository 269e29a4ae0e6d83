-- Drops the oldest messages and remembers the last one dropped. Returns how many were dropped.
-- KEYS: the stream; the start of the dialog. ARGV: the last id to drop; the most messages to drop.
local old = redis.call('XRANGE', KEYS[1], '-', ARGV[1], 'COUNT', ARGV[2])
if #old == 0 then return 0 end
redis.call('XTRIM', KEYS[1], 'MAXLEN', redis.call('XLEN', KEYS[1]) - #old)
redis.call('SET', KEYS[2], old[#old][1])
return #old
