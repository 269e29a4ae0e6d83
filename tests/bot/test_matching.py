"""Which topics a message has, and in which order."""

from tests.bot.sample_rules import one_topic, rules_of, topics_in


def test_the_pattern_that_requires_most_words_wins() -> None:
    rules = rules_of(
        '[topic.name]\nsay = ["name"]\nreply = ["N."]\n',
        '[topic.dog]\nsay = ["name of your dog"]\nreply = ["D."]\n',
    )
    assert topics_in(rules, "the name of your dog") == ["dog"]


def test_unless_excludes_its_own_topic_only() -> None:
    rules = rules_of(
        '[topic.heat]\nsay = ["hot"]\nunless = ["oven"]\nreply = ["H."]\n',
        '[topic.food]\nsay = ["bread"]\nreply = ["B."]\n',
    )
    assert topics_in(rules, "hot bread") == ["heat", "food"]
    assert topics_in(rules, "hot oven bread") == ["food"]


def test_unless_at_the_head_of_the_file_excludes_every_topic() -> None:
    assert topics_in(one_topic('["hello"]'), "hello in french") == ["t"]
    assert topics_in(one_topic('["hello"]', head='unless = ["in french"]'), "hello in french") == []
