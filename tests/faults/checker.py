"""Does the database agree with the clients' own record, and with itself?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from secmon.audit.verify import verify
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from tests.faults.record import Kind, Record, Request
from tests.faults.stored import COMPROMISED, Consequence, Stored, read

# (account, what kind of row, its id)
Row = tuple[str, str, str]
# Rows, by the requests that each make one of them.
MADE_BY = {
    "login": {Kind.LOGIN},
    "change": {Kind.CHANGE},
    "freeze": {Kind.FREEZE},
    "case": {Kind.CASE, Kind.FREEZE},
    "note": {Kind.NOTE, Kind.REPORT_AGAIN},
    "check": {Kind.CHECK},
    "approval": {Kind.ASK},
}


def assert_consistent(database: Database, record: Record) -> None:
    """Nothing acknowledged is lost, nothing is half done, nothing is doubled, and every chain holds."""
    with database.work(SYSTEM, write=False) as work:
        verdict = verify(work)
        stored = read(work)
    found = {
        "flaw": verdict.flaw,
        "lost": lost(stored, record),
        "half done": half_done(stored),
        "unasked": unasked(stored, record),
    }
    assert not any(found.values()), found


def lost(stored: Stored, record: Record) -> list[Request]:
    """What was acknowledged, and is not there as it was acknowledged."""
    answers = {(login.account_id, login.event_id): login.assessment for login in stored.logins}
    approved = {str(request.request_id) for request in stored.approvals if request.status == "approved"}
    alerts = {str(alert.alert_id) for alert in stored.alerts}
    rows = set(_rows(stored))

    def is_there(request: Request) -> bool:
        told = request.told
        match request.kind:
            case Kind.LOGIN:
                answered = request.answer is not None and request.answer.text
                alerted = told.get("alert_id") in alerts | {None}
                return alerted and answers.get((request.account_id, told["event_id"])) == answered
            case Kind.COMPROMISE:
                return _reason(request) in stored.reasons
            case Kind.APPROVE:
                return told["request_id"] in approved
            case _:
                return rows.issuperset(_made(request)) and (request.key is None or request.key in stored.keys)

    return [request for request in record.requests if request.acknowledged and not is_there(request)]


def half_done(stored: Stored) -> dict[Consequence, int]:
    """Audit entries, messages and standings that are missing (above nought) or uncalled for (below)."""
    difference = stored.called_for()
    difference.subtract(stored.there())
    return {what: by for what, by in difference.items() if by}


def unasked(stored: Stored, record: Record) -> dict[tuple[str, str], int]:
    """By account and kind of row: how many more rows there are than requests that took effect.

    A request with a key took effect where its answer is stored, and one with an `event_id` at most once.
    """
    rows = Counter((account_id, kind) for account_id, kind, _ in _rows(stored))
    events = {(login.account_id, login.event_id) for login in stored.logins}
    events |= {(change.account_id, change.event_id) for change in stored.changes}
    for request in record.requests:
        took_effect = request.key in stored.keys if request.key else _event(request) in events
        for kind, makers in MADE_BY.items():
            if took_effect and request.kind in makers:
                rows[request.account_id, kind] -= 1
    return {what: by for what, by in rows.items() if by} | _compromises(stored, record)


def _compromises(stored: Stored, record: Record) -> dict[tuple[str, str], int]:
    """Each report is an entry of its own, however often it is sent; the owner is told at least once."""
    entries = Counter(entry.account_id for entry in stored.audit if entry.action == COMPROMISED)
    told = Counter(message.account_id for message in stored.messages if message.kind == COMPROMISED)
    sent = Counter[str]()
    for request in record.of(Kind.COMPROMISE):
        sent[request.account_id] += len(request.attempts)
    return {
        (account_id, COMPROMISED): count
        for account_id, count in entries.items()
        if not 1 <= told[account_id] <= count <= sent[account_id]
    }


def _rows(stored: Stored) -> Iterator[Row]:
    yield from ((row.account_id, "login", row.event_id) for row in stored.logins)
    yield from ((row.account_id, "change", row.event_id) for row in stored.changes)
    yield from ((row.account_id, "freeze", str(row.freeze_id)) for row in stored.freezes)
    yield from ((row.account_id, "case", str(row.case_id)) for row in stored.cases)
    yield from ((row.account_id, "note", str(row.note_id)) for row in stored.notes)
    yield from ((row.account_id, "check", str(row.check_id)) for row in stored.checks)
    yield from ((row.account_id, "approval", str(row.request_id)) for row in stored.approvals)


def _made(request: Request) -> set[Row]:
    """The rows that its answer names."""
    account_id, told = request.account_id, request.told
    match request.kind:
        case Kind.FREEZE | Kind.REPORT_AGAIN:
            freeze, case = told["freeze"]["freeze_id"], told["case"]["case_id"]
            return {(account_id, "freeze", freeze), (account_id, "case", case)}
        case Kind.CASE:
            return {(account_id, "case", told["case_id"])}
        case Kind.NOTE:
            return {(account_id, "note", told["note_id"])}
        case Kind.CHECK:
            return {(account_id, "check", told["check_id"])}
        case Kind.ASK:
            return {(account_id, "approval", told["request_id"])}
        case Kind.CHANGE:
            return {(account_id, "change", told["event_id"])}
        case _:
            return set()


def _event(request: Request) -> tuple[str, str | None]:
    return request.account_id, (request.body or {}).get("event_id")


def _reason(request: Request) -> str:
    body = request.body or {}
    return f"{body['source']}: {body['detail']}"
