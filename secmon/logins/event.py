"""A login event as the wallet reports it, free of HTTP and database."""

from datetime import datetime
from enum import StrEnum

import msgspec

from secmon.devices.proven import DeviceProof
from secmon.geo.place import Place


class LoginOutcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class FailureReason(StrEnum):
    BAD_PASSWORD = "bad_password"
    BAD_CODE = "bad_code"
    UNKNOWN_ACCOUNT = "unknown_account"
    FROZEN = "frozen"
    OTHER = "other"


class LoginChannel(StrEnum):
    APP = "app"
    WEB = "web"
    MINI_PROGRAM = "mini_program"
    OTHER = "other"


class LoginEvent(msgspec.Struct, frozen=True):
    """One login, successful or not. `occurred_at` is aware; `ip` is canonical text, never IPv4-mapped.

    `digest` tells it from another one under its id (`repeated`), where it comes from the wallet.
    `imported`: it comes from the wallet's records of the time before it asked this service. `proof`: what its
    `device_proof` showed; `sent_proof`: one was sent.
    """

    event_id: str
    account_id: str
    occurred_at: datetime
    outcome: LoginOutcome
    ip: str
    user_agent: str
    failure_reason: FailureReason | None = None
    device_id: str | None = None
    session_id: str | None = None
    channel: LoginChannel | None = None
    amr: tuple[str, ...] = ()
    place: Place | None = None
    digest: str | None = None
    imported: bool = False
    proof: DeviceProof | None = None
    sent_proof: bool = False
