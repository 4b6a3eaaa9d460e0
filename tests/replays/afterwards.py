"""What the account's list of devices must show after an answer that might have changed it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Protocol

from tests.logins.factories import INSTALLS
from tests.replays.calls import Exchange
from tests.replays.contract import Rule
from tests.replays.model import Account


class Looked(Protocol):
    """Whose devices they are, and who hears the complaints."""

    account: Account
    tried: Counter[Rule]

    def look(self, path: str) -> Any: ...

    def complain(self, rule: Rule, what: str) -> None: ...


def judge(world: Looked, x: Exchange) -> None:
    """After the model has heard the answer."""
    if x.call.operation == "answer_question" and x.body["answer"] == "was_me":
        _judge_link(world, x)
    if x.done and x.call.operation == "approve_unfreeze" and not world.account.frozen:
        _judge_trust(world, x)


def _judge_link(world: Looked, x: Exchange) -> None:
    account = world.account
    alert = account.alerts.get(x.call.about["alert_id"])
    login = None if alert is None else account.logins.get(alert.event_id)
    if login is None or account.link_may_teach(login, x.at):
        return
    world.tried[Rule.LINK] += 1
    device = account.devices[login.sent["device_id"]]
    for shown in _devices(world):
        if shown["device_id"] == INSTALLS.shown(device.key) and (
            shown["trusted"] > device.trusted or device.taught_at is None
        ):
            world.complain(Rule.LINK, f"a click in a mailbox made {device.key} the owner's")


def _judge_trust(world: Looked, x: Exchange) -> None:
    freeze = world.account.last_theft()
    if freeze is None or freeze.lifted_at != x.at:
        return
    world.tried[Rule.DEVICES] += 1
    trusted = [shown["device_id"] for shown in _devices(world) if shown["trusted"]]
    if trusted:
        world.complain(Rule.DEVICES, f"trusted after a theft: {', '.join(trusted)}")


def _devices(world: Looked) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (world.look("/devices") or {}).get("items", [])
    return items
