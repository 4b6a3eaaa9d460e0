"""Whom of the identity provider's people this service no longer listens to.

The provider's own "disabled" ends a token when it expires; this ends it with the next request, and what it
is in the middle of with it: each transaction of such a caller asks first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from secmon.audit import service as audit
from secmon.clients.models import LONGEST_SUBJECT, DeniedSubject
from secmon.core.errors import FieldError, Invalid, NotFound, Unauthenticated
from secmon.core.pages import PageRequest, page
from secmon.database.pages import behind
from secmon.database.statements import Row, Statement
from secmon.database.upsert import insert_or_ignore
from secmon.database.work import Check, Work

# Keeps a provider's subject apart from our client ids, in the audit and where a second person is asked for.
PREFIX = "oidc:"
# What can be recorded: with the prefix no longer than any column that holds an actor.
SUBJECT = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_SUBJECT}}}", re.ASCII)

_DENIED = Statement(
    select(
        select(DeniedSubject.denied_at)
        .where(DeniedSubject.subject == bindparam("denied_subject"))
        .scalar_subquery()
    ),
    one_row=True,
)


class SubjectNotDenied(NotFound):
    """This subject is not on the deny list."""

    code = "subject_not_denied"
    title = "This subject was not denied"
    advice = "List the denied subjects, and take the subject from there, letter for letter."


def check(subject: str) -> Check:
    """What must hold in each transaction of that person's."""
    return Check(_DENIED(denied_subject=subject), _require_absent)


def deny(work: Work, subject: str, reason: str) -> DeniedSubject:
    """No token of that `sub` is good any more, whatever its claims. Denied already: what stands, stands.

    Raises `Invalid` for what can be no subject.
    """
    if not SUBJECT.fullmatch(subject):
        message = f"Must be 1 to {LONGEST_SUBJECT} printable ASCII characters without spaces"
        raise Invalid(errors=(FieldError("/subject", message),))
    row = {
        "subject": subject,
        "denied_at": work.now,
        "denied_by": work.actor.actor_id,
        "reason": reason,
    }
    made = work.session.connection().execute(insert_or_ignore(work, DeniedSubject).values(row)).rowcount
    if made:
        audit.record(work, None, "subject.denied", subject=PREFIX + subject, reason=reason)
    return work.session.get_one(DeniedSubject, subject)


def allow(work: Work, subject: str) -> None:
    """Takes a subject off the list; raises `SubjectNotDenied`."""
    denied = work.session.get(DeniedSubject, subject, with_for_update=True)
    if denied is None:
        raise SubjectNotDenied
    work.session.delete(denied)
    audit.record(work, None, "subject.allowed", subject=PREFIX + subject)


def listed(work: Work, wanted: PageRequest) -> tuple[Sequence[DeniedSubject], str | None]:
    """One page, by subject, and the next cursor; the key is the subject."""
    query = behind(select(DeniedSubject), (DeniedSubject.subject,), wanted, ascending=True)
    return page(work.session.scalars(query).all(), wanted, lambda denied: (denied.subject,))


def _require_absent(rows: list[Row]) -> None:
    if rows[0][0] is not None:
        raise Unauthenticated("This person's tokens are not accepted here any more.")
