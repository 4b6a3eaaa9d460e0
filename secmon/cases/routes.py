"""Cases over HTTP: opened, listed, worked on; and what the desk has written to an owner."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.accounts import service as accounts
from secmon.cases import changing, identity, notes, service
from secmon.cases.desk import DESK
from secmon.cases.replays import CHECKED, NOTED, OPENED
from secmon.cases.schemas import (
    CaseChange,
    CaseDetail,
    CasePage,
    CaseQuery,
    CaseRequest,
    CaseResponse,
    CheckRequest,
    CheckResponse,
    MessagePage,
    NoteRequest,
    NoteResponse,
)
from secmon.cases.shown import detail, shown, shown_check, tag
from secmon.cases.states import CaseChannel, Category, Priority
from secmon.core import pages
from secmon.rooms.blueprint import Blueprint
from secmon.web import viewing
from secmon.web.etag import etag, require_match
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "cases", __name__, url_prefix="/v1/cases", description="Support cases, from report to closure."
)
messages = Blueprint(
    "case-messages",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="What the support desk writes to owners.",
)


@blp.route("", methods=["POST"])
@operation(
    "cases:write",
    body=CaseRequest,
    answers={201: CaseResponse},
    example={
        "account_id": "acct-1",
        "category": "login",
        "channel": "hotline",
        "subject": "Cannot log in since the phone was replaced",
    },
    creates=OPENED,
    leads_to=("show_case", "add_note", "add_identity_check", "show_timeline", "show_evidence"),
)
def open_case(body: dict[str, Any]) -> Answer:
    """Open a case. A freeze opens its case itself."""
    report = service.Report(
        category=Category(body["category"]),
        channel=CaseChannel(body["channel"]),
        subject=body["subject"],
        summary=body.get("summary"),
        priority=Priority(body.get("priority", Priority.NORMAL)),
        alert_ids=body.get("alert_ids", ()),
        device_ids=body.get("device_ids", ()),
    )
    with unit_of_work() as work:
        accounts.lock_or_create(work, body["account_id"])
        case = service.open_case(work, body["account_id"], report, DESK.chosen().calendar)
        return CaseResponse.show(shown(work, case, locale_or_english())), 201, {"ETag": etag(tag(work, case))}


@blp.route("", methods=["GET"])
@operation("cases:read", query=CaseQuery, pages=True, answers={200: CasePage}, leads_to=("show_case",))
def list_cases(query: dict[str, Any]) -> Answer:
    """The queue, newest first."""
    if "overdue" in query:
        query["overdue"] = query["overdue"] == "true"
    locale = locale_or_english()
    with unit_of_work(write=False) as work:
        cases, next_cursor = service.listed(work, page_request(uuid.UUID), **query)
        if "reference" in query:
            viewing.note(*(case.account_id for case in cases))
        return CasePage.show(
            {"items": [shown(work, case, locale) for case in cases], "next_cursor": next_cursor}
        )


@blp.route("/<uuid:case_id>", methods=["GET"])
@operation(
    "cases:read",
    answers={200: CaseDetail},
    versioned=True,
    problems=("case_unknown",),
    leads_to=("change_case",),
)
def show_case(case_id: uuid.UUID) -> Answer:
    """One case with its notes, its identity checks, and the requests that wait for a second person."""
    with unit_of_work(write=False) as work:
        case = service.get(work, case_id)
        viewing.note(case.account_id)
        return CaseDetail.show(detail(work, case, locale_or_english())), 200, {"ETag": etag(tag(work, case))}


@blp.route("/<uuid:case_id>", methods=["PATCH"])
@operation(
    "cases:write",
    body=CaseChange,
    answers={200: CaseResponse},
    example={"status": "investigating"},
    versioned=True,
    problems=("case_unknown", "case_closed", "bad_transition", "account_frozen"),
    leads_to=("change_case",),
)
def change_case(case_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Assign a case, rank it, or take it a step further."""
    with unit_of_work() as work:
        case = service.lock(work, case_id)
        require_match(case.version, tag(work, case))
        changing.change(work, case, DESK.chosen().calendar, body)
        return CaseResponse.show(shown(work, case, locale_or_english())), 200, {"ETag": etag(tag(work, case))}


@blp.route("/<uuid:case_id>/notes", methods=["POST"])
@operation(
    "cases:write",
    body=NoteRequest,
    answers={201: NoteResponse},
    example={"text": "Owner calls from the registered number.", "internal": True},
    creates=NOTED,
    problems=("case_unknown", "case_closed"),
)
def add_note(case_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Write a note, for colleagues or (`internal: false`) for the owner."""
    with unit_of_work() as work:
        case = service.lock_open(work, case_id)
        note = notes.add(work, case, body["text"], internal=body["internal"], calendar=DESK.chosen().calendar)
    return NoteResponse.show(note), 201


@blp.route("/<uuid:case_id>/identity-checks", methods=["POST"])
@operation(
    "cases:write",
    body=CheckRequest,
    answers={201: CheckResponse},
    example={"method": "call_back", "outcome": "passed", "evidence_ref": "calls/2026-11-22/0417"},
    creates=CHECKED,
    problems=(
        *("case_unknown", "case_closed", "staff_required"),
        *("second_person_required", "contact_too_new"),
    ),
)
def add_identity_check(case_id: uuid.UUID, body: dict[str, Any]) -> Answer:
    """Record whether the owner is the owner; good for 24 hours, and for this case only.

    One that failed stands over all cases of the account until another person passes one.
    """
    with unit_of_work() as work:
        case = service.lock_open(work, case_id)
        check = identity.add(
            work,
            case,
            identity.CheckMethod(body["method"]),
            identity.CheckOutcome(body["outcome"]),
            body.get("evidence_ref"),
            DESK.chosen().last_changed,
        )
    return CheckResponse.show(shown_check(check)), 201


@messages.route("/messages", methods=["GET"])
@operation("accounts:read", pages=True, answers={200: MessagePage}, problems=("account_unknown",))
def list_messages(account_id: str) -> Answer:
    """What was written to the owner on cases, newest first: notes with `internal: false`."""
    wanted = page_request(pages.instant, uuid.UUID)
    with unit_of_work(write=False) as work:
        found, next_cursor = notes.for_owner(work, account_id, wanted)
    items = [
        {
            "message_id": note.note_id,
            "case_id": note.case_id,
            "reference": reference,
            "text": note.text,
            "written_at": note.written_at,
        }
        for note, reference in found
    ]
    return MessagePage.show({"items": items, "next_cursor": next_cursor})
