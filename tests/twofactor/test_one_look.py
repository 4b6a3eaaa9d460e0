"""R12: a wrong code, a stale one, a replay and no factor at all cannot be told apart."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest

from secmon.twofactor.guesses import BLOCK_EVERY, DISABLE_AFTER
from secmon.twofactor.models import GuessCount
from secmon.twofactor.totp import Algorithm, TotpParameters
from secmon.twofactor.verification import FACTORS, FactorProof, ProofMethod, present
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.traces import kinds_told


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


# What takes time: round trips to the database, decrypting, and hashing and comparing codes.
ROUND_TRIPS = {"run", "_execute_internal", "commit"}
WORK = ROUND_TRIPS | {"decrypt", "generate_otp", "digest", "compare_digest"}


def _work_of(service: Service, account_id: str, proof: FactorProof) -> Counter[str]:
    """What is done from the lock to the commit, counted by an observer of every call."""
    done: Counter[str] = Counter()

    def observe(frame: FrameType, event: str, called: Any) -> None:
        if event == "call" and frame.f_code.co_name in WORK:
            done[frame.f_code.co_name] += 1
        elif event == "c_call" and called.__name__ in WORK:
            done[called.__name__] += 1

    factors = FACTORS.of(service.app)
    sys.setprofile(observe)
    try:
        with service.work() as work:
            verdict = present(work, factors, account_id, proof)
    finally:
        sys.setprofile(None)
    assert not verdict.accepted
    return done


def test_a35_every_refusal_is_as_much_work_as_any_other(service: Service, enrolled: Owner) -> None:
    """So it takes as long: whether there is a factor, an account, or any recovery code left."""
    blank = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-blank")
    blank.start()
    spent = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-spent").enrol()
    for code in spent.recovery_codes:
        spent.verify(recovery_code=code)
    spent.verify()
    wrong, known = enrolled.wrong_code(), enrolled.account_id
    presented = {
        ProofMethod.TOTP: [(known, enrolled.code(-3)), (spent.account_id, spent.code())],
        ProofMethod.RECOVERY_CODE: [(spent.account_id, spent.recovery_codes[0])],
    }
    for method, others in presented.items():
        usual = _work_of(service, known, FactorProof(method, wrong))
        assert usual["run"] > 1
        assert usual["compare_digest"] >= 10
        without = [(blank.account_id, wrong), (f"{known}-unknown-{method}", wrong)]
        for account_id, text in [*others, *without]:
            assert _work_of(service, account_id, FactorProof(method, text)) == usual


@pytest.mark.parametrize("method", ProofMethod)
def test_a35_the_refusals_that_block_and_disable_take_no_longer_either(
    service: Service, enrolled: Owner, method: ProofMethod
) -> None:
    """They are told to who has a factor, in the round trip that all refusals need."""
    blank = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-blank")
    blank.start()
    proof = FactorProof(method, enrolled.wrong_code())
    for failures in (BLOCK_EVERY - 1, DISABLE_AFTER - 1):
        for owner in (enrolled, blank):
            _fail_up_to(service, owner, failures)
        assert _work_of(service, enrolled.account_id, proof) == _work_of(service, blank.account_id, proof)
        told = kinds_told(service, enrolled.account_id)[-1]
        assert told == ("two_factor.locked" if failures < BLOCK_EVERY else "two_factor.disabled")


def _fail_up_to(service: Service, owner: Owner, failures: int) -> None:
    with service.work() as work:
        row = work.session.get(GuessCount, owner.account_id) or GuessCount(account_id=owner.account_id)
        row.failures, row.locked_until = failures, None
        work.session.add(row)


def test_a35_nobodys_secrets_are_like_those_of_new_enrolments(tmp_path: Path) -> None:
    """Else a costlier hash, where one is set, would tell who has a factor."""
    service = Service(fresh_database("sqlite"), tmp_path, totp_algorithm="SHA256", totp_digits=8)
    decoy = FACTORS.of(service.app).totp_decoy
    assert decoy.parameters == TotpParameters(Algorithm.SHA256, digits=8)
    service.stop()
