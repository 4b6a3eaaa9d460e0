"""The tables of logins.

The events, one profile an account, and what the tallies and the population are counted from.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from secmon.database.tables import ACCOUNT_ID, Base, Instant

# What became of a login's challenge. `UNPROVEN`: passed, by what proves nothing; that settles nothing.
# `VOID`: a theft was ended before anybody told, and what is told later is not believed.
PASSED, FAILED, UNPROVEN, VOID = "passed", "failed", "unproven", "void"


def outcome_of(challenge: str | None) -> str | None:
    """What the wallet told of a challenge that is stored so."""
    return PASSED if challenge == UNPROVEN else challenge


class StoredLogin(Base):
    """One login event with the first answer that was given to it, word for word."""

    __tablename__ = "login_events"
    __table_args__ = (
        Index("ix_login_events_occurred", "account_id", "occurred_at", "event_id"),
        # The gate asks whose session it is.
        Index(
            "ix_login_events_session",
            "account_id",
            "session_id",
            postgresql_where=text("session_id IS NOT NULL"),
            sqlite_where=text("session_id IS NOT NULL"),
        ),
        # For the purge. Cheap to keep: what comes in now goes to the right end, a page that is in memory.
        Index("ix_login_events_received_at", "received_at"),
        # How good the policy is, is counted from the few that were not let in.
        Index(
            "ix_login_events_not_allowed",
            "received_at",
            postgresql_where=text("decision <> 'allow'"),
            sqlite_where=text("decision <> 'allow'"),
        ),
        # For the population, which is counted in this order; so cheap for the same reason.
        Index(
            "ix_login_events_turn",
            "turn",
            postgresql_where=text("turn IS NOT NULL"),
            sqlite_where=text("turn IS NOT NULL"),
        ),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(Instant())
    received_at: Mapped[datetime] = mapped_column(Instant())
    outcome: Mapped[str] = mapped_column(String(8))
    failure_reason: Mapped[str | None] = mapped_column(String(16))
    ip: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(Text)
    device_id: Mapped[str | None] = mapped_column(String(64))
    session_id: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str | None] = mapped_column(String(16))
    amr: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(10))
    learnt: Mapped[bool] = mapped_column(Boolean)
    assessment: Mapped[str] = mapped_column(Text)
    challenge: Mapped[str | None] = mapped_column(String(8))
    # Of what the wallet reported (`repeated`); empty where the release before stored the event.
    digest: Mapped[str | None] = mapped_column(String(32))
    # Empty for what was stored before there was an import.
    imported: Mapped[bool | None] = mapped_column(Boolean)
    # The key that its `device_proof` was signed by, where that was accepted (RFC 7638).
    proven_key: Mapped[str | None] = mapped_column(String(43))
    # Its number among the logins that taught (`turns`); empty for what taught nothing, and for what the
    # release before stored.
    turn: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def challenge_outcome(self) -> str | None:
        """What the wallet told of the challenge."""
        return outcome_of(self.challenge)

    @property
    def challenge_proven(self) -> bool | None:
        """Whether a challenge that was passed proved the owner."""
        return None if self.challenge in (None, FAILED) else self.challenge == PASSED


class StoredProfile(Base):
    """The owner's habits and recent past: one bounded row an account, read and written with its logins."""

    __tablename__ = "login_profiles"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    profile: Mapped[str] = mapped_column(Text)


class FailureMark(Base):
    """That an account saw failures from a source in a minute: once, however many there were.

    A source is an address, its network or a device. The first two stand in both `ip` and `network`, a
    device in `device_id`; what does not name the source is empty. So a flood against one account is ten
    rows a source in ten minutes, and counting the accounts that a source failed on costs the same however
    loud it is.
    """

    __tablename__ = "login_failure_marks"
    __table_args__ = (
        Index("ix_login_failure_marks_network", "network", "minute"),
        Index("ix_login_failure_marks_device", "device_id", "minute"),
    )

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    minute: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ip: Mapped[str] = mapped_column(String(45), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    network: Mapped[str] = mapped_column(String(45))


class EntryMark(Base):
    """That an account got in from a source in a minute, on a device known to be its own.

    A source is an address or its network, and only one that has just failed on somebody: elsewhere nobody
    asks. What stands here for a source is compared with what failed there.
    """

    __tablename__ = "login_entry_marks"
    __table_args__ = (Index("ix_login_entry_marks_network", "network", "minute"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    minute: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    network: Mapped[str] = mapped_column(String(45), primary_key=True)


class FailureSpan(Base):
    """How many accounts failed, and did not get in, in ten minutes of the whole wallet; and what that was.

    `span` counts spans of ten minutes since 1970. `failed_lately`: accounts that failed in the hours before,
    of which `usual` are usual; `raised`: that is a spray. `sources`: those that failed on many in a day.
    """

    __tablename__ = "login_failure_spans"

    span: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    failed: Mapped[int] = mapped_column(Integer)
    logins: Mapped[int] = mapped_column(Integer)
    failed_lately: Mapped[int] = mapped_column(Integer)
    usual: Mapped[float] = mapped_column(Float)
    raised: Mapped[bool] = mapped_column(Boolean)
    sources: Mapped[int] = mapped_column(Integer)


class Uncounted(Base):
    """A login of the release before that the population does not count yet; the worker deletes the row as it
    counts it.
    """

    __tablename__ = "population_queue"

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    level_values: Mapped[str] = mapped_column(Text)


class PopulationProgress(Base):
    """One row: up to which `turn` logins are counted."""

    __tablename__ = "population_progress"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    turn: Mapped[int] = mapped_column(BigInteger)


class RareValue(Base):
    """How many learnt logins of an account had a value that hardly anybody else had: the account's own, until
    enough others had it too.
    """

    __tablename__ = "population_rare"
    # Who else has the value?
    __table_args__ = (Index("ix_population_rare_value", "level", "value"),)

    account_id: Mapped[str] = mapped_column(ACCOUNT_ID, primary_key=True)
    level: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[float] = mapped_column(Float)


class PopulationCount(Base):
    """How many learnt logins of the whole wallet had a value at a level; written by the worker alone."""

    __tablename__ = "population_counts"
    # Web processes read the most common values of each level.
    __table_args__ = (Index("ix_population_counts_common", "level", "count"),)

    level: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[float] = mapped_column(Float)
