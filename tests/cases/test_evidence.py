"""The evidence document: complete, signed, and checked offline by the command that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from secmon.cli.main import root
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


def test_handing_evidence_out_is_audited(service: Service, document: dict[str, Any]) -> None:
    query = {"account_id": document["about"]["account_id"], "action": "evidence.exported"}
    (entry,) = service.client("auditor").get("/v1/audit", params=query).json()["items"]
    assert entry["facts"]["key_id"]
