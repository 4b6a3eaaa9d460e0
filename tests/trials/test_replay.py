"""An account judged again under another policy comes to be known as that policy would have known it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.event import LoginEvent, LoginOutcome
from secmon.risk.assess import Assessment
from secmon.risk.login import Tallies
from secmon.risk.policy import Policy
from secmon.risk.population import Population
from secmon.risk.shipped import DEFAULT_POLICY
from secmon.risk.signals import SignalCode
from secmon.trials.backtesting import MANY, sampled, tallies_then
from secmon.trials.replay import CredentialChange, PastLogin, Replay

START = datetime(2026, 11, 1, tzinfo=UTC)
MILD = Policy.from_document({**DEFAULT_POLICY.to_document(), "challenge_at": 1.0, "deny_at": 1.0})
OWN = PastLogin(
    LoginEvent(
        "own",
        "acct",
        START,
        LoginOutcome.SUCCESS,
        "203.0.113.7",
        "UWallet/5.2.0 (Android 14; Xiaomi 2201123C; zh_CN)",
        device_id="ins-own",
        amr=("pwd",),
        place=Place("CN", "BJ", "Beijing", 39.9, 116.4, asn=4134),
    ),
    received_at=START,
    tallies=Tallies(),
    learnt=True,
    challenge=None,
)
STRANGE = PastLogin(
    LoginEvent(
        "strange",
        "acct",
        START + timedelta(minutes=40),
        LoginOutcome.SUCCESS,
        "198.51.100.9",
        "UWallet/5.2.0 (Android 13; samsung SM-A135F; en_NG)",
        device_id="ins-strange",
        amr=("pwd",),
        place=Place("NG", "LA", "Lagos", 6.5, 3.4, asn=29465),
    ),
    received_at=START + timedelta(minutes=40),
    tallies=Tallies(),
    learnt=False,
    challenge=None,
)


def replay(policy: Policy = DEFAULT_POLICY, changes: Sequence[CredentialChange] = ()) -> Replay:
    return Replay(policy, Population.empty(), UserAgentReader(("UWallet",)), changes)


def later(past: PastLogin, **by: float) -> PastLogin:
    moved = past.event.occurred_at + timedelta(**by)
    return replace(past, event=structs.replace(past.event, occurred_at=moved), received_at=moved)


def codes(assessment: Assessment) -> set[str]:
    return {signal.code for signal in assessment.signals}


def test_a_stranger_who_is_challenged_stays_a_stranger_and_one_who_is_let_in_does_not() -> None:
    for policy, still_new in ((DEFAULT_POLICY, True), (MILD, False)):
        account = replay(policy)
        account.judge(OWN)
        assert "new_device" in codes(account.judge(STRANGE))
        assert ("new_device" in codes(account.judge(later(STRANGE, hours=20)))) is still_new


def test_who_proved_it_then_would_prove_it_now() -> None:
    account = replay()
    account.judge(OWN)
    account.judge(replace(STRANGE, learnt=True, challenge="passed"))
    assert "new_device" not in codes(account.judge(later(STRANGE, hours=20)))


def test_who_failed_the_challenge_then_would_fail_it_now() -> None:
    account = replay()
    account.judge(OWN)
    account.judge(replace(STRANGE, challenge="failed"))
    assert "failed_challenge" in codes(account.judge(later(STRANGE, hours=1)))


def test_where_the_draft_asks_for_no_proof_none_was_failed() -> None:
    account = replay(MILD)
    account.judge(OWN)
    account.judge(replace(STRANGE, challenge="failed"))
    assert "failed_challenge" not in codes(account.judge(later(STRANGE, hours=1)))


def test_what_was_tried_on_a_frozen_account_teaches_no_draft() -> None:
    account = replay(MILD)
    account.judge(OWN)
    account.judge(replace(STRANGE, frozen=True))
    assert "new_device" in codes(account.judge(later(STRANGE, hours=1)))


def test_what_the_owner_disowned_is_forgotten_from_then_on() -> None:
    account = replay(MILD)
    account.judge(OWN)
    account.judge(replace(STRANGE, disowned_at=START + timedelta(hours=3)))
    before, after = account.judge(later(STRANGE, hours=1)), account.judge(later(STRANGE, hours=5))
    assert not codes(before) & {"reported_by_owner", "new_device"}
    assert {"reported_by_owner", "new_device"} <= codes(after)


def test_everything_that_a_disowned_device_taught_is_forgotten() -> None:
    disowned_at = START + timedelta(hours=5)
    account, alone = replay(MILD), replay(MILD)
    for one in (account, alone):
        one.judge(OWN)
    for minutes in range(0, 120, 20):
        account.judge(replace(later(STRANGE, minutes=minutes), disowned_at=None if minutes else disowned_at))
    at_home = later(OWN, hours=9)
    assert account.judge(at_home) == alone.judge(at_home)


def test_a_device_that_the_owner_trusted_then_is_trusted() -> None:
    account = replay()
    account.judge(OWN)
    assert "trusted_device" not in codes(account.judge(later(OWN, hours=1)))
    trusted = replace(later(OWN, hours=2), trusted_device="ins-own")
    assert "trusted_device" in codes(account.judge(trusted))


def test_credential_changes_count_against_logins_after_them_alone() -> None:
    account = replay(changes=[(START + timedelta(minutes=30), "password", "recovery")])
    assert "recent_recovery" not in codes(account.judge(OWN))
    assert "recent_recovery" in codes(account.judge(STRANGE))


def test_what_other_accounts_did_is_taken_from_what_was_found_then() -> None:
    weight = DEFAULT_POLICY.signals[SignalCode.SOURCE_UNDER_SUSPICION]
    assert tallies_then({}, DEFAULT_POLICY) == Tallies()
    exact = tallies_then({"source_under_suspicion": weight}, DEFAULT_POLICY)
    nearby = tallies_then({"source_under_suspicion": weight * 0.6, "shared_device": 2.0}, DEFAULT_POLICY)
    assert exact == Tallies(failed_accounts_by_ip=MANY)
    assert nearby == Tallies(0, MANY, 0, MANY)


def test_a_sample_holds_about_its_share_of_the_accounts() -> None:
    accounts = [f"acct-{number}" for number in range(10_000)]
    assert 800 < sum(sampled(account, 0.1) for account in accounts) < 1200
    assert all(sampled(account, 1.0) for account in accounts)
