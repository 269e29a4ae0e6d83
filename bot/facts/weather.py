"""The current weather of one place, from Open-Meteo, which is free and needs no key.

The data is under CC BY 4.0, so each report names the source. API: https://open-meteo.com/en/docs
"""

import json
import logging
from collections import OrderedDict
from urllib.parse import urlencode
from urllib.request import urlopen

from bot.facts.places import named_place

log = logging.getLogger(__name__)

GEOCODING = "https://geocoding-api.open-meteo.com"
FORECAST = "https://api.open-meteo.com"
MOST_PLACES = 100  # whose weather is remembered
TIMEOUT = 3.0  # seconds
REPORT_AGE = 600.0  # seconds for which a report is used
FAILURE_AGE = 60.0  # seconds until a failed request is repeated
UNREACHABLE = "No answer from Open-Meteo just now, and I won't guess."

# WMO code table 4677, in the groups of Open-Meteo: the highest code of each group.
SKIES = {
    0: "clear sky",
    1: "mostly clear",
    2: "partly cloudy",
    3: "overcast",
    48: "fog",
    57: "drizzle",
    67: "rain",
    77: "snow",
    82: "rain showers",
    86: "snow showers",
    99: "thunderstorm",
}


class Weathers:
    """Reports the weather at `place`, or at the place that a message names."""

    def __init__(self, place: str, geocoding: str = GEOCODING, forecast: str = FORECAST) -> None:
        self._urls = geocoding, forecast
        self._own = Weather(place, *self._urls)
        self._others: OrderedDict[str, Weather] = OrderedDict()

    def report(self, text: str, now: float) -> str:
        """Return the weather that a message asks for, in a sentence; see `Weather.report`."""
        place = named_place(text)
        if not place:
            return self._own.report(now)
        weather = self._others.pop(place, None) or Weather(place, *self._urls)
        self._others[place] = weather
        if len(self._others) > MOST_PLACES:
            self._others.popitem(last=False)
        return weather.report(now)


class Weather:
    """Reports the weather at `place`, a name such as "Oslo" or coordinates as in "59.91,10.75"."""

    def __init__(
        self,
        place: str,
        geocoding: str = GEOCODING,
        forecast: str = FORECAST,
    ) -> None:
        self._place = place
        self._geocoding = geocoding
        self._forecast = forecast
        self._report = ""
        self._expires = 0.0

    def report(self, now: float) -> str:
        """Return the weather in a sentence, or a sentence that says that the service failed.

        `now` is a monotonic time in seconds. Takes up to twice TIMEOUT.
        """
        if now >= self._expires:
            try:
                self._report, age = self._request(), REPORT_AGE
            except (OSError, ValueError, LookupError, TypeError) as error:
                log.warning(
                    "No weather for %s, because the request to Open-Meteo failed: %s: %s",
                    self._place,
                    type(error).__name__,
                    error,
                )
                self._report, age = UNREACHABLE, FAILURE_AGE
            self._expires = now + age
        return self._report

    def _request(self) -> str:
        name, latitude, longitude = self._locate()
        fields = "temperature_2m,weather_code,wind_speed_10m"
        query = {"latitude": latitude, "longitude": longitude, "current": fields}
        current = _get(f"{self._forecast}/v1/forecast", query)["current"]
        sky = next(sky for code, sky in SKIES.items() if current["weather_code"] <= code)
        return (
            f"{name}: {current['temperature_2m']:.0f} °C, {sky}, "
            f"wind {current['wind_speed_10m']:.0f} km/h (Open-Meteo)."
        )

    def _locate(self) -> tuple[str, float, float]:
        """Return the name, latitude and longitude of the place."""
        try:
            latitude, longitude = map(float, self._place.split(","))
        except ValueError:
            query = {"name": self._place, "count": 1}
            found = _get(f"{self._geocoding}/v1/search", query)["results"][0]
            return found["name"], found["latitude"], found["longitude"]
        return self._place, latitude, longitude


def _get(url: str, query: dict[str, object]) -> dict:  # type: ignore[type-arg]  # any JSON
    with urlopen(f"{url}?{urlencode(query)}", timeout=TIMEOUT) as response:  # noqa: S310
        return json.load(response)  # type: ignore[no-any-return]
