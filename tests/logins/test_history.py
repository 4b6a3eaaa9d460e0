"""What a wallet accepted before it asked this service teaches; what is only dated so does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from secmon.accounts.tombstones import OUTLIVES
from secmon.clients.first_run import STANDING
from secmon.devices.user_agents import UserAgentReader
from secmon.logins.models import StoredLogin, StoredProfile
from secmon.logins.teaching import login_in
from secmon.risk.profile import Profile
from tests.cases import desk
from tests.logins.factories import login, takeover
from tests.logins.test_challenges import known_devices, post
from tests.service import Service
from tests.twofactor.traces import kinds_told

LONG_AGO = -timedelta(days=30, hours=1)


@pytest.fixture
def importer(service: Service) -> httpx.Client:
    """The client of a migration."""
    return service.client("importer")


def batch(client: httpx.Client, way: str, *events: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post(f"/v1/login-events/{way}", json={"events": list(events)}).raise_for_status()
    return [result["assessment"] for result in answer.json()["results"]]


def learnt(service: Service, event: dict[str, Any]) -> bool:
    with service.work(write=False) as work:
        stored = work.session.get(StoredLogin, (event["account_id"], event["event_id"]))
        return bool(stored.learnt)


@pytest.mark.parametrize("way", ["alone", "batch"])
def test_A70_a_login_dated_back_teaches_a_live_account_nothing(
    service: Service, wallet: httpx.Client, account_id: str, way: str
) -> None:
    post(wallet, login(account_id))
    strange = takeover(account_id, after=LONG_AGO)
    judged = post(wallet, strange) if way == "alone" else batch(wallet, "batch", strange)[0]
    assert judged["decision"] == "challenge"
    assert judged["alert_id"] is not None
    assert "login.alert" in kinds_told(service, account_id)
    assert not learnt(service, strange)
    assert len(known_devices(wallet, account_id)) == 1
    again = post(wallet, takeover(account_id))
    assert (again["decision"], again["device"]["recognition"]) == ("challenge", "new")


def test_A70_nor_does_one_that_comes_with_a_proof_or_is_let_in(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    proven = takeover(account_id, after=LONG_AGO, amr=["pwd", "otp"])
    at_home = login(account_id, after=LONG_AGO)
    for event in (proven, at_home):
        assert post(wallet, event)["decision"] == "allow"
        assert not learnt(service, event)
    assert len(known_devices(wallet, account_id)) == 1


def test_A70_a_failed_login_or_a_frozen_account_is_live_as_well(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id, outcome="failure", failure_reason="bad_password"))
    strange = takeover(account_id, after=LONG_AGO)
    post(wallet, strange)
    assert not learnt(service, strange)


def test_R44_history_teaches_before_the_first_live_login(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    past = [login(account_id, after=LONG_AGO - timedelta(days=days)) for days in (3, 2, 1)]
    for judged in batch(wallet, "batch", *past):
        assert judged["alert_id"] is None
    assert all(learnt(service, event) for event in past)
    assert post(wallet, login(account_id))["device"]["recognition"] == "known"
    late = login(account_id, after=LONG_AGO)
    post(wallet, late)
    assert not learnt(service, late)


def test_R44_within_a_batch_the_first_live_login_ends_the_past(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    before, live = takeover(account_id, after=LONG_AGO), login(account_id)
    after = takeover(account_id, after=LONG_AGO, device_id="another")
    batch(wallet, "batch", before, live, after)
    assert (learnt(service, before), learnt(service, after)) == (True, False)


def test_R44_an_account_of_the_release_before_is_live(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    with service.work() as work:
        text = str(work.session.scalar(select(StoredProfile.profile).filter_by(account_id=account_id)))
        old = text.replace(',"e":true', "")
        assert old != text
        work.session.execute(update(StoredProfile).filter_by(account_id=account_id).values(profile=old))
    strange = takeover(account_id, after=LONG_AGO)
    post(wallet, strange)
    assert not learnt(service, strange)
    assert Profile.decode(old).live


def test_R44_an_erased_account_begins_anew_after_a_month(
    service: Service, wallet: httpx.Client, account_id: str
) -> None:
    """Before that it has come back, and had its live logins."""
    post(wallet, login(account_id))
    wallet.delete(f"/v1/accounts/{account_id}").raise_for_status()
    service.clock.advance(OUTLIVES)
    past = login(account_id, after=LONG_AGO)
    post(wallet, past)
    assert learnt(service, past)


def test_R44_an_import_teaches_whatever_its_age_and_tells_nobody(
    service: Service, wallet: httpx.Client, importer: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    told = kinds_told(service, account_id)
    past = [takeover(account_id, after=timedelta(hours=hours)) for hours in (1, 2)]
    first, second = batch(importer, "import", *past)
    assert (first["decision"], first["alert_id"], second["alert_id"]) == ("challenge", None, None)
    assert all(learnt(service, event) for event in past)
    assert kinds_told(service, account_id) == told
    again = post(wallet, takeover(account_id, after=timedelta(hours=3)))
    assert (again["decision"], again["device"]["recognition"]) == ("allow", "known")
    marked = wallet.get(f"/v1/accounts/{account_id}/login-events").json()["items"]
    assert [one["imported"] for one in marked] == [False, True, True, False]


def test_R44_an_import_is_no_live_login(
    service: Service, wallet: httpx.Client, importer: httpx.Client, account_id: str
) -> None:
    batch(importer, "import", login(account_id))
    past = login(account_id, after=LONG_AGO)
    post(wallet, past)
    assert learnt(service, past)


def test_R44_an_import_teaches_a_frozen_account_nothing(
    service: Service, wallet: httpx.Client, importer: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    desk.freeze(wallet, account_id)
    past = takeover(account_id)
    (judged,) = batch(importer, "import", past)
    assert (judged["decision"], judged["standing"]) == ("deny", "frozen")
    assert not learnt(service, past)


def test_R44_an_import_makes_no_stranger_good_whom_the_owner_denied(
    service: Service, wallet: httpx.Client, importer: httpx.Client, account_id: str
) -> None:
    post(wallet, login(account_id))
    batch(importer, "import", takeover(account_id))
    with service.work() as work:
        row = work.session.scalars(select(StoredProfile).filter_by(account_id=account_id)).one()
        profile = Profile.decode(row.profile)
        stored = work.session.scalars(
            select(StoredLogin).filter_by(account_id=account_id, device_id=f"strange-{account_id}")
        ).one()
        profile.note_not_me(login_in(stored, UserAgentReader()))
        row.profile = profile.encode()
    again = takeover(account_id, after=timedelta(hours=5))
    batch(importer, "import", again)
    assert not learnt(service, again)


def test_R44_the_import_has_a_scope_of_its_own(
    wallet: httpx.Client, importer: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    body = {"events": [login(account_id)]}
    for client in (wallet, agent):
        refused = client.post("/v1/login-events/import", json=body)
        assert desk.code(refused) == (403, "insufficient_scope")
    for path in ("/v1/login-events/batch", "/v1/login-events"):
        assert desk.code(importer.post(path, json=body)) == (403, "insufficient_scope")
    assert importer.get(f"/v1/accounts/{account_id}/devices").status_code == 403


def test_R44_an_import_answers_event_by_event(importer: httpx.Client, account_id: str) -> None:
    ahead = login(account_id, after=timedelta(days=1, minutes=6))
    good = login(account_id)
    body = {"events": [good, ahead, good]}
    results = importer.post("/v1/login-events/import", json=body).json()["results"]
    assert [result["status"] for result in results] == ["created", "invalid", "duplicate"]


def test_R44_nobody_is_given_the_imports_client_by_the_first_run() -> None:
    assert "importer" not in {str(role) for role in STANDING}
