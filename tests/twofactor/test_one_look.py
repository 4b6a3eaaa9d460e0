"""R12: a wrong code, a stale one, a replay and no factor at all cannot be told apart."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.service import Service
from tests.twofactor.owner import Owner

ROUNDS = 60


def _look(answer: httpx.Response) -> tuple[object, ...]:
    body = {name: value for name, value in answer.json().items() if name != "request_id"}
    changing = {"date", "x-request-id", "content-length"}
    headers = {name: value for name, value in answer.headers.items() if name not in changing}
    return answer.status_code, body, headers


def test_every_refusal_looks_the_same(enrolled: Owner) -> None:
    without = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-without")
    waiting = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-waiting")
    waiting.start()
    enrolled.next_step(3)
    assert enrolled.verify().status_code == 200
    looks = [
        _look(answer)
        for answer in (
            enrolled.verify(enrolled.wrong_code()),
            enrolled.verify(enrolled.code()),
            enrolled.verify(enrolled.code(-2)),
            enrolled.verify(recovery_code="AAAA-AAAA-AAAA-AAAA"),
            without.verify("123456"),
            without.verify(recovery_code="AAAA-AAAA-AAAA-AAAA"),
            waiting.verify(),
        )
    ]
    assert looks[0][0] == 403
    assert looks == [looks[0]] * len(looks)


def test_guessing_ends_alike_with_and_without_a_factor(enrolled: Owner) -> None:
    """Else five wrong codes would tell who has none."""
    without = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-without")
    assert enrolled.fail(7) == without.fail(7) == [403] * 5 + [429] * 2


def _seconds(owner: Owner, code: str) -> float:
    began = time.perf_counter()
    answer = owner.verify(code)
    spent = time.perf_counter() - began
    assert answer.status_code == 403
    return spent


def _fastest(service: Service, account_id: str, attempt: int) -> tuple[float, float]:
    """The least time of a wrong code, and of a code where there is no factor, in turn."""
    with_factor, without = [], []
    with service.client("wallet") as wallet:
        for number in range(ROUNDS // 4):
            name = f"{account_id}-{attempt}-{number}"
            enrolled = Owner(wallet, service.clock, name).enrol()
            blank = Owner(wallet, service.clock, f"{name}-blank")
            blank.start()
            wrong = enrolled.wrong_code()
            for _ in range(4):
                with_factor.append(_seconds(enrolled, wrong))
                without.append(_seconds(blank, wrong))
    return min(with_factor), min(without)


def test_a35_no_factor_takes_as_long_as_a_wrong_code(postgres_service: Service, account_id: str) -> None:
    """The least of many is what the work takes; a busy machine only ever adds to it, so it may ask again.

    A refusal that skipped its work, or wrote nothing, would be faster by half and more, every time.
    """
    for attempt in range(5):
        usual, blank = _fastest(postgres_service, account_id, attempt)
        if abs(usual - blank) < 0.3 * usual:
            return
    pytest.fail(f"a wrong code takes {usual:.4f} s, and no factor {blank:.4f} s")
