"""The devices that an account was used from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant


class Device(Base):
    """`device_key` is what the API calls `device_id`: the wallet's own id where it names its install.

    `known_since` is empty while the device was only seen, in a login that nobody has proven yet.
    `install_id` is the id that the client claimed; a clone claims another device's.
    `key_thumbprint` names the key that its logins have to be signed by, once it has shown one; `used_nonces`
    are the latest that it signed, as JSON.
    """

    __tablename__ = "devices"
    __table_args__ = (
        # shared_device asks how many accounts an install has logged in to.
        # In the order of accounts, so that a device of everybody's is looked at no further than it matters.
        Index("ix_devices_install", "install_id", "account_id"),
        # A login reads the latest devices that the account is known by, however many there are.
        Index(
            "ix_devices_known",
            "account_id",
            "last_seen_at",
            postgresql_where=text("known_since IS NOT NULL"),
            sqlite_where=text("known_since IS NOT NULL"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    device_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    install_id: Mapped[str | None] = mapped_column(String(64))
    traits: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(String(80))
    trusted: Mapped[bool] = mapped_column(Boolean)
    known_since: Mapped[datetime | None] = mapped_column(Instant())
    first_seen_at: Mapped[datetime] = mapped_column(Instant())
    last_seen_at: Mapped[datetime] = mapped_column(Instant())
    key_thumbprint: Mapped[str | None] = mapped_column(String(43))
    used_nonces: Mapped[str | None] = mapped_column(Text)
