"""The timeline: everything once, in order, in sentences, page after page."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from secmon.core.actor import SYSTEM
from secmon.database.work import Work
from secmon.history import timeline
from secmon.history.sources import of_message
from secmon.outbox.history import Owed
from secmon.rooms.entries import Before, Entry, TimelineSource
from secmon.wording.audit_sentences import SENTENCES, sentence
from tests.alerts.owner import alerted
from tests.cases import desk
from tests.service import Service

# The third argument of a record about an account: a string, or one of two.
RECORDS = re.compile(r"audit\.record\(\s*work,\s*(?!None)[\w.]+,\s*([^,)]+)")
ACTION = re.compile(r'"([a-z_]+\.[a-z_]+)"')
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_everything_is_told_in_order(
    service: Service, wallet: httpx.Client, agent: httpx.Client, supervisor: httpx.Client, account_id: str
) -> None:
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    service.clock.advance(timedelta(minutes=1))
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": "Called back", "internal": True})
    service.clock.advance(timedelta(minutes=1))
    desk.give_back(agent, supervisor, account_id, case_id)
    entries = agent.get(f"/v1/cases/{case_id}/timeline").json()["items"]
    assert all(earlier["at"] <= later["at"] for later, earlier in pairwise(entries))
    assert {entry["what"] for entry in entries} == {
        "account.frozen",
        "account.unfrozen",
        "case.opened",
        "hold",
        "identity.checked",
        "message",
        "note",
        "unfreeze.approved",
        "unfreeze.requested",
    }


def test_a_sentence_can_be_read_aloud_in_two_languages(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    for language, said in (("en", "because it was reported stolen."), ("zh-CN", "账户被报告失窃。")):
        answer = agent.get(f"/v1/cases/{case_id}/timeline", headers={"Accept-Language": language})
        sentences = {entry["what"]: entry["sentence"] for entry in answer.json()["items"]}
        assert sentences["account.frozen"].endswith(said)
        assert all("{" not in text for text in sentences.values())


def sentences(agent: httpx.Client, case_id: str, language: str) -> list[str]:
    headers = {"Accept-Language": language}
    items = agent.get(f"/v1/cases/{case_id}/timeline", params={"limit": 200}, headers=headers).json()["items"]
    return [entry["sentence"] for entry in items]


def test_chinese_sentences_are_chinese_all_through(
    wallet: httpx.Client, agent: httpx.Client, account_id: str
) -> None:
    """What the service itself wrote into the case too; people's words stay as they are."""
    alert = alerted(wallet, account_id)
    case_id = desk.freeze(wallet, account_id)["case"]["case_id"]
    desk.check_identity(agent, case_id)
    desk.ask_unfreeze(agent, account_id, case_id)
    alert.answer("not_me").raise_for_status()
    said = "\n".join(sentences(agent, case_id, "zh-CN"))
    for wanted in (
        "再次报告：陌生设备登录（应用内）。",
        "用户否认来自 ",
        "“收到新的报告。”",
        "已生成消息：账户已冻结",
    ):
        assert wanted in said
    for english in ("Reported again", "denies", "report came in", "account.frozen", "sessions.revoke"):
        assert english not in said
    assert "“Owner verified”" in said


def test_whom_a_case_is_assigned_to_is_told_by_name(
    service: Service, agent: httpx.Client, account_id: str
) -> None:
    case_id = desk.open_case(agent, account_id, channel="email")["case_id"]
    client_id = service.credentials["agent"]["client_id"]
    seen = {"If-Match": agent.get(f"/v1/cases/{case_id}").headers["ETag"]}
    agent.patch(f"/v1/cases/{case_id}", json={"assignee": client_id}, headers=seen).raise_for_status()
    said = "\n".join(sentences(agent, case_id, "en"))
    assert client_id not in said
    assert "assignee: first-run agent." in said
    assert "reported by e-mail." in said


WAY = {"email": "pending", "01a200fb-5100-7379-9772-63188c8400fe": "delivered"}


