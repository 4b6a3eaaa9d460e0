"""What is new on a case since somebody saw it: whoever approves, approves of what stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from secmon.audit import listing as audit
from secmon.cases.models import Case
from secmon.core.errors import PreconditionFailed, PreconditionRequired
from secmon.database.work import Work
from secmon.web.fields import rfc3339

OVERDUE = ".overdue"
# So many entries of the account's chain are gone through, and so many of the case's are told.
MOST_READ = 500
MOST_TOLD = 20
# The audit's entries that are a new version of a case each; requests of other kinds have none.
_CHANGES = frozenset(
    {"account.unfrozen", "case.changed", "case.note_added", "identity.checked"}
    | {
        f"{kind}.{step}"
        for kind in ("unfreeze", "factor_reset")
        for step in ("requested", "approved", "refused")
    }
)
_VERSION = re.compile(r"([0-9]{1,9})-[0-9a-f]{12}(\.overdue)?", re.ASCII)


class CaseChanged(PreconditionFailed):
    """Something came in on the case since the approver read it: a note, a check, a report, another request.
    `changes` tells the latest, newest first: `what`, `at`, `by`, `by_id`."""

    code = "case_changed"
    title = "The case is not as the approver saw it"
    advice = (
        "Read the case again, look at what is new in `changes`, and send its new ETag if it is still right."
    )


def version_of(case: Case) -> str:
    """The version in a tag, and whose: an approval rests on this case and no other's fourth version."""
    return f"{case.version}-{case.case_id.hex[-12:]}"


def require_seen(work: Work, case: Case, seen: Collection[str] | None) -> None:
    """`seen` are tags of `GET /v1/cases/{case_id}`; the case is locked.

    That a case has got overdue is the clock's doing: it is the same case. Raises `PreconditionRequired`
    without any tag, and `CaseChanged`.
    """
    if seen is None:
        raise PreconditionRequired("Read the case, and send its ETag in If-Match.")
    if not {version_of(case), f"{version_of(case)}{OVERDUE}"}.isdisjoint(seen):
        return
    changed = CaseChanged()
    changed.members = {"changes": _changes(work, case, _changes_since(case, seen))}
    raise changed


def _changes_since(case: Case, seen: Collection[str]) -> int:
    """How many there were since the newest version that was seen; of a tag that is none of ours, enough."""
    versions = [int(found[1]) for tag in seen if (found := _VERSION.fullmatch(tag))]
    behind = [case.version - version for version in versions if version < case.version]
    return min([*behind, MOST_TOLD])


def _changes(work: Work, case: Case, count: int) -> list[dict[str, Any]]:
    """The latest: each change of a case's version is an entry of the audit."""
    entries = audit.of_account(work, case.account_id, None, MOST_READ)
    return [_told(entry) for entry in entries if _is_of(entry, case)][:count]


def _is_of(entry: audit.Recorded, case: Case) -> bool:
    if entry.action not in _CHANGES:
        return False
    return entry.subject == case.reference or entry.facts.get("case_id") == str(case.case_id)


def _told(entry: audit.Recorded) -> dict[str, Any]:
    by = entry.actor_name or entry.actor_id
    return {"what": entry.action, "at": rfc3339(entry.occurred_at), "by": by, "by_id": entry.actor_id}
