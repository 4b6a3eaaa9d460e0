"""Accounts over HTTP: the gate, the profile, the erasure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response

from secmon.accounts import erasure, profile
from secmon.accounts import service as standing
from secmon.accounts.contacts import Contact
from secmon.accounts.erasure import ERASURE
from secmon.accounts.gate import Action
from secmon.accounts.profile import PROFILES
from secmon.accounts.schemas import ProfileRequest, ProfileResponse, StandingQuery, StandingResponse
from secmon.core.money import Ask
from secmon.rooms.blueprint import Blueprint
from secmon.web.etag import etag, seen_by_caller
from secmon.web.fields import rfc3339
from secmon.web.limits import Limited
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "accounts",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="What an account may do now, what is known of its owner, and forgetting it.",
)


@blp.route("", methods=["PUT"])
@operation(
    "accounts:write",
    body=ProfileRequest,
    answers={200: ProfileResponse},
    example={"locale": "zh-CN", "email": "li@example.com", "phone": "+8613812345678"},
    problems=("account_frozen", "contact_bound", "identity_unverified"),
    leads_to=(
        "show_standing",
        "post_login_event",
        "post_change",
        "freeze",
        "open_case",
        "start_enrolment",
        "list_devices",
        "show_password",
    ),
)
def put_account(account_id: str, body: dict[str, Any]) -> Answer:
    """Tell of an account: language, zone, contacts, password's date; what is left out stays as it is."""
    told = {contact: body.pop(contact.value) for contact in Contact if contact.value in body}
    profiles = PROFILES.chosen()
    with unit_of_work() as work:
        shown = profile.put(work, account_id, profiles, told=told, **body)
    answer: dict[str, Any] = ProfileResponse.show(shown)
    return answer


@blp.route("/standing", methods=["GET"])
@operation(
    "accounts:read",
    limited=Limited.NOT,
    versioned=True,
    query=StandingQuery,
    answers={200: StandingResponse, 304: "As the caller saw it"},
    problems=("account_unknown",),
)
def show_standing(account_id: str, query: dict[str, Any]) -> Answer:
    """Ask before money moves: may this account do that now?

    Nothing is counted: `POST …/gate` asks and counts, and knows the session and the payee.
    """
    action = Action(query["action"]) if "action" in query else None
    with unit_of_work(write=False) as work:
        gate = standing.look(work, account_id, action, _ask(query))
    headers = {"ETag": etag(gate.tag), "Cache-Control": "no-cache"}
    # What fits under a cap depends on what is asked.
    if "amount" not in query and seen_by_caller(gate.tag):
        return Response(status=304, headers=headers)
    return _shown(account_id, gate), 200, headers


@blp.route("", methods=["DELETE"])
@operation(
    "accounts:write", answers={204: "Erased"}, problems=("account_unknown", "legal_hold", "staff_must_ask")
)
def erase_account(account_id: str) -> Answer:
    """Erase an account's personal data, for its owner; refused while one of its cases is open.

    Staff ask for it with `POST …/erasure`.
    """
    chosen = ERASURE.chosen()
    with unit_of_work() as work:
        erasure.erase_for_owner(work, account_id, chosen)
    return None, 204


def _ask(query: dict[str, Any]) -> Ask | None:
    if "amount" not in query:
        return None
    balance = Decimal(query["balance"]) if "balance" in query else None
    return Ask(Decimal(query["amount"]), query.get("currency"), balance)


def _shown(account_id: str, gate: standing.Gate) -> dict[str, Any]:
    # By hand: the wallet asks this before every payment, and a schema costs more than the read.
    answer: dict[str, Any] = {
        "account_id": account_id,
        "standing": gate.standing,
        "restrictions": [
            {
                "action": held.action,
                "until": rfc3339(held.until),
                "reason": held.reason,
                **({"above_cap": True} if held.cap is not None else {}),
            }
            for held in gate.restrictions
        ],
        "required_actions": gate.required_actions,
        "version": gate.version,
    }
    if gate.allowed is not None:
        answer["allowed"] = gate.allowed
    return answer
