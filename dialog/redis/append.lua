-- Appends one message, or finds the one that an earlier try appended. Returns {id, {field, value, ...}}.
-- KEYS: the stream; the key that remembers this append; the role's lease.
-- ARGV: the lease's holder, or ''; seconds to remember the append, or ''; then the fields and values
--       of the message.
local stream, once, lease = unpack(KEYS)
local holder, seconds = unpack(ARGV, 1, 2)
-- A process that has lost its role must not append in it any more.
if holder ~= '' and redis.call('GET', lease) ~= holder then
    return redis.error_reply('LOST another process has this role now')
end
local id = seconds ~= '' and redis.call('GET', once)
local known = id and redis.call('XRANGE', stream, id, id)[1]
if known then return known end
id = redis.call('XADD', stream, '*', unpack(ARGV, 3))
if seconds ~= '' then redis.call('SET', once, id, 'EX', seconds) end
return {id, {unpack(ARGV, 3)}}
