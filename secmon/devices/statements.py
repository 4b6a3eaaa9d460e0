"""What the login path reads and writes of devices, compiled once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, func, select

from secmon.core.rows import Storing, given_rows
from secmon.core.statements import Statement
from secmon.core.tables import ACCOUNT_ID
from secmon.devices.models import Device

MOST_KNOWN = 64
ENOUGH_ACCOUNTS = 16

_known_columns = (
    Device.device_key,
    Device.install_id,
    Device.traits,
    Device.trusted,
    Device.label,
    Device.last_seen_at,
)

# (device_key, install_id, traits, trusted, label, last_seen_at) of the devices in use, latest first.
KNOWN = Statement(
    select(*_known_columns)
    .where(Device.account_id == bindparam("account_id"), Device.known_since.is_not(None))
    .order_by(Device.last_seen_at.desc())
    .limit(MOST_KNOWN)
)


def _known_of_many(dialect: str) -> Any:
    given = given_rows(dialect, {"account_id": ACCOUNT_ID})
    return (
        select(Device.account_id, *_known_columns)
        .where(Device.account_id.in_(select(given.c.account_id)), Device.known_since.is_not(None))
        .order_by(Device.account_id, Device.last_seen_at.desc())
    )


# As KNOWN for the `rows` (account_id,), the account in front; the caller stops at MOST_KNOWN an account.
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
OTHER_ACCOUNTS = Statement(select(func.count()).select_from(_others))


def _seen_again(insert: Any) -> Any:
    new = insert.excluded
    # Events arrive late and out of order: what was seen first and last is what happened first and last.
    earlier, later = new.first_seen_at < Device.first_seen_at, new.last_seen_at > Device.last_seen_at
    return insert.on_conflict_do_update(
        index_elements=[Device.account_id, Device.device_key],
        set_={
            "traits": new.traits,
            "known_since": func.coalesce(Device.known_since, new.known_since),
            "first_seen_at": case((earlier, new.first_seen_at), else_=Device.first_seen_at),
            "last_seen_at": case((later, new.last_seen_at), else_=Device.last_seen_at),
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
    ),
    _seen_again,
)
