"""Everything moves under a new key while the service works; then the old key may go."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, insert, select

from secmon.database.work import Work
from secmon.house import METADATA, SEALED
from secmon.keys.rotation import BATCH, reseal, rotate, survey
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import DAMAGED, KeyRing
from secmon.twofactor.models import TotpAuthenticator
from secmon.twofactor.totp import seed_context
from tests.databases import fresh_database
from tests.faults.databases import connected
from tests.faults.waiting import until
from tests.keys.filling import fill_other_columns
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.stored import stored_totp

OLD, NEW = b"\x01" * 32, b"\x02" * 32
ONLY_OLD = KeyRing({"old": OLD}, "old")
BOTH_OLD_FIRST = KeyRing({"old": OLD, "new": NEW}, "old")
BOTH_NEW_FIRST = KeyRing({"new": NEW, "old": OLD}, "new")
ONLY_NEW = KeyRing({"new": NEW}, "new")

# Hashes: nothing in them can be, or has to be, re-encrypted.
HASHES = {
    "audit_anchors.hash",
    "audit_checkpoint_heads.hash",
    "audit_entries.hash",
    "audit_entries.mac",
    "audit_entries.previous_hash",
    "audit_entries.reason_digest",
    "audit_reasons.salt",
    "clients.former_secret_hash",
    "clients.secret_hash",
    "idempotency_keys.request_hash",
    "recovery_codes.digest",
}
HOLD = "SELECT FROM second_factors WHERE account_id = %s FOR UPDATE"
SPEND = "UPDATE totp_authenticators SET last_step = last_step + 1 WHERE account_id = %s"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
# The previous release's, which triggers keep like the columns of now.
COPIES = {"second_factors.recovery_key", "second_factors.seed"}


@contextmanager
def _running(url: str, var_dir: Path, keys: KeyRing, before: Service | None = None) -> Iterator[Service]:
    service = Service(url, var_dir, keys=keys)
    if before is not None:
        service.credentials, service.clock.now = before.credentials, before.clock.now
    yield service
    service.stop()


def _names(service: Service, keys: KeyRing) -> set[str]:
    return {name for walked in survey(service.work, keys) for name in walked.keys}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return fresh_database(request.param)


def test_every_binary_column_is_sealed_or_a_hash() -> None:
    """A column that a rotation forgets is lost with the old key."""
    binary = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary - HASHES - COPIES == {sealed.name for sealed in SEALED}


def test_after_a_rotation_the_old_key_is_not_needed(url: str, tmp_path: Path, account_id: str) -> None:
    with _running(url, tmp_path, ONLY_OLD) as first, first.client("wallet") as wallet:
        owner = Owner(wallet, first.clock, account_id).enrol()
        waiting = Owner(wallet, first.clock, f"{account_id}-waiting")
        started = waiting.start(headers={"Idempotency-Key": account_id})
        fill_other_columns(first, account_id)
        assert _names(first, ONLY_OLD) == {"old"}
        assert [walked.column for walked in survey(first.work, ONLY_OLD) if not walked.keys] == []
    with _running(url, tmp_path, BOTH_NEW_FIRST, first) as second:
        moved = list(rotate(second.work, BOTH_NEW_FIRST))
        assert [walked.column for walked in moved if not walked.resealed or walked.unreadable] == []
        assert _names(second, BOTH_NEW_FIRST) == {"new"}
    with _running(url, tmp_path, ONLY_NEW, first) as third, third.client("wallet") as wallet:
        owner.wallet, owner.clock = wallet, third.clock
        waiting.wallet, waiting.clock = wallet, third.clock
        assert owner.verify().status_code == 200
        assert owner.verify(recovery_code=owner.recovery_codes[0]).status_code == 200
        assert waiting.confirm(started["enrolment_id"], waiting.code()).status_code == 200


def test_an_interrupted_rotation_goes_on_where_it_is_needed(
    url: str, tmp_path: Path, account_id: str
) -> None:
    with _running(url, tmp_path, ONLY_OLD) as service, service.client("wallet") as wallet:
        owner = Owner(wallet, service.clock, account_id).enrol()
        interrupted = rotate(service.work, BOTH_NEW_FIRST)
        for walked in interrupted:
            if walked.column == "recovery_code_sets.recovery_key":
                break
        assert _names(service, BOTH_NEW_FIRST) == {"old", "new"}
        resumed = {walked.column: walked.resealed for walked in rotate(service.work, BOTH_NEW_FIRST)}
        assert (resumed["recovery_code_sets.recovery_key"], resumed["totp_authenticators.seed"]) == (0, 1)
        assert _names(service, BOTH_NEW_FIRST) == {"new"}
    with _running(url, tmp_path, ONLY_NEW, service) as after, after.client("wallet") as wallet:
        owner.wallet, owner.clock = wallet, after.clock
        assert owner.verify().status_code == 200


def test_a_rotation_of_many_rows_is_interrupted_in_the_middle_of_a_column(url: str, tmp_path: Path) -> None:
    """What was moved stays moved, a batch a transaction, and nothing is passed over."""
    many = 2 * BATCH + 50
    with _running(url, tmp_path, ONLY_OLD) as service:
        with service.work() as work:
            ids = [f"acct-{number:04}" for number in range(many)]
            rows = [stored_totp(id_, ONLY_OLD.encrypt(b"seed", seed_context(id_))) for id_ in ids]
            work.session.execute(insert(TotpAuthenticator), rows)
        works = Interrupted(service)
        column = next(sealed for sealed in SEALED if sealed.column is TotpAuthenticator.seed)
        with pytest.raises(KeyboardInterrupt):
            list(rotate(works, BOTH_NEW_FIRST))
        assert _under(service, column) == {"new": 2 * BATCH, "old": 50}
        moved = {walked.column: walked.resealed for walked in rotate(service.work, BOTH_NEW_FIRST)}
        assert moved[column.name] == 50
        assert _under(service, column) == {"new": many}
        with service.work(write=False) as work:
            rows = work.session.execute(select(TotpAuthenticator.account_id, TotpAuthenticator.seed)).all()
        assert {ONLY_NEW.decrypt(seed, seed_context(id_)) for id_, seed in rows} == {b"seed"}


class Interrupted:
    """An operator who presses Ctrl-C once the third batch of seeds was read and not yet moved."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        with self._service.work() as work:
            yield work
            under = work.session.scalars(select(TotpAuthenticator.seed)).all()
            if sum(ONLY_NEW.key_of(seed) == "new" for seed in under) > 2 * BATCH:
                raise KeyboardInterrupt


