"""R07, A39, A41: seeds are sealed, bound to their account, and nowhere in clear."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from secmon.audit.models import AuditEntry
from secmon.twofactor.models import GuessCount, RecoveryCodeSet, TotpAuthenticator, TotpEnrolment
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner
from tests.twofactor.stored import stored_totp
from tests.twofactor.traces import recorded


@pytest.fixture(autouse=True)
def _nothing_damaged_stays(request: pytest.FixtureRequest, account_id: str) -> Iterator[None]:
    """What no key opens would keep the service that other tests use from being ready."""
    if "service" not in request.fixturenames:
        yield
        return
    service: Service = request.getfixturevalue("service")
    yield
    with service.work() as work:
        for table in (GuessCount, TotpAuthenticator, RecoveryCodeSet, TotpEnrolment):
            work.session.execute(delete(table).where(table.account_id.startswith(account_id)))


def _seed(service: Service, account_id: str) -> bytes:
    with service.work(write=False) as work:
        sealed: bytes = work.session.get_one(TotpAuthenticator, account_id).seed
    return sealed


def _is_of(column: InstrumentedAttribute[bytes], owner: Owner) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.class_.account_id == owner.account_id
    return found


def test_a41_another_accounts_sealed_seed_is_refused(service: Service, enrolled: Owner) -> None:
    """Whoever can write to the database cannot make an account accept the codes of another."""
    thief = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-thief").enrol()
    with service.work() as work:
        for column in (TotpAuthenticator.seed, RecoveryCodeSet.recovery_key):
            theirs = work.session.scalar(select(column).where(_is_of(column, thief)))
            work.session.execute(
                update(column.class_).where(_is_of(column, enrolled)).values({column.key: theirs})
            )
    thief.next_step()
    answer = enrolled.verify(thief.code())
    assert (answer.status_code, answer.json()["code"]) == (403, "code_rejected")
    assert enrolled.verify(recovery_code=thief.recovery_codes[0]).status_code == 403
    reasons = [fact["reason"] for fact in recorded(service, enrolled.account_id, "second_factor.rejected")]
    assert reasons == ["unreadable", "unreadable"]


def test_the_seed_of_an_enrolment_does_not_do_for_a_factor(service: Service, enrolled: Owner) -> None:
    other = Owner(enrolled.wallet, enrolled.clock, f"{enrolled.account_id}-other")
    other.start()
    with service.work() as work:
        pending = work.session.get_one(TotpEnrolment, other.account_id)
        work.session.add(TotpAuthenticator(**stored_totp(other.account_id, pending.seed)))
    assert other.verify().status_code == 403


@pytest.mark.parametrize("damaged", [b"", b"\x04test", b"\x04test" + b"n" * 11, b"\xff"])
def test_a_damaged_seed_is_refused_as_any_wrong_code_is(
    service: Service, enrolled: Owner, damaged: bytes
) -> None:
    _reseal(service, enrolled, damaged)
    answer = enrolled.verify()
    assert (answer.status_code, answer.json()["code"]) == (403, "code_rejected")


def test_a41_the_seed_of_another_accounts_enrolment_is_not_confirmed(service: Service, owner: Owner) -> None:
    """It is bound to its account; the answer is that of any wrong code, and the audit knows better."""
    thief = Owner(owner.wallet, owner.clock, f"{owner.account_id}-thief")
    thief.start()
    started = owner.start()
    refused = owner.confirm(started["enrolment_id"], owner.wrong_code()).json()
    with service.work() as work:
        theirs = work.session.get_one(TotpEnrolment, thief.account_id).seed
        work.session.get_one(TotpEnrolment, owner.account_id).seed = theirs
    answer = owner.confirm(started["enrolment_id"], thief.code())
    assert answer.status_code == 403
    assert answer.json() == refused | {"request_id": answer.json()["request_id"]}
    assert recorded(service, owner.account_id, "second_factor.rejected") == [
        {"method": "totp", "reason": "unreadable", "drift_steps": None}
    ]
    assert owner.status()["enabled"] is False


def test_an_unreadable_seed_is_not_the_owners_failure(service: Service, enrolled: Owner) -> None:
    """A key that an operator lost must not disable factors on top."""
    sealed = _seed(service, enrolled.account_id)
    _reseal(service, enrolled, b"\x04gone" + sealed[5:])
    assert [enrolled.verify().status_code for _ in range(8)] == [403] * 8
    _reseal(service, enrolled, sealed)
    assert enrolled.verify().status_code == 200


def _reseal(service: Service, owner: Owner, sealed: bytes) -> None:
    with service.work() as work:
        work.session.get_one(TotpAuthenticator, owner.account_id).seed = sealed


def test_a39_the_database_holds_no_seed_and_no_code_in_clear(tmp_path: Path, account_id: str) -> None:
    url = fresh_database("sqlite")
    service = Service(url, tmp_path)
    with service.client("wallet") as wallet:
        owner = Owner(wallet, service.clock, account_id).enrol()
        shown = owner.code()
        assert owner.verify(shown).status_code == 200
        Owner(wallet, service.clock, f"{account_id}-waiting").start()
    with service.work(write=False) as work:
        work.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    service.stop()
    assert owner.authenticator is not None
    file = Path(url.removeprefix("sqlite:///")).read_bytes()
    seed = owner.authenticator.seed
    assert account_id.encode() in file
    assert seed not in file
    assert base64.b32encode(seed) not in file
    assert not [code for code in owner.recovery_codes if code.encode() in file]


def test_a39_neither_audit_nor_logs_name_a_code(
    service: Service, enrolled: Owner, capfd: pytest.CaptureFixture[str], logged: io.StringIO
) -> None:
    codes = [enrolled.wrong_code(), enrolled.code(), *enrolled.recovery_codes[:2]]
    enrolled.verify(codes[0])
    enrolled.verify(codes[1])
    enrolled.verify(recovery_code=codes[2])
    enrolled.verify(recovery_code=codes[3] + "X")
    with service.work(write=False) as work:
        query = select(AuditEntry.facts, AuditEntry.subject).where(
            AuditEntry.account_id == enrolled.account_id
        )
        rows = [tuple(row) for row in work.session.execute(query)]
    written = json.dumps(rows) + "".join(capfd.readouterr()) + logged.getvalue()
    assert "/two-factor/verify" in logged.getvalue()
    assert not [code for code in codes if code in written]
