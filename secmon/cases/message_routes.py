"""What the support desk has written to an owner, for the wallet's app to show."""

from __future__ import annotations

import uuid

from secmon.cases import notes
from secmon.cases.schemas import MessagePage
from secmon.core import pages
from secmon.rooms.blueprint import Blueprint
from secmon.web.operation import Answer, operation
from secmon.web.query import page_request
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "case-messages",
    __name__,
    url_prefix="/v1/accounts/<identifier:account_id>",
    description="What the support desk writes to owners.",
)


@blp.route("/messages", methods=["GET"])
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
