"""What the desk writes to an owner reaches the owner, in the app and by e-mail; and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from secmon.settings.smtp_server import Security
from secmon.settings.smtp_server import SmtpServer as Named
from secmon.worker.duties import delivering
from tests.cases import desk
from tests.databases import fresh_database
from tests.mail.smtp_server import SmtpServer
from tests.service import Service
from tests.twofactor.owner import Owner

FOR_OWNER, AMONG_STAFF = "请回电，谢谢。\nAsk for Li Na.", "The caller sounded young"


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    server = SmtpServer(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def mailing(
    request: pytest.FixtureRequest, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Service]:
    """A service on a database of its own, whose worker sends mail."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    named = Named("127.0.0.1", smtp.port, Security.STARTTLS)
    service = Service(
        fresh_database(request.param), tmp_path, smtp_server=named, mail_from="s@wallet.example"
    )
    yield service
    service.stop()


def note(agent: httpx.Client, case_id: str, text: str, *, internal: bool) -> None:
    body = {"text": text, "internal": internal}
    agent.post(f"/v1/cases/{case_id}/notes", json=body).raise_for_status()


def messages(wallet: httpx.Client, account_id: str, **query: Any) -> dict[str, Any]:
    answer = wallet.get(f"/v1/accounts/{account_id}/messages", params=query)
    page: dict[str, Any] = answer.raise_for_status().json()
    return page


def test_the_app_shows_what_was_written_to_the_owner_and_nothing_else(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    case = desk.open_case(agent, account_id)
    note(agent, case["case_id"], AMONG_STAFF, internal=True)
    note(agent, case["case_id"], FOR_OWNER, internal=False)
    (message,) = messages(wallet, account_id)["items"]
    known = {name: case[name] for name in ("case_id", "reference")}
    assert message == {**message, **known, "text": FOR_OWNER, "written_at": "2026-11-22T02:00:00Z"}
    assert message.keys() == {"message_id", "text", "written_at", *known}


def test_messages_are_paged_newest_first(wallet: httpx.Client, agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    for nth in range(5):
        note(agent, case_id, f"Note {nth}", internal=False)
    whole = messages(wallet, account_id)["items"]
    found: list[Any] = []
    page: dict[str, Any] = {}
    while page.get("next_cursor") or not found:
        page = messages(wallet, account_id, limit=2, **({"cursor": page["next_cursor"]} if page else {}))
        found += page["items"]
    assert found == whole
    assert len(whole) == 5


def test_messages_of_an_unknown_account_are_404(wallet: httpx.Client, account_id: str) -> None:
    answer = wallet.get(f"/v1/accounts/{account_id}/messages")
    assert desk.code(answer) == (404, "account_unknown")


@pytest.mark.parametrize(
    ("reason", "told"), [("theft_reported", True), ("device_lost", True), ("owner_request", False)]
)
def test_after_a_theft_the_owner_is_told_to_set_up_the_second_factor(
    mailing: Service, smtp: SmtpServer, account_id: str, reason: str, told: bool
) -> None:
    wallet, agent = mailing.client("wallet"), mailing.client("agent")
    wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en", "email": "li@example.com"})
    Owner(wallet, mailing.clock, account_id).enrol()
    case_id = desk.freeze(wallet, account_id, reason=reason)["case"]["case_id"]
    desk.give_back(agent, mailing.client("supervisor"), account_id, case_id)
    duty = delivering(mailing.settings, mailing.database)
    duty.drain(mailing.database)
    duty.stop()
    (unfrozen,) = (one for _, one in smtp.letters if str(one["Subject"]) == "Your account can be used again")
    assert ("authenticator app has to be set up again" in unfrozen.as_string().replace("=\n", "")) is told


def test_a_letter_carries_what_was_written_to_the_owner(
    mailing: Service, smtp: SmtpServer, account_id: str
) -> None:
    wallet, agent = mailing.client("wallet"), mailing.client("agent")
    wallet.put(f"/v1/accounts/{account_id}", json={"locale": "en", "email": "li@example.com"})
    case = desk.open_case(agent, account_id)
    note(agent, case["case_id"], AMONG_STAFF, internal=True)
    note(agent, case["case_id"], FOR_OWNER, internal=False)
    # What else happens to the case is the wallet's business, or the desk's.
    desk.step(agent, case["case_id"], "investigating", "waiting_on_owner")
    duty = delivering(mailing.settings, mailing.database)
    duty.drain(mailing.database)
    duty.stop()
    ((recipient, letter),) = smtp.letters
    assert (recipient, str(letter["Subject"])) == (
        "li@example.com",
        f"A message about your case {case['reference']}",
    )
    text = letter.get_body(("plain",))
    assert text is not None
    assert FOR_OWNER in text.get_content().replace("\r\n", "\n")
