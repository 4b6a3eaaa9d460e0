"""What holds beside the account's own row: in the round trip of whoever asks the gate."""

from __future__ import annotations

from sqlalchemy import bindparam, literal_column, or_, select

from secmon.database.statements import Statement
from secmon.database.tables import Instant
from secmon.holds.models import Hold

# (whether anything holds that the account's row does not say: of a payee, or of a device,)
HELD_BESIDE = Statement(
    select(
        select(literal_column("1"))
        .where(
            Hold.account_id == bindparam("account_id"),
            or_(
                Hold.subject.in_([bindparam("payee"), bindparam("payees")]),
                Hold.subject.startswith("device:"),
            ),
            Hold.until > bindparam("now", type_=Instant()),
            Hold.ended_at.is_(None),
        )
        .exists()
    ),
    one_row=True,
)
