"""What a login's user agent says of the device, whatever string said it."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from secmon.devices.versions import Version, parse_version

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
        stored = {
            "system": self.system if self.system is not System.OTHER else None,
            "system_version": _dotted(self.system_version),
            "brand": self.brand,
            "model": self.model,
            "client": self.client if self.client != UNREAD else None,
            "client_version": _dotted(self.client_version),
            "class": self.device_class if self.device_class is not DeviceClass.OTHER else None,
            "automation": self.automation,
        }
        told = {name: value for name, value in stored.items() if value}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Traits":
        """The traits that `to_json` wrote."""
        stored = json.loads(text)
        return Traits(
            system=System(stored.get("system", System.OTHER)),
            system_version=parse_version(stored.get("system_version")),
            brand=stored.get("brand"),
            model=stored.get("model"),
            client=stored.get("client", UNREAD),
            client_version=parse_version(stored.get("client_version")),
            device_class=DeviceClass(stored.get("class", DeviceClass.OTHER)),
            automation=stored.get("automation", False),
        )


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
