"""Who says what on a case: the service in the reader's language, people exactly as they wrote."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from secmon.audit import service as audit
from secmon.cases.models import Case, Note
from secmon.core.actor import Actor, ActorKind
from tests.alerts.owner import alerted
from tests.cases import desk
from tests.pages.browser import ADDRESS, LONG_AGO, Page, bind
from tests.service import NO_TLS, Service

# What this service says too, and a person may well say.
SERVICES_WORDS = (
    "Account reported stolen",
    "A new report came in.",
    "Reported again: Device lost (hotline).",
    "The owner denies the login from a phone (203.0.113.7).",
)


def read(agent: httpx.Client, path: str, language: str) -> Any:
    answer = agent.get(path, params={"limit": 200}, headers={"Accept-Language": language})
    return answer.raise_for_status().json()


def timeline(agent: httpx.Client, case_id: str, language: str = "zh-CN") -> str:
    items = read(agent, f"/v1/cases/{case_id}/timeline", language)["items"]
    return "\n".join(item["sentence"] for item in items)


def in_evidence(agent: httpx.Client, case_id: str) -> str:
    told = agent.get(f"/v1/cases/{case_id}/evidence").raise_for_status().json()["timeline"]
    return "\n".join(one["sentence"]["zh-CN"] for one in told)


def shown(agent: httpx.Client, case_id: str, language: str) -> dict[str, Any]:
    answer = agent.get(f"/v1/cases/{case_id}", headers={"Accept-Language": language})
    case: dict[str, Any] = answer.raise_for_status().json()
    return case


@pytest.mark.parametrize("words", SERVICES_WORDS)
def test_what_a_person_writes_is_shown_as_written(
    agent: httpx.Client, supervisor: httpx.Client, account_id: str, words: str
) -> None:
    """In a note, in a report, as the reason of a refusal: though the service says the same of itself."""
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": words, "internal": True}).raise_for_status()
    desk.check_identity(agent, case_id)
    request_id = desk.ask_unfreeze(agent, account_id, case_id).json()["request_id"]
    path = f"/v1/accounts/{account_id}/unfreeze/{request_id}/refuse"
    supervisor.post(path, json={"note": words}).raise_for_status()
    desk.freeze(agent, account_id, reason="device_lost", summary=words)
    for told in (timeline(agent, case_id), in_evidence(agent, case_id)):
        assert told.count(f"“{words}”") == 2
        assert f"再次报告：设备遗失（电话热线）。\n{words}”" in told
    assert words in [note["text"] for note in shown(agent, case_id, "zh-CN")["notes"]]


def test_a_subject_that_a_person_writes_is_shown_as_written(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.open_case(agent, account_id, subject=SERVICES_WORDS[0], summary=SERVICES_WORDS[3])[
        "case_id"
    ]
    case = shown(agent, case_id, "zh-CN")
    assert (case["subject"], case["summary"]) == (SERVICES_WORDS[0], SERVICES_WORDS[3])


def test_what_the_service_writes_is_told_in_the_readers_language(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    alert = alerted(wallet, account_id)
    answered = alert.answer("not_me").raise_for_status().json()
    case_id, device = answered["case_id"], answered["device_label"]
    desk.freeze(wallet, account_id, reason="theft_reported", channel="in_app")
    english, chinese = (shown(agent, case_id, language) for language in ("en", "zh-CN"))
    assert english["subject"] == "Login from an unfamiliar device"
    assert chinese["subject"] == "陌生设备登录"
    assert english["summary"] == f"The owner denies the login from {device} ({answered['ip']})."
    assert chinese["summary"] == f"用户否认来自 {device}（{answered['ip']}）的登录。"
    assert english["notes"][0]["text"].startswith("Reported again: Account reported stolen (in_app).\n")
    assert chinese["notes"][0]["text"].startswith("再次报告：账户被报告失窃（应用内）。\n")
    (listed,) = agent.get(
        "/v1/cases", params={"account_id": account_id}, headers={"Accept-Language": "zh"}
    ).json()["items"]
    assert listed["subject"] == "陌生设备登录"
    # Without a wish, as it always was.
    assert agent.get(f"/v1/cases/{case_id}").json()["subject"] == english["subject"]


@pytest.fixture
def of_before(service: Service, wallet: httpx.Client, agent: httpx.Client, account_id: str) -> dict[str, Any]:
    """A case as the release before wrote it: frozen, then denied by the link of a letter; no codes.

    A person's note on it says what the service says.
    """
    bind(service, wallet, account_id, ADDRESS, LONG_AGO)
    owner = alerted(wallet, account_id)
    case: dict[str, Any] = desk.freeze(agent, account_id)["case"]
    with httpx.Client(base_url=service.url, timeout=20, verify=NO_TLS) as browser:
        assert Page(service, owner, browser).answer("not_me").status_code == 200
    note = {"text": SERVICES_WORDS[0], "internal": True}
    agent.post(f"/v1/cases/{case['case_id']}/notes", json=note).raise_for_status()
    with service.work() as work:
        work.session.execute(update(Case).where(Case.account_id == account_id).values(subject_said=None))
        work.session.execute(update(Note).where(Note.account_id == account_id).values(text_said=None))
    return case


def refused(service: Service, account_id: str, case_id: str, kind: ActorKind) -> None:
    """A refusal for a new report, as the release before recorded it."""
    with service.database.work(Actor("somebody", kind, name="Somebody")) as work:
        why, facts = SERVICES_WORDS[1], {"case_id": case_id}
        audit.record(work, account_id, "unfreeze.refused", subject="r-1", reason=why, facts=facts)


def test_what_the_release_before_wrote_of_itself_is_told_in_chinese_too(
    service: Service, agent: httpx.Client, account_id: str, of_before: dict[str, Any]
) -> None:
    refused(service, account_id, of_before["case_id"], ActorKind.SERVICE)
    assert shown(agent, of_before["case_id"], "zh-CN")["subject"] == "账户被报告失窃"
    told = timeline(agent, of_before["case_id"])
    assert "再次报告：陌生设备登录（电子邮件）。\n用户否认来自 " in told
    assert "Somebody 拒绝了解冻。 “收到新的报告。”" in told


def test_what_a_person_wrote_at_the_release_before_stays_as_written(
    service: Service, agent: httpx.Client, account_id: str, of_before: dict[str, Any]
) -> None:
    refused(service, account_id, of_before["case_id"], ActorKind.STAFF)
    told = timeline(agent, of_before["case_id"])
    assert f"备注：“{SERVICES_WORDS[0]}”" in told
    assert f"“{SERVICES_WORDS[1]}”" in told


def test_what_a_later_release_says_is_read_in_english(
    service: Service, agent: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    later = json.dumps([{"said": "something_new", "facts": "{x}"}])
    with service.work() as work:
        work.session.execute(update(Case).where(Case.account_id == account_id).values(subject_said=later))
    assert shown(agent, case_id, "zh-CN")["subject"] == "Account reported stolen"
