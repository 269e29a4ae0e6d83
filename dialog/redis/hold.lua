-- Takes or renews a lease. Returns 1, or 0 if another process holds it.
-- KEYS: the lease. ARGV: our holder; milliseconds until the lease ends.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
