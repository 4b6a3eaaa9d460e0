"""Gathering what the evidence document holds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from secmon.audit import listing as audit_listing
from secmon.audit import service as audit
from secmon.cases import service as cases
from secmon.cases.service import Case
from secmon.database.work import Work
from secmon.history import evidence, timeline
from secmon.history.parts import History
from secmon.sealing.install_ids import InstallIds

ENTRIES_A_READ = 1_000


def gathered(work: Work, case: Case, shown: Mapping[str, Any], history: History) -> dict[str, Any]:
    """All that the document holds, read in one snapshot, under no lock: an account may have a long past.

    `shown` is the case as JSON values, with its notes and identity checks.
    """
    installs = InstallIds(history.keys)
    return {
        "about": {
            "account_id": case.account_id,
            "case_id": str(case.case_id),
            "reference": case.reference,
            "made_at": work.now.isoformat(),
            "made_by": work.actor.actor_id,
        },
        "case": shown,
        "timeline": [
            _told(one, installs)
            for one in timeline.whole(work, case.account_id, history.sources, ENTRIES_A_READ)
        ],
        "audit": [_recorded(entry) for entry in _audit(work, case.account_id)],
    }


def handed_out(work: Work, case_id: uuid.UUID, document: Mapping[str, Any], key_id: str) -> None:
    """Records that the signed document leaves the house; raises `CaseUnknown` for one erased meanwhile."""
    case = cases.lock(work, case_id)
    facts = {"sha256": evidence.digest(document["manifest"]), "key_id": key_id}
    audit.record(work, case.account_id, "evidence.exported", subject=case.reference, facts=facts)


def _audit(work: Work, account_id: str) -> list[audit_listing.Recorded]:
    """The whole chain, first link first, so that it can be followed from hash to hash."""
    found: list[audit_listing.Recorded] = []
    before = None
    while page := audit_listing.of_account(work, account_id, before, ENTRIES_A_READ):
        found += page
        before = page[-1].occurred_at, page[-1].sequence
    return sorted(found, key=lambda entry: entry.sequence)


def _told(one: timeline.Told, installs: InstallIds) -> dict[str, Any]:
    entry = timeline.disclosed(one.entry, installs)
    return {
        "at": entry.at.isoformat(),
        "source": one.source,
        "what": entry.what,
        "sentence": dict(entry.sentence),
        "facts": dict(entry.facts),
    }


def _recorded(entry: audit_listing.Recorded) -> dict[str, Any]:
    return {**asdict(entry), "occurred_at": entry.occurred_at.isoformat()}
