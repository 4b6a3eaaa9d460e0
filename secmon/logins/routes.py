"""Logins over HTTP.

In one by one or many at once, assessed without a trace, looked at in pages.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from secmon.core import pages
from secmon.core.errors import EventReused
from secmon.devices.device_proof import NONCE_LIVES
from secmon.logins import shapes, stored
from secmon.logins.batch import ingest_batch
from secmon.logins.challenges import settle_challenge
from secmon.logins.event import LoginEvent, LoginOutcome
from secmon.logins.ingest import assess_only, ingest
from secmon.logins.judges import JUDGES
from secmon.logins.requests import (
    ASSESSMENT_REQUEST,
    BATCH,
    LOGIN_EVENT,
    Read,
    as_imported,
    challenge_settled,
    login_event,
    read_events,
    write_results,
)
from secmon.logins.schemas import (
    AssessmentRequest,
    AssessmentResponse,
    BatchRequest,
    BatchResponse,
    ChallengeRequest,
    EventPage,
    LoginEventRequest,
    NonceResponse,
    SettledResponse,
)
from secmon.rooms.blueprint import Blueprint
from secmon.web.limits import Limited
from secmon.web.locale import wished_locale
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.replays import HANDLED_ANEW
from secmon.web.unit_of_work import DATABASE, unit_of_work

LARGEST_BATCH = 8 * 1024 * 1024

blp = Blueprint("login-events", __name__, url_prefix="/v1", description="What the wallet reports of logins.")
nonces = Blueprint(
    "device-nonces", __name__, url_prefix="/v1", description="What an app signs before it logs in."
)


@blp.route("/login-events", methods=["POST"])
@operation(
    "events:write",
    limited=Limited.NOT,
    body=LoginEventRequest,
    quick=shapes.read,
    answers={201: AssessmentResponse, 200: AssessmentResponse},
    problems=("event_id_reused",),
    example=LOGIN_EVENT,
    creates=HANDLED_ANEW,
    leads_to=(
        "settle",
        "change_device",
        "show_alert",
        "answer_alert",
        "show_standing",
        "put_account",
        "list_devices",
        "list_alerts",
        "list_login_events",
    ),
)
def post_login_event(body: dict[str, Any]) -> Answer:
    """Report a login; the answer says which device this is, how risky the login is and what to do.

    Reported again it is 200, with what holds now: `deny` while the account is frozen, and after a freeze that
    came later than the login; what its challenge made of it; standing and required actions as they are.
    """
    event = login_event(body, DATABASE.chosen().clock())
    with unit_of_work() as work:
        done = ingest(work, event, JUDGES.chosen(), wished_locale())
    if done.answer is None:
        raise EventReused
    return Response(done.answer, 201 if done.created else 200, content_type="application/json")


@blp.route("/login-events/batch", methods=["POST"])
@operation(
    "events:write",
    limited=Limited.NOT,
    body=BatchRequest,
    sends=("application/json", "application/x-ndjson"),
    answers={200: BatchResponse},
    example=BATCH,
    creates=HANDLED_ANEW,
    largest_body=LARGEST_BATCH,
)
def post_login_events() -> Answer:
    """Report up to 1,000 logins, as JSON or NDJSON; each is judged as if it had come alone.

    What would be 409 `event_id_reused` alone is `invalid` here, with an error that points at the `event_id`.
    """
    return _ingested(read_events(DATABASE.chosen().clock()))


@blp.route("/login-events/import", methods=["POST"])
@operation(
    "events:import",
    limited=Limited.NOT,
    body=BatchRequest,
    sends=("application/json", "application/x-ndjson"),
    answers={200: BatchResponse},
    example=BATCH,
    creates=HANDLED_ANEW,
    largest_body=LARGEST_BATCH,
)
def import_login_events() -> Answer:
    """Bring up to 1,000 logins of the wallet's past, of any age, oldest first.

    They teach what is usual of their owners, whatever they look like. Nobody is told of them, and they freeze
    nothing.
    """
    return _ingested([as_imported(read) for read in read_events(DATABASE.chosen().clock())])


def _ingested(events: list[Read]) -> Response:
    with unit_of_work() as work:
        found = [event for _, event in events if isinstance(event, LoginEvent)]
        done = ingest_batch(work, found, JUDGES.chosen(), wished_locale())
    return Response(write_results(events, iter(done)), 200, content_type="application/json")


@blp.route("/risk-assessments", methods=["POST"])
@operation(
    "events:write",
    limited=Limited.NOT,
    body=AssessmentRequest,
    answers={200: AssessmentResponse},
    example=ASSESSMENT_REQUEST,
)
def assess_risk(body: dict[str, Any]) -> Answer:
    """How risky would this login be? Records nothing."""
    event = login_event({**body, "event_id": "", "outcome": LoginOutcome.SUCCESS}, DATABASE.chosen().clock())
    with unit_of_work(write=False) as work:
        return assess_only(work, event, JUDGES.chosen(), wished_locale())


@blp.route("/accounts/<identifier:account_id>/login-events", methods=["GET"])
@operation("accounts:read", pages=True, answers={200: EventPage})
def list_login_events(account_id: str) -> Answer:
    """The account's login events, newest first, each with the answer it was given."""
    wanted = page_request(pages.instant, str)
    with unit_of_work(write=False) as work:
        events, next_cursor = stored.newest(work, account_id, wanted)
    return EventPage.show({"items": events, "next_cursor": next_cursor})


@blp.route("/accounts/<identifier:account_id>/login-events/<identifier:event_id>/challenge", methods=["POST"])
@operation(
    "events:write",
    body=ChallengeRequest,
    answers={200: SettledResponse},
    problems=("event_unknown", "challenge_settled", "challenge_expired", "not_challenged", "account_frozen"),
    example={"outcome": "passed", "method": "otp", "occurred_at": "2026-11-22T10:01:00+08:00"},
)
def settle(account_id: str, event_id: str, body: dict[str, Any]) -> Answer:
    """Say what became of the challenge that was put to the owner: proven, the device becomes known."""
    with unit_of_work() as work:
        return settle_challenge(
            work, account_id, event_id, challenge_settled(body, work.now), JUDGES.chosen()
        )


@nonces.route("/device-nonces", methods=["POST"])
@operation("events:write", limited=Limited.NOT, answers={201: NonceResponse})
def make_nonce() -> Answer:
    """A nonce for one login, to be signed by the app into its `device_proof`; nothing is stored."""
    with unit_of_work(write=False) as work:
        work.read()  # A revoked caller is told nothing, though nothing else is read.
        nonce = JUDGES.chosen().nonces.make(work.now)
        return NonceResponse.show({"nonce": nonce, "expires_at": work.now + NONCE_LIVES}), 201
