"""What user agents say of a device.

Whatever string said it; and what several of them say together.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from secmon.devices.hardware import as_named_today

# Versions are whole numbers, so that 5.9 comes before 5.12.
Version = tuple[int, ...]

# Four parts name every release seen in the wild; nine digits fit any database's integer.
_VERSION = re.compile(r"[0-9]{1,9}(?:[._][0-9]{1,9}){0,3}")

# The client of an agent that could not be read.
UNREAD = "Other"


class System(StrEnum):
    ANDROID = "Android"
    IOS = "iOS"
    HARMONYOS = "HarmonyOS"
    WINDOWS = "Windows"
    MACOS = "macOS"
    LINUX = "Linux"
    CHROMEOS = "ChromeOS"
    OTHER = "Other"


class DeviceClass(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    BOT = "bot"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Traits:
    """A device as its user agent describes it. An empty version or a missing model is unknown, not different.

    `client` is the family of app or browser; `automation` marks a headless or scripted one, of class BOT.
    `own_format`: the wallet's own app wrote the agent, which names all that the app knows. It is true of the
    string, not of the device, and is not stored.
    """

    system: System = System.OTHER
    system_version: Version = ()
    brand: str | None = None
    model: str | None = None
    client: str = UNREAD
    client_version: Version = ()
    device_class: DeviceClass = DeviceClass.OTHER
    automation: bool = False
    own_format: bool = field(default=False, compare=False)

    @property
    def says_nothing(self) -> bool:
        """No agent came, or nobody can read it: evidence for nothing."""
        return self.system is System.OTHER and self.client == UNREAD and not self.automation

    def to_json(self) -> str:
        """Compact text for a database column; what is unknown is left out."""
        return _written(self)

    @staticmethod
    def from_json(text: str) -> Traits:
        """The traits that `to_json` wrote; maker and model as today's table of makers reads them."""
        stored = json.loads(text)
        brand, model = as_named_today(stored.get("brand"), stored.get("model"))
        return Traits(
            system=System(stored.get("system", System.OTHER)),
            system_version=parse_version(stored.get("system_version")),
            brand=brand,
            model=model,
            client=stored.get("client", UNREAD),
            client_version=parse_version(stored.get("client_version")),
            device_class=DeviceClass(stored.get("class", DeviceClass.OTHER)),
            automation=stored.get("automation", False),
        )


@lru_cache(maxsize=8192)
def _written(traits: Traits) -> str:
    """The same phones log in again and again."""
    stored = {
        "system": traits.system if traits.system is not System.OTHER else None,
        "system_version": _dotted(traits.system_version),
        "brand": traits.brand,
        "model": traits.model,
        "client": traits.client if traits.client != UNREAD else None,
        "client_version": _dotted(traits.client_version),
        "class": traits.device_class if traits.device_class is not DeviceClass.OTHER else None,
        "automation": traits.automation,
    }
    told = {name: value for name, value in stored.items() if value}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))


def parse_version(text: str | None) -> Version:
    """The version that `text` starts with; () where there is none. 5.0 is 5: trailing zeros say nothing."""
    match = _VERSION.match(text or "")
    if match is None:
        return ()
    parts = [int(part) for part in match[0].replace("_", ".").split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def is_older_major(seen: Version, known: Version) -> bool:
    """Only a whole release back counts: events come in late, so a lower minor may simply be yesterday's."""
    return bool(seen and known) and seen[0] < known[0]


# Merging. Events come in late and out of order, so it is a join: it gives the same in whatever order, and
# however often, it is done. Where nothing but the order could decide, a fixed order of names does.

# A later one is believed before an earlier one. HarmonyOS runs beneath what says Android, and an iPad says
# that it is a Mac; of the others, no device shows two.
_SYSTEMS = (
    System.OTHER,
    System.LINUX,
    System.WINDOWS,
    System.CHROMEOS,
    System.MACOS,
    System.IOS,
    System.ANDROID,
    System.HARMONYOS,
)
_CLASSES = (
    DeviceClass.OTHER,
    DeviceClass.BOT,
    DeviceClass.COMPUTER,
    DeviceClass.PHONE,
    DeviceClass.TABLET,
)


def merged(one: Traits, other: Traits) -> Traits:
    """The traits of a device that showed both: versions only grow, gaps are filled."""
    if one == other:
        return one
    if _telling(one) != _telling(other):
        return max(one, other, key=_telling)
    system, system_version = max(_system(one), _system(other))
    client, client_version = max(_client(one), _client(other))[1:]
    return Traits(
        system=_SYSTEMS[system],
        system_version=system_version,
        brand=_named(one.brand, other.brand),
        model=_named(one.model, other.model),
        client=client,
        client_version=client_version,
        device_class=max(one.device_class, other.device_class, key=_CLASSES.index),
        automation=one.automation,
    )


def _telling(traits: Traits) -> int:
    """An agent that can be read tells more than one that cannot; a script is what an app was, until it named
    itself.
    """
    if traits.says_nothing:
        return 0
    return 1 if traits.automation else 2


def _system(traits: Traits) -> tuple[int, Version]:
    return _SYSTEMS.index(traits.system), traits.system_version


def _client(traits: Traits) -> tuple[bool, str, Version]:
    return traits.client != UNREAD, traits.client, traits.client_version


def _named(one: str | None, other: str | None) -> str | None:
    return max(filter(None, (one, other)), default=None)