def test_a_message_is_called_delivered_where_it_was() -> None:
    entry = of_message(Owed(uuid.uuid4(), 1, "account.frozen", NOW, {}))
    assert entry.sentence["en"] == "A message was written: the account is frozen."
    told = of_message(Owed(uuid.uuid4(), 1, "account.frozen", NOW, WAY)).sentence
    assert told["en"].endswith("frozen; the owner by e-mail: on its way; the wallet: delivered.")
    assert told["zh-CN"] == "已生成消息：账户已冻结；用户邮箱: 待发送；钱包后台: 已送达。"


def test_pages_leave_nothing_out_and_show_nothing_twice(agent: httpx.Client, account_id: str) -> None:
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    for nth in range(4):
        agent.post(f"/v1/cases/{case_id}/notes", json={"text": f"Note {nth}", "internal": False})
    path = f"/v1/cases/{case_id}/timeline"
    whole = agent.get(path).json()["items"]
    paged: list[Any] = []
    cursor = None
    while cursor or not paged:
        page = agent.get(path, params={"limit": "3"} | ({"cursor": cursor} if cursor else {})).json()
        paged += page["items"]
        cursor = page["next_cursor"]
    assert paged == whole


@pytest.mark.parametrize(
    "cursor",
    [
        "WyIyMDI2LTExLTIyVDAwOjAwOjAwWiIsICJub3RlcyIsICJ4Il0",
        "WyIyMDI2LTExLTIyVDAwOjAwOjAwWiIsICJhdWRpdCIsICIt8SJd",
        "WyIyMDI2LTExLTIyVDAwOjAwOjAwWiIsICJtZXNzYWdlcyIsICJ4Il0",
    ],
)
def test_a_made_up_cursor_is_refused(agent: httpx.Client, account_id: str, cursor: str) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    assert agent.get(f"/v1/cases/{case_id}/timeline", params={"cursor": cursor}).status_code == 422


def source(name: str, entries: list[Entry]) -> TimelineSource:
    def read(_work: Work, _account_id: str, before: Before | None, limit: int) -> list[Entry]:
        newest = sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)
        return [entry for entry in newest if before is None or lies_before(entry, before)][:limit]

    return TimelineSource(name, read)


def entries(name: str, hours: list[int]) -> list[Entry]:
    return [Entry(NOW + timedelta(hours=hour), f"{nth:02}", name, {}) for nth, hour in enumerate(hours)]


def lies_before(entry: Entry, before: Before) -> bool:
    if before.key is not None:
        return (entry.at, entry.key) < (before.at, before.key)
    return entry.at <= before.at if before.inclusive else entry.at < before.at


@settings(deadline=None, max_examples=200)
@given(
    told=st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(0, 3), max_size=8)),
    limit=st.integers(1, 5),
)
def test_any_sources_are_merged_whole_at_any_page_size(told: dict[str, list[int]], limit: int) -> None:
    sources = [source(name, entries(name, hours)) for name, hours in told.items()]
    nowhere = Work(create_engine("sqlite://"), NOW, SYSTEM)
    found: list[timeline.ToldEntry] = []
    after = None
    while page := timeline.read(nowhere, "a", sources, after, limit):
        found += page
        after = timeline.position(page[-1])
    assert found[::-1] == timeline.whole(nowhere, "a", sources, limit)
    assert len(found) == sum(map(len, told.values()))
    assert len({(one.source, one.entry.key) for one in found}) == len(found)
    assert all(later.entry.at >= earlier.entry.at for later, earlier in pairwise(found))


def recorded_actions() -> set[str]:
    """Every action that the package records of an account, as it stands in the code."""
    sources = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "secmon").rglob("*.py")]
    calls = [call for source in sources for call in RECORDS.findall(source)]
    return {action for call in calls for action in ACTION.findall(call)}


def test_every_recorded_action_has_its_sentence() -> None:
    actions = recorded_actions()
    assert "account.frozen" in actions
    assert actions - SENTENCES.keys() == set()


def test_a_fact_that_is_missing_leaves_a_sentence() -> None:
    assert sentence("account.frozen", "Li Na", None, {})["en"] == "Li Na froze the account because ."
    assert "something.new" in sentence("something.new", "Li Na", None, {})["en"]
