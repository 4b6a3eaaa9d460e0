"""Parallel clients on two service processes get no further than one after the other would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle, islice

import httpx
import pytest

from tests.databases import fresh_database
from tests.processes import processes
from tests.service import NO_TLS
from tests.twofactor.owner import Owner
from tests.twofactor.real_clock import RealClock, enrol_with_the_step_before


@pytest.fixture(scope="module")
def wallets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx.Client]]:
    """One client a process: both processes are the one service of one PostgreSQL."""
    with ExitStack() as stack:
        urls, token = stack.enter_context(
            processes(2, fresh_database("postgresql"), tmp_path_factory.mktemp("two"))
        )
        headers = {"Authorization": f"Bearer {token}"}
        unlimited = httpx.Limits(max_connections=None)
        yield [
            stack.enter_context(
                httpx.Client(base_url=url, headers=headers, limits=unlimited, timeout=60, verify=NO_TLS)
            )
            for url in urls
        ]


@pytest.fixture
def owner(wallets: list[httpx.Client], account_id: str) -> Owner:
    return enrol_with_the_step_before(Owner(wallets[0], RealClock(), account_id))


def _at_once(
    wallets: list[httpx.Client], times: int, ask: Callable[[httpx.Client], httpx.Response]
) -> list[httpx.Response]:
    """`ask` done `times` times in parallel, the processes in turn."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(ask, islice(cycle(wallets), times)))


def _answers(
    wallets: list[httpx.Client], owner: Owner, times: int, body: dict[str, str]
) -> Counter[tuple[int, str]]:
    path = f"{owner.path}/two-factor/verify"
    answers = _at_once(wallets, times, lambda wallet: wallet.post(path, json=body))
    return Counter((answer.status_code, answer.json().get("code", "")) for answer in answers)


def test_a03_one_of_fifty_posts_of_a_code_is_accepted(wallets: list[httpx.Client], owner: Owner) -> None:
    answers = _answers(wallets, owner, 50, {"code": owner.code()})
    assert answers[200, ""] == 1
    # The others are replays, and count as the failures that they are.
    assert answers[403, "code_rejected"] == 5
    assert answers[429, "factor_locked"] == 44


def test_a06_of_two_hundred_guesses_five_are_judged(wallets: list[httpx.Client], owner: Owner) -> None:
    answers = _answers(wallets, owner, 200, {"code": owner.wrong_code()})
    assert answers == {(403, "code_rejected"): 5, (429, "factor_locked"): 195}
    assert owner.verify().status_code == 429


def test_a06_of_two_hundred_guesses_at_an_account_that_nobody_knows_five_are_judged(
    wallets: list[httpx.Client], owner: Owner
) -> None:
    """A10: there is no account to lock, and the count must hold all the same; nobody waits in a circle."""
    for number in range(3):
        unknown = Owner(owner.wallet, owner.clock, f"{owner.account_id}-unknown-{number}")
        answers = _answers(wallets, unknown, 200, {"code": "123456"})
        assert answers == {(403, "code_rejected"): 5, (429, "factor_locked"): 195}
    assert owner.verify().status_code == 200


def test_an_enrolment_that_starts_amid_guesses_at_a_new_account_waits_for_none_in_a_circle(
    wallets: list[httpx.Client], owner: Owner
) -> None:
    fresh = Owner(owner.wallet, owner.clock, f"{owner.account_id}-fresh")

    def ask(number: int) -> int:
        wallet = wallets[number % 2]
        if number == 10:
            return wallet.post(f"{fresh.path}/totp").status_code
        return wallet.post(f"{fresh.path}/two-factor/verify", json={"code": "123456"}).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(ask, range(20)))
    assert answers == {201: 1, 403: 5, 429: 14}


def test_a14_one_of_thirty_uses_of_a_recovery_code_is_accepted(
    wallets: list[httpx.Client], owner: Owner
) -> None:
    """Again and again, for each time only the first ones meet."""
    for left, code in zip(range(9, 1, -1), owner.recovery_codes, strict=False):
        answers = _answers(wallets, owner, 30, {"recovery_code": code})
        assert answers[200, ""] == 1
        assert answers.total() == 30
        assert owner.status()["recovery_codes_left"] == left


