"""The deny list over HTTP, for whoever holds `clients:write`."""

from __future__ import annotations

from typing import Any

from secmon.clients import denied_subjects
from secmon.clients.schemas import (
    DeniedSubjectPage,
    DeniedSubjectRequest,
    DeniedSubjectResponse,
    SubjectQuery,
)
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "denied-subjects",
    __name__,
    url_prefix="/v1/denied-subjects",
    description="People of the identity provider whose tokens are not accepted.",
)


@blp.route("", methods=["POST"])
@operation(
    "clients:write",
    body=DeniedSubjectRequest,
    answers={200: DeniedSubjectResponse},
    example={"subject": "auth0|65f2", "reason": "Left the company"},
)
def deny_subject(body: dict[str, Any]) -> Answer:
    """Refuse every token of a person from now on, those that were issued already too."""
    with unit_of_work() as work:
        denied = denied_subjects.deny(work, body["subject"], body["reason"])
        return DeniedSubjectResponse.show(denied)


@blp.route("", methods=["GET"])
@operation("clients:write", of_no_account=True, pages=True, answers={200: DeniedSubjectPage})
def list_denied_subjects() -> Answer:
    """The denied subjects, in the order of their letters."""
    with unit_of_work(write=False) as work:
        denied, next_cursor = denied_subjects.listed(work, page_request(str))
    return DeniedSubjectPage.show({"items": denied, "next_cursor": next_cursor})


@blp.route("", methods=["DELETE"])
@operation(
    "clients:write",
    query=SubjectQuery,
    answers={204: "No longer denied"},
    problems=("subject_not_denied",),
)
def allow_subject(query: dict[str, Any]) -> Answer:
    """Take a subject off the list: tokens that have not expired are good again."""
    with unit_of_work() as work:
        denied_subjects.allow(work, query["subject"])
    return None, 204
