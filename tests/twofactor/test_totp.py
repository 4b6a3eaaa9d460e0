"""Is this the code that the owner's app shows?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from secmon.twofactor.totp import Algorithm, Finding, Judged, TotpParameters, code_at, judge, step_at

SEED = b"12345678901234567890"
SEED_SHA256 = b"12345678901234567890123456789012"
NOW = datetime(2026, 11, 22, 10, 0, 15, tzinfo=UTC)
USUAL = TotpParameters()

# RFC 4226 appendix D: counters 0 to 9.
RFC4226_D = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]

# RFC 6238 appendix B: time, SHA-1, SHA-256. (Its SHA-512 column is of a mode that is not offered.)
RFC6238_B = [
    (59, "94287082", "46119246"),
    (1111111109, "07081804", "68084774"),
    (1111111111, "14050471", "67062674"),
    (1234567890, "89005924", "91819424"),
    (2000000000, "69279037", "90698825"),
    (20000000000, "65353130", "77737706"),
]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(RFC4226_D)))
def test_codes_are_those_of_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert code_at(SEED, counter, USUAL) == code


@pytest.mark.parametrize(("seconds", "sha1", "sha256"), RFC6238_B)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, sha1: str, sha256: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    eight = TotpParameters(digits=8)
    eight_sha256 = TotpParameters(Algorithm.SHA256, digits=8)
    assert code_at(SEED, step_at(now, eight), eight) == sha1
    assert code_at(SEED_SHA256, step_at(now, eight_sha256), eight_sha256) == sha256


def _judge(steps: int, last_step: int = 0) -> Judged:
    return judge(SEED, code_at(SEED, step_at(NOW, USUAL) + steps, USUAL), NOW, last_step, USUAL)


@pytest.mark.parametrize("steps", [0, -1])
def test_the_current_step_and_the_one_before_are_accepted(steps: int) -> None:
    assert _judge(steps) == Judged(Finding.ACCEPTED, step=step_at(NOW, USUAL) + steps)


@pytest.mark.parametrize("steps", [-10, -2, 1, 10])
def test_a_clock_that_is_off_is_noticed_and_refused(steps: int) -> None:
    assert _judge(steps) == Judged(Finding.OUT_OF_SYNC, drift=steps)


@pytest.mark.parametrize("steps", [-11, 11])
def test_further_off_is_just_wrong(steps: int) -> None:
    assert _judge(steps) == Judged(Finding.WRONG)


def test_accepted_steps_only_grow() -> None:
    current = step_at(NOW, USUAL)
    assert _judge(0, last_step=current - 1).finding is Finding.ACCEPTED
    assert _judge(0, last_step=current).finding is Finding.REPLAYED
    assert _judge(-1, last_step=current - 1).finding is Finding.REPLAYED
    assert _judge(-1, last_step=current).finding is Finding.REPLAYED


def test_a_clock_set_back_replays_nothing() -> None:
    accepted = _judge(0)
    an_hour_before = NOW - timedelta(hours=1)
    code = code_at(SEED, step_at(an_hour_before, USUAL), USUAL)
    assert judge(SEED, code, an_hour_before, accepted.step or 0, USUAL).finding is Finding.REPLAYED
