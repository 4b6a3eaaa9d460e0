"""The password over HTTP: how old it is, that it is compromised, and how good a new one would be."""

from __future__ import annotations

from typing import Any

from secmon.credentials import passwords, strength
from secmon.credentials.age import Reminding
from secmon.credentials.changes import CHANGE_RULES
from secmon.credentials.schemas import (
    CompromiseRequest,
    PasswordCheckRequest,
    PasswordCheckResponse,
    PasswordResponse,
)
from secmon.rooms.blueprint import Blueprint
from secmon.web.locale import wished_locale
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work
from secmon.wording import password_advice as advice
from secmon.wording.languages import CHINESE

blp = Blueprint(
    "passwords",
    __name__,
    url_prefix="/v1",
    description="How old a password is, whether others know it, and how good a new one would be.",
)


@blp.route("/accounts/<identifier:account_id>/password", methods=["GET"])
@operation("accounts:read", answers={200: PasswordResponse}, problems=("account_unknown",))
def show_password(account_id: str) -> Answer:
    """How old the password is, and when its owner is reminded; age alone never changes a decision."""
    with unit_of_work(write=False) as work:
        return PasswordResponse.show(passwords.look(work, account_id, _reminding()))


@blp.route("/accounts/<identifier:account_id>/password/compromised", methods=["POST"])
@operation(
    "accounts:write",
    body=CompromiseRequest,
    answers={200: PasswordResponse},
    example={"source": "breach-list-2026-11", "detail": "Seen in plain text"},
)
def report_compromise(account_id: str, body: dict[str, Any]) -> Answer:
    """Others know the password: it must be changed before money moves, and its owner is told at once."""
    with unit_of_work() as work:
        return PasswordResponse.show(passwords.compromise(work, account_id, _reminding(), **body))


@blp.route("/accounts/<identifier:account_id>/password/reminder/dismiss", methods=["POST"])
@operation(
    "accounts:write", answers={204: "Not reminded until the next period"}, problems=("account_unknown",)
)
def dismiss_reminder(account_id: str) -> Answer:
    """The owner wants to hear no more of the password's age until the next period."""
    with unit_of_work() as work:
        passwords.dismiss(work, account_id, _reminding())
    return None, 204


@blp.route("/password-checks", methods=["POST"])
@operation(
    "accounts:write",
    body=PasswordCheckRequest,
    answers={200: PasswordCheckResponse},
    example={"password": "woaini1314", "user_inputs": ["1990-01-01", "Zhang Wei", "+8613812345678"]},
)
def check_password(body: dict[str, Any]) -> Answer:
    """Judge a password that the owner is about to choose; nothing of it is stored or logged.

    Only the first 72 characters are looked at.
    """
    with unit_of_work(write=False) as work:
        work.read()  # A revoked caller is told nothing, though nothing else is read.
    locale = wished_locale() or CHINESE
    judged = strength.judge(body["password"], body.get("user_inputs", ()))
    return PasswordCheckResponse.show(
        {
            "acceptable": judged.acceptable,
            "score": judged.score,
            "warnings": advice.in_language(judged.warnings, locale),
            "suggestions": advice.in_language(judged.suggestions, locale),
        }
    )


def _reminding() -> Reminding:
    rules = CHANGE_RULES.chosen()
    return rules.reminding
