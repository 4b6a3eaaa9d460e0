"""A reason in words, for the owner and for the staff who answer the owner."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from secmon.risk.signals import Facts, Signal
from secmon.wording import places as place_names
from secmon.wording.reasons import CHINESE, CHINESE_WORDS, ENGLISH, ENGLISH_WORDS

MINUTES_AN_HOUR = 60
CITIES = ("from", "to")


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever tells a login knows better than its signals: the device's name, and the owner's clock."""

    device: str
    occurred_at: datetime
    zone: ZoneInfo

    @property
    def time(self) -> str:
        """As "22:05 (Asia/Shanghai)"."""
        return f"{self.occurred_at.astimezone(self.zone):%H:%M} ({self.zone.key})"


def detail(signal: Signal, locale: str, told: Told | None = None) -> str:
    """One sentence about one signal, in Chinese for any `zh` locale, else in English."""
    chinese = locale.lower().startswith("zh")
    words = CHINESE_WORDS if chinese else ENGLISH_WORDS
    facts = {name: _said(name, value, words) for name, value in signal.facts.items()}
    facts |= _in_words(signal.facts, locale)
    if "system" in facts:
        facts["device"] = told.device if told else _handset(signal.facts, facts["device"], chinese)
    if "hour_utc" in facts:
        facts["hour"] = told.time if told else f"{facts['hour_utc']}:00 UTC"
    return (CHINESE if chinese else ENGLISH)[signal.code].format_map(facts)


def _in_words(facts: Facts, locale: str) -> dict[str, str]:
    """What is stored in a short form: durations, countries, cities."""
    said: dict[str, str] = {}
    if "minutes" in facts:
        said["duration"] = _duration(int(facts["minutes"]), locale.lower().startswith("zh"))
    if "country" in facts:
        said["country"] = place_names.country(str(facts["country"]), locale)
    return said | {name: place_names.city(str(facts[name]), locale) for name in CITIES if facts.get(name)}


def _handset(facts: Facts, device: str, chinese: bool) -> str:
    system = str(facts["system"])
    if system in {"", "Other"}:
        return device
    return f"{device} ({system})" if chinese else f"{device}, {system}"


def _said(name: str, value: str | int | float, words: dict[str, str]) -> str:
    if isinstance(value, str):
        # Only the fact `same` is a word of ours; a device may well be called "network".
        return words.get(value, value) if name == "same" or not value else value
    if name == "km":
        value = round(value, -2 if value >= 1000 else -1)
    return f"{value:,}".replace(",", " ")


def _duration(minutes: int, chinese: bool) -> str:
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if chinese:
        return f"{hours} 小时 {rest} 分钟" if hours and rest else f"{hours} 小时" if hours else f"{rest} 分钟"
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
