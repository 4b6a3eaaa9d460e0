"""What the login path reads and writes of devices, compiled once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal_column, not_, select, true
from sqlalchemy.orm import aliased

from secmon.database.rows import Storing, given_rows
from secmon.database.statements import Statement
from secmon.database.tables import ACCOUNT_ID
from secmon.devices.models import Device
from secmon.devices.recognition import MOST_KNOWN
from secmon.risk.limits import OTHER_ACCOUNTS_ON_DEVICE

ENOUGH_ACCOUNTS = OTHER_ACCOUNTS_ON_DEVICE

_KNOWN_COLUMNS = (
    *("device_key", "install_id", "traits", "trusted", "label", "last_seen_at"),
    *("key_thumbprint", "used_nonces"),
)


def _latest_known(of: Any, account_id: Any, *names: str) -> Any:
    """Of an account's known devices the latest: an index hands them over, however many there are."""
    return (
        select(*(getattr(of, name) for name in names))
        .where(of.account_id == account_id, of.known_since.is_not(None))
        .order_by(of.last_seen_at.desc())
        .limit(literal_column(str(MOST_KNOWN)))
    )


# `_KNOWN_COLUMNS` of the devices in use, latest first.
KNOWN = Statement(_latest_known(Device, bindparam("account_id"), *_KNOWN_COLUMNS))


def _known_of_many(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID})
    if dialect == "postgresql":
        latest = _latest_known(Device, given.c.account_id, *_KNOWN_COLUMNS).lateral("latest")
        found, joined = latest.c, given.join(latest, true())
    else:
        # SQLite has no LATERAL, and looks up by key what it finds IN a subquery.
        keys = _latest_known(aliased(Device), given.c.account_id, "device_key").correlate(given)
        is_latest = and_(Device.account_id == given.c.account_id, Device.device_key.in_(keys))
        found, joined = Device, given.join(Device, is_latest)
    return (
        select(given.c.account_id, *(getattr(found, name) for name in _KNOWN_COLUMNS))
        .select_from(joined)
        .order_by(given.c.account_id, found.last_seen_at.desc())
    )


# As KNOWN for the `rows` (account_id,), the account in front.
KNOWN_OF_MANY = Statement(_known_of_many)


def others_on(install_id: Any, account_id: Any) -> Any:
    """The other accounts that an install has logged in to, no more of them than matter."""
    return (
        select(Device.account_id)
        .where(Device.install_id == install_id, Device.account_id != account_id)
        .distinct()
        .limit(ENOUGH_ACCOUNTS)
    )


_others = others_on(bindparam("install_id"), bindparam("account_id")).subquery()
# How many other accounts an install has logged in to; counted no further than it matters.
OTHER_ACCOUNTS = Statement(select(func.count()).select_from(_others), one_row=True)


def _seen_again(insert: Any) -> Any:
    new = insert.excluded
    # Events arrive late and out of order: what was seen first and last is what happened first and last.
    earlier, later = new.first_seen_at < Device.first_seen_at, new.last_seen_at > Device.last_seen_at
    # A login that nobody has proven says nothing of a known device. Nor do those from before it was known.
    is_known, teaches = Device.known_since.is_not(None), new.known_since.is_not(None)
    begins = and_(not_(is_known), teaches)
    return insert.on_conflict_do_update(
        index_elements=[Device.account_id, Device.device_key],
        set_={
            "traits": case((and_(is_known, not_(teaches)), Device.traits), else_=new.traits),
            "known_since": func.coalesce(Device.known_since, new.known_since),
            "first_seen_at": case((earlier, new.first_seen_at), else_=Device.first_seen_at),
            "last_seen_at": case(
                (begins, new.last_seen_at),
                (and_(is_known, not_(teaches)), Device.last_seen_at),
                (later, new.last_seen_at),
                else_=Device.last_seen_at,
            ),
            # The first key that it was known by stays. A nonce is used, whatever became of its login.
            "key_thumbprint": func.coalesce(Device.key_thumbprint, new.key_thumbprint),
            "used_nonces": func.coalesce(new.used_nonces, Device.used_nonces),
        },
    )


# A device seen in a login; known from `known_since_` on, where that is given.
SEEN = Storing(
    Device,
    (
        "account_id",
        "device_key",
        "install_id",
        "traits",
        "trusted",
        "known_since",
        "first_seen_at",
        "last_seen_at",
        "key_thumbprint",
        "used_nonces",
    ),
    _seen_again,
)
