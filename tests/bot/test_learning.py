"""Learning: the learner, the cache of what was learnt, and typing slips."""

import os
import sys
from pathlib import Path

import pytest

from bot.learning import cache
from bot.learning.learner import scores, train
from bot.text.typos import is_one_slip, mended, misspelling_index
from bot.text.vocabulary import Vocabulary, base_vocabulary

WEIGHTS = {"age": {"bot_age": 0.5}}
EXAMPLES = [
    (["how", "old", "you"], "age"),
    (["how", "are", "you"], "mood"),
    (["how", "much"], None),
]


def test_the_learner_gives_each_example_its_topic_and_the_others_none() -> None:
    weights = train(EXAMPLES)
    for features, topic in EXAMPLES:
        found = [name for name, score in scores(weights, features).items() if score > 0]
        assert found == ([topic] if topic else [])


def test_equal_examples_give_equal_weights() -> None:
    assert train(EXAMPLES) == train(EXAMPLES)


def test_a_rule_counts_before_any_example() -> None:
    weights = train(EXAMPLES, {"rule": {"age": 0.7}})
    assert weights["rule"]["age"] == 0.7


def test_what_was_learnt_is_found_again_under_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "learnt"
    assert cache.load("key", folder) is None
    cache.store("key", WEIGHTS, folder)
    assert cache.load("key", folder) == WEIGHTS
    assert cache.load("other", folder) is None


def test_the_key_follows_from_the_content() -> None:
    texts = {Path("topics/a.toml"): "1"}
    assert cache.key_of(texts) == cache.key_of(dict(texts))
    assert cache.key_of(texts) != cache.key_of({Path("topics/a.toml"): "2"})
    assert cache.key_of(texts) != cache.key_of({Path("topics/b.toml"): "1"})


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b'{"a": 1}', b'{"a": {"b": "c"}}', b'{"a": {"b": NaN}}', b"[" * 99_999]
)
def test_a_damaged_file_is_ignored(tmp_path: Path, content: bytes) -> None:
    cache.store("key", WEIGHTS, tmp_path / "learnt")
    (tmp_path / "learnt" / "key.json").write_bytes(content)
    assert cache.load("key", tmp_path / "learnt") is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_files_that_another_user_may_have_written_are_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "learnt"
    cache.store("key", WEIGHTS, folder)
    folder.chmod(0o777)
    assert cache.load("key", folder) is None
    cache.store("new", WEIGHTS, folder)
    assert not (folder / "new.json").exists()
    folder.chmod(0o700)
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert cache.load("key", link) is None
    (folder / "linked.json").symlink_to(folder / "key.json")
    assert cache.load("linked", folder) is None


@pytest.mark.skipif(sys.platform == "win32", reason="opening a FIFO")
def test_a_fifo_in_the_cache_does_not_block(tmp_path: Path) -> None:
    folder = tmp_path / "learnt"
    cache.store("key", WEIGHTS, folder)
    os.mkfifo(folder / "fifo.json")
    assert cache.load("fifo", folder) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("weather", "wether", True),
        ("weather", "weeather", True),
        ("weather", "wexther", True),
        ("weather", "weahter", True),
        ("weather", "weather", False),
        ("weather", "wetehr", False),
        ("ab", "ba", True),
        ("", "a", True),
    ],
)
def test_a_slip_is_one_changed_letter_or_one_swap(a: str, b: str, expected: bool) -> None:
    assert is_one_slip(a, b) is expected
    assert is_one_slip(b, a) is expected


def vocabulary_of(**counts: int) -> Vocabulary:
    """Return a vocabulary of these words; "of_life" is a pair of words."""
    words = {word: count for word, count in counts.items() if "_" not in word}
    pairs = {(*name.split("_"),): count for name, count in counts.items() if "_" in name}
    return base_vocabulary().with_words(words, misspelling_index(words), pairs)  # type: ignore[arg-type]


def test_a_slip_is_mended_to_the_word_that_is_used_most_and_never_from_a_known_word() -> None:
    vocabulary = vocabulary_of(weather=9, wether=1, leather=2)
    assert mended("wether", vocabulary) == "wether"
    assert mended("heather", vocabulary) == "weather"
    assert mended("x", vocabulary) == "x"


def test_the_neighbours_decide_between_two_words() -> None:
    vocabulary = vocabulary_of(like=9, life=3, of_life=3, i_like=5)
    assert mended("lipe", vocabulary, "of", "") == "life"
    assert mended("lipe", vocabulary, "i", "cats") == "like"


def test_a_short_word_is_mended_only_next_to_a_word_that_it_is_known_with() -> None:
    vocabulary = vocabulary_of(age=9, your_age=3)
    assert mended("aze", vocabulary, "your", "") == "age"
    assert mended("aze", vocabulary, "blue", "") == "aze"


def test_a_lost_space_is_mended_between_words_that_follow_each_other() -> None:
    vocabulary = vocabulary_of(how=9, old=9, how_old=5)
    assert mended("howold", vocabulary, "", "are") == "how old"
    assert mended("oldhow", vocabulary, "", "are") == "oldhow"
