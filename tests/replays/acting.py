"""What acts are made of: calls of what the world has seen so far, and logins from its phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tests.logins.factories import BEIJING, LAGOS
from tests.replays.calls import Call
from tests.replays.model import Alert, Login
from tests.replays.model_of_cases import Case
from tests.replays.world import World

T = TypeVar("T")
OWNERS_PHONE, OWNERS_NEXT = "ins-owner", "ins-owner-2"
PHONES = {
    OWNERS_PHONE: ("UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)", "203.0.113.7", BEIJING),
    OWNERS_NEXT: ("UWallet/5.2.0 (iPhone15,2; iOS 17.5; zh_CN)", "203.0.113.7", BEIJING),
}
THIEFS_PHONE = ("UWallet/5.2.0 (Android 13; samsung SM-A135F; en_NG)", "198.51.100.9", LAGOS)


class Acting:
    """`deliver` sends a call in the manner of this step."""

    def __init__(self, world: World, deliver: Callable[[Call], None]) -> None:
        self.world, self.deliver = world, deliver

    def _post(self, operation: str, person: str, path: str, body: dict[str, Any], **about: Any) -> None:
        self.deliver(Call(operation, person, "POST", path, body, about=about))

    def _carried(
        self, operation: str, body: dict[str, Any], case: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """With the newest case that vouches for it, where the operation takes one."""
        carries = self._case(0) if case else None
        if carries is None:
            return dict(body), {}
        taken = {"case_id": carries.case_id} if self.world.site.offered.in_body(operation, "case_id") else {}
        return {**body, **taken}, {"case_id": carries.case_id}

    def _login(self, phone: str) -> dict[str, Any]:
        agent, ip, geo = PHONES.get(phone, THIEFS_PHONE)
        return {
            "event_id": self.world.fresh("evt"),
            "account_id": self.world.account_id,
            "occurred_at": self.world.clock.now.isoformat(),
            "outcome": "success",
            "ip": ip,
            "user_agent": agent,
            "device_id": phone,
            "amr": ["pwd"],
            "geo": geo,
        }

    def _elsewhere(self, login: Login) -> dict[str, Any]:
        """Another login under the same id: the thief's, or the owner's where it was the thief's."""
        thief = login.sent["device_id"] in PHONES
        agent, ip, geo = THIEFS_PHONE if thief else PHONES[OWNERS_PHONE]
        other = "ins-thief-9" if thief else OWNERS_PHONE
        return {**login.sent, "ip": ip, "user_agent": agent, "device_id": other, "geo": geo}

    def _alert(self, back: int) -> Alert | None:
        return self._back(list(self.world.account.alerts.values()), back)

    def _case(self, back: int) -> Case | None:
        return self._back(list(self.world.account.cases.values()), back)

    def _back(self, made: list[T], back: int) -> T | None:
        """The newest, or so many before it."""
        return made[-1 - back % len(made)] if made else None
