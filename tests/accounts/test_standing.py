"""The gate over HTTP: tags, ends of restrictions, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from secmon.accounts import service as accounts
from secmon.accounts.gate import Action
from secmon.holds import service as holds
from secmon.holds.rules import Trigger
from tests.cases import desk
from tests.service import Service


@pytest.fixture
def path(wallet: httpx.Client, account_id: str) -> str:
    """The gate of an active account."""
    wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en"}).raise_for_status()
    return f"/v1/accounts/{account_id}/standing"


def restrict(service: Service, account_id: str, hours: int, reason: str = "phone_changed") -> None:
    with service.work() as work:
        account = accounts.lock(work, account_id)
        until = work.now + timedelta(hours=hours)
        holds.lock(work, account, Trigger(reason), [Action.TRANSFER], until)


def test_an_unknown_account_is_404(wallet: httpx.Client, account_id: str) -> None:
    answer = wallet.get(f"/v1/accounts/{account_id}/standing")
    assert (answer.status_code, answer.json()["code"]) == (404, "account_unknown")


def test_allowed_is_said_only_where_an_action_is_asked_about(wallet: httpx.Client, path: str) -> None:
    assert "allowed" not in wallet.get(path).json()
    assert wallet.get(path, params={"action": "transfer"}).json()["allowed"] is True


@pytest.mark.parametrize("query", [{"action": "fly"}, {"action": ""}, {"what": "transfer"}])
def test_an_unknown_question_is_refused(wallet: httpx.Client, path: str, query: dict[str, str]) -> None:
    assert wallet.get(path, params=query).status_code == 422


def test_what_was_seen_is_not_sent_again(wallet: httpx.Client, path: str, account_id: str) -> None:
    seen = {"If-None-Match": wallet.get(path).headers["ETag"]}
    again = wallet.get(path, headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == seen["If-None-Match"]
    desk.freeze(wallet, account_id)
    assert wallet.get(path, headers=seen).json()["standing"] == "frozen"


def test_a_tag_is_known_again_where_a_cache_made_it_weak(wallet: httpx.Client, path: str) -> None:
    tag = wallet.get(path).headers["ETag"]
    assert wallet.get(path, headers={"If-None-Match": f'"0", W/{tag}'}).status_code == 304


def test_an_account_that_comes_back_has_new_tags(
    service: Service, wallet: httpx.Client, path: str, account_id: str
) -> None:
    """Whatever the version says, which begins at 1 again."""
    seen = wallet.get(path)
    wallet.delete(f"/v1/accounts/{account_id}").raise_for_status()
    service.clock.advance(timedelta(microseconds=1))
    wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en"}).raise_for_status()
    back = wallet.get(path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (back.status_code, back.json()["version"]) == (200, seen.json()["version"])


def test_a_tag_changes_when_a_restriction_ends(
    service: Service, wallet: httpx.Client, path: str, account_id: str
) -> None:
    restrict(service, account_id, hours=1)
    restrict(service, account_id, hours=2, reason="email_changed")
    for left in (2, 1, 0):
        answer = wallet.get(path, params={"action": "transfer"})
        assert len(answer.json()["restrictions"]) == left
        assert answer.json()["allowed"] is (left == 0)
        seen = {"If-None-Match": answer.headers["ETag"]}
        assert wallet.get(path, params={"action": "transfer"}, headers=seen).status_code == 304
        service.clock.advance(timedelta(hours=1))
        changed = 200 if left else 304
        assert wallet.get(path, params={"action": "transfer"}, headers=seen).status_code == changed


def test_the_same_restriction_never_ends_sooner(service: Service, path: str, account_id: str) -> None:
    restrict(service, account_id, hours=24)
    restrict(service, account_id, hours=1)
    (held,) = service.client("wallet").get(path).json()["restrictions"]
    assert held["until"] == "2026-11-23T02:00:00Z"


def test_a_required_action_is_ended_by_nothing_older(service: Service, path: str, account_id: str) -> None:
    with service.work() as work:
        account = accounts.lock(work, account_id)
        accounts.require_action(work, account, "change_password")
        before = work.now - timedelta(seconds=1)
        assert not accounts.fulfil_action(work, account, "change_password", before)
        assert accounts.fulfil_action(work, account, "change_password")
        assert not accounts.fulfil_action(work, account, "change_password")
    assert service.client("wallet").get(path).json()["required_actions"] == []
