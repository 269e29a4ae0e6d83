"""Replies by rule: a message in, a reply out.

    rules = parse_rules(Path("rules.toml").read_text("utf-8"))
    find_reply(rules, "hi, what's the time?", now=now, random=Random(1)).text

- Replies are a pure function of their arguments. Time, randomness and facts are passed in.
- The rules keep no state. The caller passes in the conversation so far. A reply is repeated only
  when it contains all others of the topic, and "and tomorrow?" finds its topic in it.
- The work is bounded for any message. Only its first 2,000 characters are read.
- A rules file with an error is rejected as a whole.
"""
