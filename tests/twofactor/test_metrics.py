"""Every attempt is counted by method and reason, also those that leave no other trace."""

from __future__ import annotations

from prometheus_client import REGISTRY

from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import recorded

NAME = "secmon_second_factor_attempts_total"


def _counted(reason: str, method: str = "totp") -> float:
    return REGISTRY.get_sample_value(NAME, {"method": method, "reason": reason}) or 0.0


def test_attempts_are_counted_by_reason(service: Service, enrolled: Owner) -> None:
    without = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-without")
    reasons = ("accepted", "replayed", "wrong", "out_of_sync", "no_factor", "locked")
    before = [_counted(reason) for reason in reasons]
    used = _counted("accepted", "recovery_code")
    enrolled.next_step(2)
    for code in (enrolled.code(), enrolled.code(), enrolled.wrong_code(), enrolled.code(-3)):
        enrolled.verify(code)
    without.fail(1)
    enrolled.fail(3)
    enrolled.verify(recovery_code=enrolled.recovery_codes[0])
    assert [_counted(reason) - was for reason, was in zip(reasons, before, strict=True)] == [1, 1, 3, 1, 1, 1]
    assert _counted("accepted", "recovery_code") - used == 1
    assert len(recorded(service, enrolled.account_id, "second_factor.rejected")) == 5


def test_codes_that_confirm_nothing_are_counted_too(owner: Owner) -> None:
    before = [_counted(reason) for reason in ("wrong", "out_of_sync")]
    started = owner.start()
    for code in (owner.wrong_code(), owner.code(3), owner.code(-7)):
        assert owner.confirm(started["enrolment_id"], code).status_code == 403
    after = [_counted(reason) for reason in ("wrong", "out_of_sync")]
    assert [now - was for now, was in zip(after, before, strict=True)] == [1, 2]
