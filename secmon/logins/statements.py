"""What the login path reads and writes, compiled once. Parameters that end in `_` belong to writes.

Each read is there for one event, and further down for the many of a batch: the same questions.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
)

from secmon.database.rows import Storing, Types, given_rows
from secmon.database.statements import ONE, Statement
from secmon.database.tables import ACCOUNT_ID
from secmon.devices import statements as devices
from secmon.logins.models import EntryMark, FailureMark, PopulationProgress, StoredLogin, StoredProfile
from secmon.policies.service import SHADOW_VERSION, VERSION_IN_FORCE

# Rows looked at in one tally, however loud a source is. An account has one a minute, so that in the ten
# minutes of a tally these are 25 accounts or more; five are enough to suspect a source.
MOST_MARKS = 256

# The first report of an event, and what became of it: the fields of `account_state.FirstReport`.
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
    ).select_from(ONE.outerjoin(StoredLogin, _same_event)),
    one_row=True,
)


Marks = type[FailureMark] | type[EntryMark]


def _others(marks: Marks, source: Any) -> Any:
    """How many other accounts a source has marks of in the minutes before."""
    found = (
        select(marks.account_id)
        .where(
            source,
            marks.minute > bindparam("minute") - bindparam("minutes"),
            marks.minute <= bindparam("minute"),
            marks.account_id != bindparam("account_id"),
        )
        .limit(MOST_MARKS)
        .subquery()
    )
    return select(func.count(func.distinct(found.c.account_id))).scalar_subquery()


# (accounts failed on from the address, from its network, accounts that got in from the address, from its
# network)
MARKED_BY_NETWORK = Statement(
    select(
        _others(FailureMark, FailureMark.network == bindparam("ip")),
        _others(FailureMark, FailureMark.network == bindparam("network")),
        _others(EntryMark, EntryMark.network == bindparam("ip")),
        _others(EntryMark, EntryMark.network == bindparam("network")),
    ),
    one_row=True,
)
# (accounts failed on from the device,)
FAILED_BY_DEVICE = Statement(
    select(_others(FailureMark, FailureMark.device_id == bindparam("device_id"))), one_row=True
)

# Logins that teach are numbered in the order in which they are stored: by that the population counts each of
# them once (`population.take`).
TURNS = "login_turns"
_counted = select(PopulationProgress.turn).scalar_subquery()


def next_turn(dialect: str) -> ColumnElement[int]:
    """The number of a login that teaches. To be drawn under its account's lock."""
    if dialect == "postgresql":
        return func.nextval(literal_column(f"'{TURNS}'"))
    highest = select(func.max(StoredLogin.turn)).where(StoredLogin.turn.is_not(None)).scalar_subquery()
    # Above what is counted too: the latest login may have been erased.
    nothing: ColumnElement[int] = literal_column("0")
    return func.max(func.coalesce(highest, nothing), func.coalesce(_counted, nothing)) + literal_column("1")


def is_counted() -> ColumnElement[bool]:
    """Of a login: nothing more is counted of it, so that it may be deleted."""
    return or_(StoredLogin.turn.is_(None), StoredLogin.turn <= _counted)


STORE_EVENT = Storing(
    StoredLogin,
    [column.name for column in StoredLogin.__table__.columns if column.name not in {"challenge", "turn"}],
    computed={"turn": lambda dialect, row: case((row["learnt"], next_turn(dialect)))},
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
MARK_ENTRY = Storing(
    EntryMark, ("account_id", "minute", "network"), lambda insert: insert.on_conflict_do_nothing()
)
# What the account failed from these sources lately was its owner, who has got in.
MEND_FAILURES = Statement(
    delete(FailureMark).where(
        FailureMark.account_id == bindparam("account_id_"),
        FailureMark.minute > bindparam("minute_") - bindparam("minutes_"),
        FailureMark.minute <= bindparam("minute_"),
        or_(
            FailureMark.network == bindparam("ip_"),
            FailureMark.network == bindparam("network_"),
            FailureMark.device_id == bindparam("device_id_"),
        ),
    ),
    returns_rows=False,
)


def _reported(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID, "event_id": ACCOUNT_ID})
    same_event = and_(StoredLogin.account_id == given.c.account_id, StoredLogin.event_id == given.c.event_id)
    return select(given.c.account_id, given.c.event_id, *BEFORE).select_from(
        given.join(StoredLogin, same_event)
    )


# (account_id, event_id, the columns of `BEFORE`) of those of the `rows` (account_id, event_id) that came in
# before.
REPORTED = Statement(_reported)


def _profiles(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID})
    same_account = StoredProfile.account_id == given.c.account_id
    return select(given.c.account_id, StoredProfile.profile).select_from(
        given.join(StoredProfile, same_account)
    )


# (account_id, profile) of those of the `rows` (account_id,) that have one.
PROFILES = Statement(_profiles)

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
    columns = (
        (FailureMark, FailureMark.network == given.c.ip),
        (FailureMark, FailureMark.network == given.c.network),
        (FailureMark, FailureMark.device_id == given.c.device_id),
        (EntryMark, EntryMark.network == given.c.ip),
        (EntryMark, EntryMark.network == given.c.network),
    )
    return select(
        given.c.nth_row,
        *(_marks(dialect, given, marks, source) for marks, source in columns),
        _collected(dialect, given, devices.others_on(given.c.device_id, given.c.account_id)),
    )


def _marks(dialect: str, given: Any, marks: Marks, source: Any) -> Any:
    """The marks that a source has of other accounts in the event's window, as "minute account"."""
    found = (
        select(cast(marks.minute, String).concat(" ").concat(marks.account_id).label("mark"))
        .where(
            source,
            marks.minute >= given.c.first_minute,
            marks.minute <= given.c.minute,
            marks.account_id != given.c.account_id,
        )
        .limit(MOST_MARKS)
    )
    return _collected(dialect, given, found)


def _collected(dialect: str, given: Any, query: Any) -> Any:
    rows = query.correlate(given).subquery()
    collect = func.json_agg if dialect == "postgresql" else func.json_group_array
    return select(collect(next(iter(rows.c)))).scalar_subquery()


# (position, marks of failures from the address, from the network, from the device, marks of entries from the
# address, from the network, other accounts on the device): JSON arrays or nothing.
SOURCES = Statement(_sources)
