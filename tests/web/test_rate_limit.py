"""The rate limit: a burst, then a steady rate, for each client on its own."""

from web.rate_limit import MOST_KEYS, RateLimit, client_key


def test_a_client_gets_a_burst_and_then_a_steady_rate() -> None:
    now = 0.0
    limit = RateLimit(burst=3, rate=2, clock=lambda: now)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert limit.take("b") == 0
    now = 1.0
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0.5]
    now = 100.0
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_limit_remembers_a_bounded_number_of_clients() -> None:
    limit = RateLimit(burst=1, rate=1, clock=lambda: 0.0)
    for number in range(3 * MOST_KEYS):
        limit.take(str(number))
    assert limit.take(str(3 * MOST_KEYS - 1)) > 0
    assert limit.take("0") == 0  # was forgotten


def test_a_rate_of_zero_is_no_limit() -> None:
    limit = RateLimit(burst=0, rate=0)
    assert not any(limit.take("a") for _ in range(1000))


def test_an_ipv6_network_counts_as_one_client() -> None:
    assert client_key("2001:db8::1") == client_key("2001:db8::ffff:1")
    assert client_key("2001:db8::1") != client_key("2001:db8:0:1::1")
    assert client_key("192.0.2.1") != client_key("192.0.2.2")
    assert client_key("fe80::1%eth0") == client_key("fe80::2")
