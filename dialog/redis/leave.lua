-- Ends a lease if we still hold it. KEYS: the lease. ARGV: our holder.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
