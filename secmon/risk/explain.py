"""A reason in words, for the owner and for the staff who answer the owner."""

from secmon.risk.sentences import CHINESE, CHINESE_WORDS, ENGLISH, ENGLISH_WORDS
from secmon.risk.signals import Signal

MINUTES_AN_HOUR = 60


def detail(signal: Signal, locale: str) -> str:
    """One sentence about one signal, in Chinese for any `zh` locale, else in English."""
    chinese = locale.lower().startswith("zh")
    words = CHINESE_WORDS if chinese else ENGLISH_WORDS
    facts = {name: _said(name, value, words) for name, value in signal.facts.items()}
    if "minutes" in signal.facts:
        facts["duration"] = _duration(int(signal.facts["minutes"]), chinese)
    return (CHINESE if chinese else ENGLISH)[signal.code].format_map(facts)


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
