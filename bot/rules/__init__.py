"""Replies by rule: a message in, a reply out.

    rules = parse_rules(Path("rules.toml").read_text("utf-8"))
    find_reply(rules, "hi, what's the time?", now=now, random=Random(1)).text

- Replies are a pure function of their arguments. Time, randomness and facts are passed in.
- The rules keep no state. A reply is repeated only when all others of its topic have been used in
  the conversation that is passed in, and "and tomorrow?" finds its topic there.
- The work is bounded for any message. Only its first 2,000 characters are read.
- A rules file with an error is refused as a whole.
"""
