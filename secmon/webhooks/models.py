"""One row an endpoint: an address of the wallet's that wants to be told of some kinds of event."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import DOCUMENT, Base, Instant


class OffReason(StrEnum):
    OPERATOR = "operator"
    GONE = "gone"  # It answered 410.


class WebhookEndpoint(Base):
    """`secret` and, while a rotation lasts, `former_secret` are sealed. On where `off_since` is None."""

    __tablename__ = "webhook_endpoints"

    endpoint_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(DOCUMENT)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    former_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_secret_until: Mapped[datetime | None] = mapped_column(Instant())
    off_since: Mapped[datetime | None] = mapped_column(Instant())
    off_reason: Mapped[str | None] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Instant())
