"""The evidence document: complete, signed, and checked offline by the command that ships."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from secmon.app import SOURCES
from secmon.cases import dossier
from secmon.cases import service as cases
from secmon.cases.desk import Desk
from secmon.cases.timeline import Before, Entry, TimelineSource
from secmon.cli.main import root
from secmon.core.actor import SYSTEM
from secmon.core.work import Work
from tests.cases import desk
from tests.service import Service


@pytest.fixture
def document(service: Service, account_id: str) -> dict[str, Any]:
    agent = service.client("agent")
    case_id = desk.freeze(agent, account_id)["case"]["case_id"]
    agent.post(f"/v1/cases/{case_id}/notes", json={"text": "失主来电，声音吻合", "internal": True})
    answer = agent.get(f"/v1/cases/{case_id}/evidence")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def verify(document: Any, tmp_path: Path, *options: str) -> tuple[int, str]:
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(document), "utf-8")
    ran = CliRunner().invoke(root, ["evidence", "verify", str(file), *options])
    return ran.exit_code, ran.output


def test_a_document_verifies_offline(document: dict[str, Any], tmp_path: Path) -> None:
    status, said = verify(document, tmp_path)
    assert status == 0, said
    assert document["about"]["reference"] in said


def test_a_document_says_what_happened(document: dict[str, Any]) -> None:
    told = {entry["what"] for entry in document["timeline"]}
    assert {"account.frozen", "case.opened", "note", "message"} <= told
    assert [entry["sequence"] for entry in document["audit"]] == list(range(1, len(document["audit"]) + 1))


def test_a_changed_document_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    for part in ("about", "case", "timeline", "audit"):
        forged = json.loads(
            json.dumps(document).replace("hotline", "in_app") if part != "about" else "{}"
        ) or {
            **document,
            "about": {**document["about"], "account_id": "somebody-else"},
        }
        assert verify(forged, tmp_path)[0] == 1


def test_a_document_signed_by_another_key_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    signed_with = verify(document, tmp_path)[1].split()[-1]
    assert verify(document, tmp_path, "--key", signed_with)[0] == 0
    assert verify(document, tmp_path, "--key", "another")[0] == 1


@pytest.mark.parametrize("nonsense", [[], {}, {"manifest": 1}, "text", 7])
def test_what_is_no_document_is_refused(nonsense: Any, tmp_path: Path) -> None:
    assert verify(nonsense, tmp_path)[0] == 1


def test_F05_nobody_waits_while_evidence_is_gathered(service: Service, account_id: str) -> None:
    """What happens meanwhile happens at once, and is not in the document: that is of one instant."""
    wallet = service.client("wallet")
    opened = desk.open_case(service.client("agent"), account_id)

    def meanwhile(_work: Work, _account_id: str, before: Before | None, _limit: int) -> list[Entry]:
        if before is None:
            desk.freeze(wallet, account_id)
        return []

    sources = (TimelineSource("meanwhile", meanwhile), *SOURCES)
    rules = Desk(service.settings.working_time, sources, service.settings.keys)
    with service.database.snapshot(SYSTEM) as work:
        case = cases.get(work, uuid.UUID(opened["case_id"]))
        parts = dossier.gathered(work, case, {}, rules)
    assert desk.standing(wallet, account_id)["standing"] == "frozen"
    assert [entry["action"] for entry in parts["audit"]] == ["case.opened"]
    assert {entry["what"] for entry in parts["timeline"]} == {"case.opened", "message"}


def test_handing_evidence_out_is_audited(service: Service, document: dict[str, Any]) -> None:
    query = {"account_id": document["about"]["account_id"], "action": "evidence.exported"}
    (entry,) = service.client("auditor").get("/v1/audit", params=query).json()["items"]
    assert entry["facts"]["key_id"]
