"""F14: a release that is being rolled out, and the one before it, on one database at the newer schema."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
import pytest

from secmon.audit import service as audit
from secmon.core.actor import SYSTEM
from secmon.database import migrating
from secmon.database.engine import Database, make_engine
from tests.faults import asking, deliveries, proving
from tests.faults.checker import assert_consistent
from tests.faults.life import life
from tests.faults.previous_release import ROOT, NoHistory, extract_previous, newest_step
from tests.faults.record import Record, assert_known_again
from tests.faults.site import Site, running_site
from tests.faults.traffic import Clients, settle
from tests.faults.waiting import until
from tests.receiver import Receiver
from tests.twofactor.authenticator import Authenticator

OWNER = "acct-owner"
ACCOUNTS = 6
REQUESTS = 40
PROOFS = 40
DONE = {200, 201, 202}
SEED = 20_261_126


@pytest.fixture
def old_code(tmp_path: Path) -> Path:
    """The release before the newest step of the schema."""
    try:
        return extract_previous(tmp_path / "previous")
    except NoHistory as missing:
        pytest.skip(
            f"the release before this one is in the repository's history, and here is none: {missing}"
        )


@pytest.fixture
def new(database_url: str, tmp_path: Path) -> Iterator[Site]:
    _have_a_past(database_url)
    with running_site(database_url, tmp_path) as site:
        yield site


def _have_a_past(database_url: str) -> None:
    """An entry of the audit as the release before wrote it: there is something to upgrade."""
    database = Database(make_engine(database_url))
    migrating.upgrade(database.engine)
    with database.work(SYSTEM) as work:
        audit.record(work, None, "test.done")
    database.dispose()


@pytest.fixture
def old(new: Site, old_code: Path, tmp_path: Path) -> Iterator[Site]:
    """Started when the schema is the newer one's already, as an instance is that fails meanwhile."""
    with running_site(new.database_url, tmp_path, code=str(old_code)) as site:
        yield site


def test_F14_the_previous_release_goes_on_and_each_sees_what_the_other_wrote(
    new: Site, old: Site, old_code: Path, receiver: Receiver
) -> None:
    assert old.typed("db", "status").split() == [
        "database",
        f"{_number(ROOT)},",
        "release",
        _number(old_code),
    ]
    assert _number(old_code) < _number(ROOT)
    deliveries.subscribe(new, receiver)
    with ExitStack() as stack:
        sites = [_clients(stack, site) for site in (new, old)]
        record = _live(sites)
        assert {attempt.status for attempt in record.attempts()} <= DONE
        for clients in sites:
            _repeat(record, clients)
        assert_consistent(new.database, record)
        _prove_a_second_factor(*(clients["wallet"] for clients in sites))
    assert old.status_of("/readyz") == new.status_of("/readyz") == 200
    assert new.worker_processes()
    assert old.worker_processes()
    until(lambda: deliveries.received(receiver) == deliveries.owed(new), "all messages are delivered")
    # Two workers of two releases send each of them, and none of them twice.
    assert len(receiver.received) == sum(map(len, deliveries.owed(new).values()))


def test_F14_second_factors_live_at_two_releases_as_they_do_at_one(new: Site, old: Site) -> None:
    """No guess goes uncounted, no code is accepted twice, no enrolment is lost, wherever each is asked."""
    with ExitStack() as stack:
        wallets = [_clients(stack, site)["wallet"] for site in (new, old)]
        for nth in range(ACCOUNTS):
            proving.one_counts(wallets, f"acct-at-once-{nth}", new.database)
        lives = [
            proving.Proving(wallets, f"acct-proving-{nth}", Random(SEED + nth)) for nth in range(ACCOUNTS)
        ]
        for one in lives:
            for _ in range(PROOFS):
                one.go_on()
        assert {(200, ""), (204, ""), (403, "code_rejected"), (429, "factor_locked")} <= {
            met for one in lives for met in one.met
        }
    assert proving.apart(new.database) == []


def test_without_the_history_nobody_takes_something_else_for_the_previous_release(tmp_path: Path) -> None:
    """Of a clone of one commit, git says that this commit added everything."""
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", str(shallow)]
    if subprocess.run(clone, check=False).returncode != 0:
        pytest.skip("this is no repository that could be cloned")
    with pytest.raises(NoHistory):
        extract_previous(tmp_path / "previous", shallow)


def _number(code: Path) -> str:
    return newest_step(code).name[:4]


def _clients(stack: ExitStack, site: Site) -> Clients:
    roles = ("wallet", "agent", "supervisor")
    return {role: stack.enter_context(site.client(role)) for role in roles}


def _live(sites: list[Clients]) -> Record:
    """Accounts whose requests go to either release by chance; a life fails where one is missed."""
    record, chance = Record(), Random(SEED)
    for nth in range(ACCOUNTS):
        one = life(f"acct-{nth}", chance)
        request = next(one)
        for _ in range(REQUESTS):
            record.begin(request)
            settle(request, chance.choice(sites)[request.role])
            request = one.send(request.told if request.acknowledged else {})
    return record


def _repeat(record: Record, clients: Clients) -> None:
    """Many of them were made at the other release: it is known here what they were, and nothing is made anew.

    What the account has come to since is another matter, and may be told.
    """
    for request in record.requests:
        if request.is_repeatable:
            assert_known_again(request, clients[request.role])


def _prove_a_second_factor(new: httpx.Client, old: httpx.Client) -> None:
    """Enrolled at one and confirmed at the other; a recovery code that one took is spent for both."""
    settle(asking.login(OWNER), old)
    enrolling = asking.enrol(OWNER)
    settle(enrolling, new)
    code = Authenticator.scan(enrolling.told["otpauth_uri"]).shows(datetime.now(UTC))
    confirming = asking.confirm(OWNER, enrolling.told["enrolment_id"], code)
    settle(confirming, old)
    for spent, (first, then) in zip(
        confirming.told["recovery_codes"], [(new, old), (old, new)], strict=False
    ):
        assert [_verified(OWNER, spent, wallet) for wallet in (first, then)] == [200, 403]
    assert [_verified("acct-unknown", "0000-0000-0000-0000", wallet) for wallet in (old, new)] == [403, 403]


def _verified(account_id: str, recovery_code: str, wallet: httpx.Client) -> int:
    path = f"/v1/accounts/{account_id}/two-factor/verify"
    return wallet.post(path, json={"recovery_code": recovery_code}).status_code
