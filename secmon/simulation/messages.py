"""Events put into the words of the API."""

from datetime import datetime
from random import Random
from typing import Any

from secmon.simulation.kinds import ChallengeOutcome, Kind, Message, Subject
from secmon.simulation.networks import Connection


def login(
    account_id: str,
    at: datetime,
    connection: Connection,
    user_agent: str,
    device_id: str | None,
    kind: Kind,
    draw: Random,
    *,
    amr: list[str] | None = None,
    failure: str | None = None,
    answer: ChallengeOutcome = ChallengeOutcome.IGNORED,
) -> Message:
    """The body of POST /v1/login-events."""
    body: dict[str, Any] = {
        "event_id": f"evt-{draw.getrandbits(64):016x}",
        "account_id": account_id,
        "occurred_at": at.isoformat(),
        "outcome": "failure" if failure else "success",
        "ip": connection.ip,
        "user_agent": user_agent,
        "channel": _channel(user_agent),
        "amr": amr or ["pwd"],
        "geo": connection.geo(draw),
    }
    if device_id:
        body["device_id"] = device_id
    if failure:
        body["failure_reason"] = failure
    return Message(at, Subject.LOGIN, body, kind, answer)


def credential_change(account_id: str, at: datetime, credential: str, method: str, kind: Kind) -> Message:
    """The body of POST /v1/accounts/{account_id}/credential-changes, with the account beside it."""
    body = {
        "account_id": account_id,
        "event_id": f"chg-{credential}-{int(at.timestamp())}",
        "occurred_at": at.isoformat(),
        "credential": credential,
        "method": method,
    }
    return Message(at, Subject.CREDENTIAL_CHANGE, body, kind)


def _channel(user_agent: str) -> str:
    if user_agent.startswith("UWallet/"):
        return "app"
    return "mini_program" if "MicroMessenger/" in user_agent else "web"