def test_ten_recovery_codes_at_once_are_ten(wallets: list[httpx.Client], owner: Owner) -> None:
    codes = iter(owner.recovery_codes)
    path = f"{owner.path}/two-factor/verify"
    answers = _at_once(wallets, 10, lambda wallet: wallet.post(path, json={"recovery_code": next(codes)}))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert sorted(answer.json()["recovery_codes_left"] for answer in answers) == list(range(10))


def test_one_of_many_removals_with_one_code_removes(wallets: list[httpx.Client], owner: Owner) -> None:
    code = {"code": owner.code()}
    answers = _at_once(wallets, 20, lambda wallet: wallet.request("DELETE", f"{owner.path}/totp", json=code))
    assert Counter(answer.status_code for answer in answers)[204] == 1


def test_of_many_starts_at_once_the_last_one_counts(wallets: list[httpx.Client], owner: Owner) -> None:
    fresh = Owner(owner.wallet, owner.clock, f"{owner.account_id}-fresh")
    answers = _at_once(wallets, 10, lambda wallet: wallet.post(f"{fresh.path}/totp"))
    assert [answer.status_code for answer in answers] == [201] * 10
    confirmed = []
    for answer in answers:
        started = fresh.scan(answer.json())
        confirmed.append(fresh.confirm(started["enrolment_id"], fresh.code()).status_code)
    assert sorted(confirmed) == [200] + [404] * 9


def test_a12_of_many_confirmations_at_once_one_enrols(wallets: list[httpx.Client], owner: Owner) -> None:
    fresh = Owner(owner.wallet, owner.clock, f"{owner.account_id}-fresh")
    body = {"enrolment_id": fresh.start()["enrolment_id"], "code": fresh.code()}
    answers = _at_once(wallets, 20, lambda wallet: wallet.post(f"{fresh.path}/totp/confirm", json=body))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 19}
    codes = next(answer.json() for answer in answers if answer.status_code == 200)["recovery_codes"]
    assert fresh.verify(recovery_code=codes[0]).json()["recovery_codes_left"] == 9


def test_a12_a_start_and_a_confirmation_at_once_leave_one_factor_or_one_enrolment(
    wallets: list[httpx.Client], owner: Owner
) -> None:
    """Whichever comes first: an active factor is not enrolled over, and a voided enrolment is none."""
    for number in range(10):
        fresh = Owner(owner.wallet, owner.clock, f"{owner.account_id}-{number}")
        body = {"enrolment_id": fresh.start()["enrolment_id"], "code": fresh.code()}
        with ThreadPoolExecutor(2) as pool:
            confirming = pool.submit(wallets[0].post, f"{fresh.path}/totp/confirm", json=body)
            starting = pool.submit(wallets[1].post, f"{fresh.path}/totp")
        confirmed, started = confirming.result(), starting.result()
        both = (confirmed.status_code, started.status_code)
        assert both in {(200, 409), (404, 201)}
        assert fresh.status()["enabled"] is (confirmed.status_code == 200)


def test_a15_an_old_recovery_code_that_is_under_way_meets_new_ones_in_one_order(
    wallets: list[httpx.Client], owner: Owner
) -> None:
    """It is used before the new set is there, or it is dead; and the new set is whole either way."""
    verify, renew = f"{owner.path}/two-factor/verify", f"{owner.path}/recovery-codes"
    old, body = owner.recovery_codes, {"code": owner.code()}

    def use(number: int) -> int:
        answer = wallets[number % 2].post(verify, json={"recovery_code": old[number]})
        return answer.status_code

    with ThreadPoolExecutor(9) as pool:
        before = pool.map(use, range(4))
        renewing = pool.submit(wallets[0].post, renew, json=body)
        assert set(before) | set(pool.map(use, range(4, 8))) <= {200, 403, 429}
    fresh = renewing.result().raise_for_status().json()["recovery_codes"]
    assert owner.status()["recovery_codes_left"] == 10
    assert owner.verify(recovery_code=old[9]).status_code in {403, 429}
    assert owner.verify(recovery_code=fresh[0]).json()["recovery_codes_left"] == 9
