"""A login event as the wallet reports it, free of HTTP and database."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from secmon.devices.proven import Proof


class Outcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class FailureReason(StrEnum):
    BAD_PASSWORD = "bad_password"
    BAD_CODE = "bad_code"
    UNKNOWN_ACCOUNT = "unknown_account"
    FROZEN = "frozen"
    OTHER = "other"


class Channel(StrEnum):
    APP = "app"
    WEB = "web"
    MINI_PROGRAM = "mini_program"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is and what is known of its network; from the caller, or from the operator's files.

    Latitude and longitude in degrees, the radius in kilometres. What nobody knows is None.
    """

    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_radius_km: float | None = None
    asn: int | None = None
    anonymizer: bool = False
    hosting: bool = False

    def to_json(self) -> str:
        """Compact text for a database column; what is unknown is left out."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(
            {name: value for name, value in said.items() if value is not None and value is not False},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """The place that `to_json` wrote."""
        return cls(**json.loads(stored))


@dataclass(frozen=True, slots=True)
class LoginEvent:
    """One login, successful or not. `occurred_at` is aware; `ip` is canonical text, never IPv4-mapped.

    `digest` tells it from another one under its id (`sameness`), where it comes from the wallet.
    `imported`: it comes from the wallet's records of the time before it asked this service. `proof`: what its
    `device_proof` showed; `sent_proof`: one was sent.
    """

    event_id: str
    account_id: str
    occurred_at: datetime
    outcome: Outcome
    ip: str
    user_agent: str
    failure_reason: FailureReason | None = None
    device_id: str | None = None
    session_id: str | None = None
    channel: Channel | None = None
    amr: tuple[str, ...] = ()
    place: Place | None = None
    digest: str | None = None
    imported: bool = False
    proof: Proof | None = None
    sent_proof: bool = False
