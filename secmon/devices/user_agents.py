"""A user agent in, traits out: the one door to the readers of strings."""

from collections.abc import Collection
from functools import lru_cache

from secmon.devices.app_agents import AppAgents
from secmon.devices.browser_agents import read_browser
from secmon.devices.traits import Traits

# The longest honest agents, Alipay's, have some 600 characters. What comes after is not read.
LONGEST_READ = 1024


class UserAgentReader:
    """Reads any string in linear time and remembers the latest `cache_size`. Threads may share one."""

    def __init__(self, app_products: Collection[str] = ("UWallet",), cache_size: int = 4096) -> None:
        self._apps = AppAgents(app_products)
        self._cached = lru_cache(maxsize=cache_size)(self._parse)

    def read(self, user_agent: str) -> Traits:
        """The traits of an agent; of an empty or unreadable one, `Traits()`. Never raises."""
        return self._cached(user_agent[:LONGEST_READ])

    def _parse(self, user_agent: str) -> Traits:
        text = _printable(user_agent).strip()
        if not text:
            return Traits()
        return self._apps.read(text) or read_browser(text, self._apps.client(text))


def _printable(text: str) -> str:
    """Control characters, lone surrogates and text-direction marks become spaces; no honest agent has any."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)
