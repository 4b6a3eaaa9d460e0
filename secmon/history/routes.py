"""A case's past over HTTP: the timeline to read, the evidence to hand over."""

from __future__ import annotations

import uuid
from typing import Any

from secmon.audit import record_keys
from secmon.cases import service
from secmon.cases.schemas import CaseDetail, EvidenceResponse, TimelinePage
from secmon.cases.shown import detail
from secmon.core import pages
from secmon.core.pages import page
from secmon.history import evidence, timeline
from secmon.history.parts import HISTORY
from secmon.rooms.blueprint import Blueprint
from secmon.web import viewing
from secmon.web.install_fields import INSTALL_IDS
from secmon.web.locale import locale_or_english
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import snapshot, unit_of_work

blp = Blueprint(
    "case-history",
    __name__,
    url_prefix="/v1/cases/<uuid:case_id>",
    description="What happened to a case and its account.",
)


@blp.route("/timeline", methods=["GET"])
@operation("cases:read", pages=True, answers={200: TimelinePage}, problems=("case_unknown",))
def show_timeline(case_id: uuid.UUID) -> Answer:
    """Everything that happened to case and account, newest first, in sentences to be read aloud."""
    wanted = page_request(pages.instant, str, str)
    locale = locale_or_english()
    with unit_of_work(write=False) as work:
        case = service.get(work, case_id)
        viewing.note(case.account_id)
        found = timeline.read(work, case.account_id, HISTORY.chosen().sources, wanted.after, wanted.limit + 1)
    entries, next_cursor = page(found, wanted, timeline.position)
    return TimelinePage.show({"items": [_shown(one, locale) for one in entries], "next_cursor": next_cursor})


@blp.route("/evidence", methods=["GET"])
@operation("cases:read", answers={200: EvidenceResponse}, problems=("case_unknown",))
def show_evidence(case_id: uuid.UUID) -> Answer:
    """The same as one signed document, for police or a regulator; that it was handed out is audited."""
    with snapshot() as work:
        case = service.get(work, case_id)
        viewing.note(case.account_id)
        parts = evidence.gathered(
            work, case, CaseDetail.show(detail(work, case, locale_or_english())), HISTORY.chosen()
        )
    with unit_of_work() as work:
        key = record_keys.ensure(work, HISTORY.chosen().keys)
    document = evidence.sealed(parts, key)
    with unit_of_work() as work:
        evidence.handed_out(work, case_id, document, key.thumbprint())
    return document


def _shown(one: timeline.ToldEntry, locale: str) -> dict[str, Any]:
    entry = timeline.disclosed(one.entry, INSTALL_IDS.chosen())
    return {
        "at": entry.at,
        "source": one.source,
        "what": entry.what,
        "sentence": entry.sentence[locale],
        "facts": entry.facts,
    }
