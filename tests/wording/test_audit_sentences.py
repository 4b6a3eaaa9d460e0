"""Whatever is recorded of an account is told in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import secmon
from secmon.accounts.viewing import VIEWED
from secmon.audit.verify import ERASED
from secmon.cases.approvals import ApprovalKind, ApprovalStatus
from secmon.logins.schemas import PROOF_METHODS
from secmon.wording.audit_sentences import OTHER, SENTENCES, sentence
from secmon.wording.codes import WORDS

DECIDED = set(ApprovalStatus) - {ApprovalStatus.PENDING}
SOURCES = sorted(Path(secmon.__file__).parent.rglob("*.py"))
# Actions that are put together where they are recorded.
COMPUTED = {
    *(f"{kind}.requested" for kind in ApprovalKind),
    *(f"{kind}.{verdict}" for kind in ApprovalKind for verdict in DECIDED),
    *(f"challenge.{outcome}" for outcome in ("passed", "failed")),
    *("device.trusted", "device.untrusted"),
    *("appeal.upheld", "appeal.refused"),
    *(ERASED, VIEWED),
}


def recordings() -> Iterator[ast.expr]:
    """The action of each `audit.record(work, account_id, action, …)` of an account's chain."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case (
                    ast.Call(
                        func=ast.Attribute(value=ast.Name(id="audit" | "recording"), attr="record"),
                        args=[_, account, action, *_],
                    )
                    | ast.Call(
                        func=ast.Name(id="partial"),
                        args=[
                            ast.Attribute(value=ast.Name(id="audit"), attr="record"),
                            _,
                            account,
                            action,
                            *_,
                        ],
                    )
                ):
                    if not (isinstance(account, ast.Constant) and account.value is None):
                        yield action


WRITTEN = {str(action.value) for action in recordings() if isinstance(action, ast.Constant)}


def test_actions_that_are_put_together_are_those_that_are_listed():
    """Whoever puts together another one lists it here."""
    assert {ast.unparse(action) for action in recordings() if not isinstance(action, ast.Constant)} == {
        "action",
        "ERASED",
        "f'appeal.{verdict}'",
        "f'challenge.{said.outcome}'",
        "f'{kind}.requested'",
        "f'{request.kind}.{verdict}'",
    }


@pytest.mark.parametrize("action", sorted(WRITTEN | COMPUTED))
def test_each_recorded_action_has_a_sentence(action: str):
    english, chinese = SENTENCES.get(action, OTHER)
    assert (english, chinese) != OTHER
    assert english.endswith(".")
    assert chinese.endswith("。")


def test_no_sentence_is_of_an_action_that_nobody_records():
    assert set(SENTENCES) - WRITTEN - COMPUTED == set()


@pytest.mark.parametrize("method", PROOF_METHODS)
def test_each_method_of_a_challenge_has_words(method: str):
    assert method in WORDS
    passed = sentence("challenge.passed", "wallet", "evt-1", {"method": method, "proven": False})
    assert "which proves nothing" in passed["en"]
    assert f"by {method} at" not in passed["en"]


def test_what_staff_pass_on_is_said_to_be_theirs():
    said = sentence("alert.answered", "Li Na", "alert-1", {"answer": "was_me", "case_id": "case-1"})
    assert said["en"] == "Li Na passed on the owner's answer to alert alert-1: it was me."
    assert said["zh-CN"] == "Li Na 代为登记用户对提醒 alert-1 的答复：是本人。"


def test_a_factor_that_went_with_the_unfreeze_was_reset_by_nobody():
    assert sentence("two_factor.reset", "Li Na", None, {})["zh-CN"] == "双重验证已随解冻解除。"
    assert sentence("two_factor.reset", "Li Na", None, {"case_id": "1"})["zh-CN"] == "Li Na 重置了双重验证。"
