"""An authenticator app, written from the RFCs alone: it shares no code with what it is tested against."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What an app keeps of a scanned key URI."""

    seed: bytes
    issuer: str
    account: str
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30

    @classmethod
    def scan(cls, uri: str) -> Authenticator:
        """Reads `otpauth://totp/issuer:account?…` as Google's key URI format has it."""
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
        said = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        issuer, _, account = parts.path.removeprefix("/").partition(":")
        assert unquote(issuer) == said["issuer"]
        secret = said["secret"]
        seed = base64.b32decode(secret + "=" * (-len(secret) % 8))
        algorithm, digits, period = (
            said.get("algorithm", "SHA1"),
            said.get("digits", "6"),
            said.get("period", "30"),
        )
        return cls(seed, said["issuer"], unquote(account), algorithm, int(digits), int(period))

    def at(self, step: int) -> str:
        """RFC 4226 §5.3, dynamic truncation."""
        digest = hmac.new(self.seed, struct.pack(">Q", step), HASHES[self.algorithm]).digest()
        offset = digest[-1] & 0x0F
        number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
        return str(number % 10**self.digits).rjust(self.digits, "0")

    def shows(self, now: datetime, steps: int = 0) -> str:
        """The code at `now`; at a clock that is `steps` periods ahead."""
        return self.at(int(now.timestamp()) // self.period + steps)

    def never_shows(self, now: datetime, steps: int = 40) -> str:
        """A code that is wrong for every step near `now`."""
        near = {self.shows(now, offset) for offset in range(-steps, steps + 1)}
        return next(
            code for code in (str(n).rjust(self.digits, "0") for n in range(10**6)) if code not in near
        )
