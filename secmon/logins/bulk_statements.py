"""The login path's reads for many events at once: the same questions, one statement each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, String, and_, func, select

from secmon.database.rows import Types, given_rows
from secmon.database.statements import Statement
from secmon.database.tables import ACCOUNT_ID
from secmon.devices import statements as devices
from secmon.logins.models import FailureMark, StoredLogin, StoredProfile
from secmon.logins.statements import BEFORE, MOST_MARKS
from secmon.policies.service import SHADOW_VERSION, VERSION_IN_FORCE


def _states(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID, "event_id": ACCOUNT_ID})
    same_event = and_(StoredLogin.account_id == given.c.account_id, StoredLogin.event_id == given.c.event_id)
    return (
        select(given.c.account_id, given.c.event_id, StoredProfile.profile, *BEFORE)
        .select_from(given)
        .outerjoin(StoredProfile, StoredProfile.account_id == given.c.account_id)
        .outerjoin(StoredLogin, same_event)
    )


# (account_id, event_id, profile, the columns of `BEFORE` or nothing) for the `rows` (account_id, event_id).
STATES = Statement(_states)

# (version of the policy in force, of the shadow policy)
POLICY_VERSIONS = Statement(select(VERSION_IN_FORCE, SHADOW_VERSION))

SOURCE_COLUMNS: Types = {
    "account_id": ACCOUNT_ID,
    "ip": String(),
    "network": String(),
    "device_id": String(),
    "minute": BigInteger(),
    "first_minute": BigInteger(),
}


def _sources(dialect: str) -> Any:
    given = given_rows(dialect, SOURCE_COLUMNS)
    return select(
        given.c.nth_row,
        _failed_on(dialect, given, FailureMark.network == given.c.ip),
        _failed_on(dialect, given, FailureMark.network == given.c.network),
        _failed_on(dialect, given, FailureMark.device_id == given.c.device_id),
        _collected(dialect, given, devices.others_on(given.c.device_id, given.c.account_id)),
    )


def _failed_on(dialect: str, given: Any, source: Any) -> Any:
    """The other accounts that a source failed on in the event's window; some of them several times."""
    found = (
        select(FailureMark.account_id)
        .where(
            source,
            FailureMark.minute >= given.c.first_minute,
            FailureMark.minute <= given.c.minute,
            FailureMark.account_id != given.c.account_id,
        )
        .limit(MOST_MARKS)
    )
    return _collected(dialect, given, found)


def _collected(dialect: str, given: Any, query: Any) -> Any:
    rows = query.correlate(given).subquery()
    collect = func.json_agg if dialect == "postgresql" else func.json_group_array
    return select(collect(next(iter(rows.c)))).scalar_subquery()


# (position, accounts failed on from the address, from the network, from the device, other accounts on the
# device): JSON arrays or nothing.
SOURCES = Statement(_sources)
