"""The weather now, from Open-Meteo: free, without a key, for a place that one names.

Their data is under CC BY 4.0, so each report names them. API: https://open-meteo.com/en/docs
"""

import json
import logging
from urllib.parse import urlencode
from urllib.request import urlopen

log = logging.getLogger(__name__)

TIMEOUT = 3.0  # seconds
KEPT = 600.0  # seconds that a report is good for
KEPT_FAILURE = 60.0  # seconds before a service that did not answer is asked again
UNREACHABLE = "No answer from Open-Meteo just now, and I won't guess."

# WMO code table 4677, in the groups that Open-Meteo gives: the highest code of each.
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


class Weather:
    """Reports the weather at `place`: a name such as "Oslo", or "59.91,10.75"."""

    def __init__(
        self,
        place: str,
        geocoding: str = "https://geocoding-api.open-meteo.com",
        forecast: str = "https://api.open-meteo.com",
    ) -> None:
        self._place = place
        self._geocoding = geocoding
        self._forecast = forecast
        self._report = ""
        self._good_until = 0.0

    def report(self, now: float) -> str:
        """Return the weather in a sentence; `now` in seconds, for how long the last one is good.

        Takes up to twice TIMEOUT. If the service cannot be reached, the sentence says so.
        """
        if now >= self._good_until:
            try:
                self._report, kept = self._ask(), KEPT
            except (OSError, ValueError, LookupError, TypeError) as error:
                log.warning("No weather for %s: %s: %s", self._place, type(error).__name__, error)
                self._report, kept = UNREACHABLE, KEPT_FAILURE
            self._good_until = now + kept
        return self._report

    def _ask(self) -> str:
        name, latitude, longitude = self._located()
        fields = "temperature_2m,weather_code,wind_speed_10m"
        query = {"latitude": latitude, "longitude": longitude, "current": fields}
        current = _get(f"{self._forecast}/v1/forecast", query)["current"]
        sky = next(sky for code, sky in SKIES.items() if current["weather_code"] <= code)
        return (
            f"{name}: {current['temperature_2m']:.0f} °C, {sky}, "
            f"wind {current['wind_speed_10m']:.0f} km/h (Open-Meteo)."
        )

    def _located(self) -> tuple[str, float, float]:
        try:
            latitude, longitude = map(float, self._place.split(","))
        except ValueError:
            query = {"name": self._place, "count": 1}
            found = _get(f"{self._geocoding}/v1/search", query)["results"][0]
            return found["name"], found["latitude"], found["longitude"]
        return self._place, latitude, longitude


def _get(address: str, query: dict[str, object]) -> dict:  # type: ignore[type-arg]  # any JSON
    with urlopen(f"{address}?{urlencode(query)}", timeout=TIMEOUT) as answer:  # noqa: S310
        return json.load(answer)  # type: ignore[no-any-return]
