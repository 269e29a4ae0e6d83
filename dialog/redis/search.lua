-- Looks at entries of the stream backwards. Returns how many there were, their size in bytes, the
-- oldest id, and the entries that may match.
-- KEYS: the stream. ARGV: the id to start before, or '+'; the most entries to look at; the text, in
--       lower case, or '' if it is not ASCII.
-- Lua knows the case of ASCII letters only, so every entry with another letter may match.
local stream, before, count, text = KEYS[1], unpack(ARGV)
local entries = redis.call('XREVRANGE', stream, before, '-', 'COUNT', count)
local size, found = 0, {}
for _, entry in ipairs(entries) do
    local id, fields = unpack(entry)
    local may_match, has_author = false, false
    for i = 1, #fields, 2 do
        local name, value = fields[i], fields[i + 1]
        size = size + #name + #value
        if name == 'text' or name == 'author' then
            has_author = has_author or name == 'author'
            may_match = may_match or value:find('[\128-\255]')
                or (text ~= '' and value:lower():find(text, 1, true))
        end
    end
    if id ~= before and (may_match or not has_author) then table.insert(found, entry) end
end
return {#entries, size, entries[#entries] and entries[#entries][1] or '', found}
