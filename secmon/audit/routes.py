"""The audit over HTTP, for whoever holds `audit:read`."""

from __future__ import annotations

from typing import Any

from secmon.audit import listing
from secmon.audit.schemas import AuditPage, AuditQuery
from secmon.core import pages
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "audit", __name__, url_prefix="/v1/audit", description="Who did what, when, from where and why."
)


@blp.route("", methods=["GET"])
@operation("audit:read", query=AuditQuery, pages=True, answers={200: AuditPage})
def list_entries(query: dict[str, Any]) -> Answer:
    """The audit trail, newest first; narrowed by account, actor, action and time."""
    wanted = page_request(pages.instant, str, pages.whole)
    with unit_of_work(write=False) as work:
        entries, next_cursor = listing.listed(work, wanted, **query)
    shown: dict[str, Any] = AuditPage.show({"items": entries, "next_cursor": next_cursor})
    return shown
