"""What is stored of an account, read in pages for a backtest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from zlib import crc32

from secmon.accounts.gate import Standing
from secmon.accounts.service import AccountUnknown
from secmon.alerts import service as alerts
from secmon.alerts.answering import Answer
from secmon.core.pages import LARGEST_LIMIT, PageRequest
from secmon.database.work import Work
from secmon.logins import stored
from secmon.logins.stored import PastRow
from secmon.policies.service import Policies
from secmon.risk.policy import Policy
from secmon.risk.signals import SignalCode
from secmon.risk.tallies import Tallies
from secmon.trials.replay import PastLogin

# Above every limit that a policy may set.
MANY = 1_000_000
# A suspicion at less than this share of its weight was of the network alone.
SAME_SOURCE = 0.8


def sampled(account_id: str, share: float) -> bool:
    """Whether an account belongs to a sample: always the same accounts, and more of them in a larger one."""
    return crc32(account_id.encode()) < share * 2**32


def logins_of(work: Work, account_id: str, until: datetime | None, policies: Policies) -> Iterator[PastLogin]:
    """The account's logins before `until`, in the order in which they happened; a page of them in memory."""
    disowned = _disowned(work, account_id)
    for one in stored.oldest_first(work, account_id, until):
        yield _past(work, one, policies, disowned)


def _past(work: Work, login: PastRow, policies: Policies, disowned: Mapping[str, datetime]) -> PastLogin:
    answer = json.loads(login.assessment)
    risk, device = answer["risk"], answer["device"]
    found = {signal["code"]: signal["weight"] for signal in risk["signals"]}
    return PastLogin(
        event=stored.event_of(login),
        received_at=login.received_at,
        tallies=tallies_then(found, policies.at(work, risk["policy_version"])),
        learnt=login.learnt,
        challenge=login.challenge_outcome,
        trusted_device=device["device_id"] if device["trusted"] else None,
        disowned_at=disowned.get(login.event_id),
        frozen=answer["standing"] == Standing.FROZEN,
    )


def tallies_then(found: Mapping[str, float], policy: Policy) -> Tallies:
    """What other accounts did around a login, from the weights of what was `found` under `policy` then.

    How many there were is not kept: whatever limits a draft sets, they were enough, or were not.
    """
    suspicion = found.get(SignalCode.SOURCE_UNDER_SUSPICION)
    whole_weight = policy.signals[SignalCode.SOURCE_UNDER_SUSPICION]
    same_source = suspicion is not None and abs(suspicion) >= SAME_SOURCE * abs(whole_weight)
    return Tallies(
        failed_accounts_by_ip=MANY if same_source else 0,
        failed_accounts_by_network=0 if suspicion is None else MANY,
        accounts_on_device=MANY if SignalCode.SHARED_DEVICE in found else 0,
    )


def _disowned(work: Work, account_id: str) -> dict[str, datetime]:
    """When the owner said "not me", by event."""
    try:
        latest, _ = alerts.listed(work, account_id, PageRequest(LARGEST_LIMIT))
    except AccountUnknown:
        return {}
    return {
        alert.event_id: alert.answered_at
        for alert in latest
        if alert.answer == Answer.NOT_ME and alert.answered_at is not None
    }
