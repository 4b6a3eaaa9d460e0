"""What the login path reads and writes, compiled once. Parameters that end in `_` belong to writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, func, select

from secmon.core.rows import Storing
from secmon.core.statements import Statement
from secmon.logins.models import FailureMark, StoredLogin, StoredProfile, Uncounted
from secmon.policies.service import SHADOW_VERSION, VERSION_IN_FORCE

# Rows looked at in one tally, however loud a source is; five accounts are enough to suspect it.
MOST_MARKS = 256

# (profile, first answer, version of the policy in force, of the shadow): everything that one row can say.
STATE = Statement(
    select(
        select(StoredProfile.profile)
        .where(StoredProfile.account_id == bindparam("account_id"))
        .scalar_subquery(),
        select(StoredLogin.assessment)
        .where(
            StoredLogin.account_id == bindparam("account_id"), StoredLogin.event_id == bindparam("event_id")
        )
        .scalar_subquery(),
        VERSION_IN_FORCE,
        SHADOW_VERSION,
    )
)


def _marks(*where: Any) -> Any:
    return (
        select(FailureMark.account_id, FailureMark.ip)
        .where(
            *where,
            FailureMark.minute > bindparam("minute") - bindparam("minutes"),
            FailureMark.minute <= bindparam("minute"),
            FailureMark.account_id != bindparam("account_id"),
        )
        .limit(MOST_MARKS)
        .subquery()
    )


_by_network = _marks(FailureMark.network == bindparam("network"))
_by_device = _marks(FailureMark.device_id == bindparam("device_id"))

# (accounts failed on from the address, from its network): distinct other accounts in the minutes before.
FAILED_BY_NETWORK = Statement(
    select(
        func.count(func.distinct(case((_by_network.c.ip == bindparam("ip"), _by_network.c.account_id)))),
        func.count(func.distinct(_by_network.c.account_id)),
    )
)
# (accounts failed on from the device,)
FAILED_BY_DEVICE = Statement(select(func.count(func.distinct(_by_device.c.account_id))))

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
TO_BE_COUNTED = Storing(Uncounted, ("account_id", "event_id", "level_values"))