def _under(service: Service, column: SealedColumn) -> dict[str, int]:
    """How many ciphertexts of a column lie under each key."""
    looked = {walked.column: walked.keys for walked in survey(service.work, BOTH_NEW_FIRST)}
    return dict(looked[column.name])


def test_verifications_go_on_during_a_rotation(url: str, tmp_path: Path, account_id: str) -> None:
    with _running(url, tmp_path, BOTH_OLD_FIRST) as service, service.client("wallet") as wallet:
        owners = [Owner(wallet, service.clock, f"{account_id}-{n}").enrol() for n in range(8)]
        owners[0].next_step()
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda owner: owner.verify().status_code, owners)
            moved = {walked.column: walked.resealed for walked in rotate(service.work, BOTH_NEW_FIRST)}
            assert list(answers) == [200] * len(owners)
        assert moved["totp_authenticators.seed"] == len(owners)
        assert [owner.verify().status_code for owner in owners] == [403] * len(owners)
        owners[0].next_step()
        assert [owner.verify().status_code for owner in owners] == [200] * len(owners)


def test_what_cannot_be_read_is_counted_and_left_alone(url: str, tmp_path: Path, account_id: str) -> None:
    with _running(url, tmp_path, ONLY_OLD) as service, service.client("wallet") as wallet:
        Owner(wallet, service.clock, account_id).enrol()
        with service.work() as work:
            row = work.session.get_one(TotpAuthenticator, account_id)
            row.seed = tampered = row.seed[:-1] + b"\x00"
        moved = {walked.column: walked for walked in rotate(service.work, BOTH_NEW_FIRST)}
        assert moved["totp_authenticators.seed"].unreadable == 1
        with service.work(write=False) as work:
            assert work.session.get_one(TotpAuthenticator, account_id).seed == tampered


@pytest.mark.parametrize("damaged", [b"", b"\x03old", b"\x03old" + b"n" * 11])
def test_a_damaged_row_stops_neither_a_rotation_nor_a_look(
    url: str, tmp_path: Path, account_id: str, damaged: bytes
) -> None:
    with _running(url, tmp_path, ONLY_OLD) as service, service.client("wallet") as wallet:
        owners = [Owner(wallet, service.clock, f"{account_id}-{n}").enrol() for n in range(2)]
        with service.work() as work:
            work.session.get_one(TotpAuthenticator, owners[0].account_id).seed = damaged
        looked = {walked.column: walked.keys for walked in survey(service.work, ONLY_OLD)}
        assert looked["totp_authenticators.seed"] == {"old": 1, DAMAGED: 1}
        moved = {walked.column: walked for walked in rotate(service.work, BOTH_NEW_FIRST)}
        assert (moved["totp_authenticators.seed"].resealed, moved["totp_authenticators.seed"].unreadable) == (
            1,
            1,
        )


def test_a_secret_that_is_replaced_meanwhile_is_not_put_back(
    postgres_service: Service, account_id: str
) -> None:
    """The new secret is written between the rotation's read and its write."""
    keys = postgres_service.settings.keys
    newer = keys.encrypt(b"newer", "anything")
    with postgres_service.client("wallet") as wallet:
        Owner(wallet, postgres_service.clock, account_id).enrol()

    def replaced_now(of_account: str) -> str:
        if of_account == account_id:
            with postgres_service.work() as other:
                other.session.get_one(TotpAuthenticator, account_id).seed = newer
        return seed_context(of_account)

    with postgres_service.work() as work:
        both = KeyRing({"new": NEW, **keys.keys}, "new")
        reseal(work, SealedColumn(TotpAuthenticator.seed, replaced_now), both, None, 1_000)
    with postgres_service.work(write=False) as work:
        assert work.session.get_one(TotpAuthenticator, account_id).seed == newer


def test_a_rotation_and_a_verification_do_not_wait_for_each_other_in_a_circle(
    tmp_path: Path, account_id: str
) -> None:
    """The verification holds the count, and goes on to write the authenticator."""
    url = fresh_database("postgresql")
    (seeds,) = (sealed for sealed in SEALED if sealed.column is TotpAuthenticator.seed)
    with _running(url, tmp_path, BOTH_OLD_FIRST) as service:
        with service.client("wallet") as wallet:
            Owner(wallet, service.clock, account_id).enrol()

        def rotated() -> int:
            with service.work() as work:
                return reseal(work, seeds, BOTH_NEW_FIRST, None, BATCH).resealed

        with connected(url) as verifying, connected(url) as watching, ThreadPoolExecutor(1) as pool:
            with verifying.transaction():
                verifying.execute(HOLD, [account_id])
                rotating = pool.submit(rotated)
                until(lambda: watching.execute(WAITING).fetchone() != (0,), "the rotation waits")
                verifying.execute(SPEND, [account_id])
            assert rotating.result() == 1
