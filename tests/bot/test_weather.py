"""The weather, from a local server that answers as Open-Meteo documents."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from bot.facts.weather import FAILURE_AGE, REPORT_AGE, UNREACHABLE, Weather, Weathers
from tests.bot.sample_topics import ask


class OpenMeteo(ThreadingHTTPServer):
    """Answers for Oslo, and records the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.current: object = {
            "time": "2026-11-23T12:00",
            "interval": 900,
            "temperature_2m": -3.4,
            "weather_code": 73,
            "wind_speed_10m": 11.2,
        }
        self.requested: list[str] = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, OpenMeteo)
        url = urlparse(self.path)
        query = parse_qs(url.query)
        self.server.requested.append(url.path)
        if url.path == "/v1/search":
            oslo = {"id": 3143244, "name": "Oslo", "latitude": 59.91273, "longitude": 10.74609}
            bergen = {"id": 3161732, "name": "Bergen", "latitude": 60.39299, "longitude": 5.32415}
            found = {"oslo": oslo, "Bergen": bergen}.get(query["name"][0])
            body: object = {"results": [found]} if found else {}
        else:
            body = {"latitude": float(query["latitude"][0]), "current": self.server.current}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[OpenMeteo]:
    with OpenMeteo() as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield service
        service.shutdown()
        thread.join()


def test_a_place_can_be_given_by_its_name(service: OpenMeteo) -> None:
    weather = Weather("oslo", service.url, service.url)
    assert weather.report(0) == "Oslo: -3 °C, snow, wind 11 km/h (Open-Meteo)."


def test_a_place_can_be_given_by_its_coordinates(service: OpenMeteo) -> None:
    weather = Weather("59.9,10.7", service.url, service.url)
    assert weather.report(0).startswith("59.9,10.7: -3 °C")
    assert service.requested == ["/v1/forecast"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("what's the weather like?", "Oslo"), ("what's the weather in Bergen today?", "Bergen")],
)
def test_the_reply_is_about_the_place_that_was_asked_for(
    service: OpenMeteo, text: str, place: str
) -> None:
    weathers = Weathers("oslo", service.url, service.url)
    reply = ask(text, facts={"weather": lambda text: weathers.report(text, 0)})
    assert f"{place}: -3 °C, snow" in reply.text


def test_a_report_is_used_for_ten_minutes(service: OpenMeteo) -> None:
    weather = Weather("59.9,10.7", service.url, service.url)
    assert weather.report(0) == weather.report(REPORT_AGE - 1)
    assert len(service.requested) == 1
    weather.report(REPORT_AGE)
    assert len(service.requested) == 2


@pytest.mark.parametrize("current", [None, {}, [], {"temperature_2m": "x", "weather_code": 1}])
def test_an_unexpected_answer_is_reported_as_no_answer(service: OpenMeteo, current: object) -> None:
    service.current = current
    assert Weather("59.9,10.7", service.url, service.url).report(0) == UNREACHABLE


def test_an_unknown_place_is_reported_as_no_answer(service: OpenMeteo) -> None:
    assert Weather("nowhere", service.url, service.url).report(0) == UNREACHABLE


def test_a_failed_request_is_repeated_after_a_minute(service: OpenMeteo) -> None:
    weather = Weather("oslo", "http://127.0.0.1:1", service.url)
    assert weather.report(0) == UNREACHABLE
    weather = Weather("59.9,10.7", service.url, service.url)
    current, service.current = service.current, None
    assert weather.report(0) == UNREACHABLE
    service.current = current
    assert weather.report(FAILURE_AGE - 1) == UNREACHABLE
    assert "snow" in weather.report(FAILURE_AGE)
