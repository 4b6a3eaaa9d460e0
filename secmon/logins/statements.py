"""What the login path reads and writes, compiled once. Parameters that end in `_` belong to writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select

from secmon.database.rows import Storing
from secmon.database.statements import Statement
from secmon.logins.models import FailureMark, StoredLogin, StoredProfile, Uncounted
from secmon.policies.service import SHADOW_VERSION, VERSION_IN_FORCE

# Rows looked at in one tally, however loud a source is. An account has one a minute, so that in the ten
# minutes of a tally these are 25 accounts or more; five are enough to suspect a source.
MOST_MARKS = 256

# The first report of an event, and what became of it: the fields of `known.Before`.
BEFORE = (
    StoredLogin.assessment,
    StoredLogin.digest,
    StoredLogin.challenge,
    StoredLogin.learnt,
    StoredLogin.received_at,
)
_same_event = and_(
    StoredLogin.account_id == bindparam("account_id"), StoredLogin.event_id == bindparam("event_id")
)

# (profile, the columns of `BEFORE` or nothing, version of the policy in force, of the shadow): everything
# that one row can say.
STATE = Statement(
    select(
        select(StoredProfile.profile)
        .where(StoredProfile.account_id == bindparam("account_id"))
        .scalar_subquery(),
        *BEFORE,
        VERSION_IN_FORCE,
        SHADOW_VERSION,
    ).select_from(select(literal_column("1")).subquery("one").outerjoin(StoredLogin, _same_event))
)


def _failed_on(source: Any) -> Any:
    """How many other accounts a source failed on in the minutes before."""
    marks = (
        select(FailureMark.account_id)
        .where(
            source,
            FailureMark.minute > bindparam("minute") - bindparam("minutes"),
            FailureMark.minute <= bindparam("minute"),
            FailureMark.account_id != bindparam("account_id"),
        )
        .limit(MOST_MARKS)
        .subquery()
    )
    return select(func.count(func.distinct(marks.c.account_id))).scalar_subquery()


# (accounts failed on from the address, from its network)
FAILED_BY_NETWORK = Statement(
    select(
        _failed_on(FailureMark.network == bindparam("ip")),
        _failed_on(FailureMark.network == bindparam("network")),
    )
)
# (accounts failed on from the device,)
FAILED_BY_DEVICE = Statement(select(_failed_on(FailureMark.device_id == bindparam("device_id"))))

STORE_EVENT = Storing(
    StoredLogin, [column.name for column in StoredLogin.__table__.columns if column.name != "challenge"]
)
STORE_PROFILE = Storing(
    StoredProfile,
    ("account_id", "profile"),
    lambda insert: insert.on_conflict_do_update(
        index_elements=[StoredProfile.account_id], set_={"profile": insert.excluded.profile}
    ),
)
MARK_FAILURE = Storing(
    FailureMark,
    ("account_id", "minute", "ip", "device_id", "network"),
    lambda insert: insert.on_conflict_do_nothing(),
)
# A login that was learnt, taken back and learnt again waits to be counted already.
TO_BE_COUNTED = Storing(
    Uncounted,
    ("account_id", "event_id", "level_values"),
    lambda insert: insert.on_conflict_do_nothing(),
)
