"""One event against what is known of its account; no database, no HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from secmon.devices.user_agents import UserAgentReader
from secmon.geo.place import Place
from secmon.logins.event import FailureReason, LoginEvent, LoginOutcome
from secmon.logins.judgement import AccountMemory, judge
from secmon.risk.assess import Decision
from secmon.risk.login import Recognition, Tallies
from secmon.risk.population import Population
from secmon.risk.shipped import DEFAULT_POLICY

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
READER = UserAgentReader()
BEIJING = Place("CN", "BJ", "Beijing", 39.9, 116.4, 20, 4134)
LAGOS = Place("NG", "LA", "Lagos", 6.5, 3.4, 20, 37148)

HOME = LoginEvent(
    event_id="evt-1",
    account_id="acct-1",
    occurred_at=NOW,
    outcome=LoginOutcome.SUCCESS,
    ip="203.0.113.7",
    user_agent="UWallet/5.12.0 (Android 14; Xiaomi 2201123C; zh_CN)",
    device_id="ins-1",
    amr=("pwd",),
    place=BEIJING,
)
ABROAD = replace(
    HOME,
    ip="198.51.100.9",
    user_agent="UWallet/5.12.0 (Android 13; OPPO PHM110; zh_CN)",
    device_id="ins-9",
    place=LAGOS,
)


def judged(event, memory, now=NOW):
    return judge(event, memory, Tallies(), Population.empty(), DEFAULT_POLICY, READER, now)


@pytest.fixture
def owner():
    """An account with a month of logins at home, all from one phone."""
    memory = AccountMemory()
    for days in range(30, 0, -1):
        event = replace(HOME, occurred_at=NOW - timedelta(days=days))
        found = judged(event, memory, event.occurred_at)
        assert found.learn
        memory = memory.after(found, event)
    return memory


def test_judging_changes_nothing(owner):
    before = owner.profile.encode()
    assert judged(ABROAD, owner).assessment == judged(ABROAD, owner).assessment
    assert owner.profile.encode() == before


def test_the_owners_phone_at_home_is_known_and_learnt(owner):
    found = judged(HOME, owner)
    assert found.recognised.recognition is Recognition.KNOWN
    assert (found.assessment.decision, found.learn) == (Decision.ALLOW, True)


def test_a_stranger_abroad_is_challenged_and_not_learnt(owner):
    found = judged(ABROAD, owner)
    before = owner.profile.encode()
    owner = owner.after(found, ABROAD)
    assert found.recognised.recognition is Recognition.NEW
    assert (found.assessment.decision, found.learn) == (Decision.CHALLENGE, False)
    assert owner.profile.encode() == before


def test_R44_what_is_older_than_thirty_days_is_history_before_the_first_live_login_only(owner):
    long_after = NOW + timedelta(days=31)
    assert not judged(ABROAD, owner, long_after).learn
    assert not judged(HOME, owner, long_after).learn
    owner.profile.live = False
    assert judged(ABROAD, owner, long_after).learn
    assert not judged(ABROAD, owner, NOW + timedelta(days=29)).learn


def test_R44_what_is_imported_is_history_at_any_age(owner):
    imported = judged(replace(ABROAD, imported=True), owner)
    assert (imported.assessment.decision, imported.learn, imported.notify) == (
        Decision.CHALLENGE,
        True,
        False,
    )
    owner.frozen = True
    assert not judged(replace(ABROAD, imported=True), owner).learn


def test_a_failure_teaches_no_habit_but_is_remembered(owner):
    failed = replace(ABROAD, outcome=LoginOutcome.FAILURE, failure_reason=FailureReason.BAD_PASSWORD)
    counts = owner.profile.encode()
    for second in range(3):
        event = replace(failed, occurred_at=NOW + timedelta(seconds=second))
        owner = owner.after(judged(event, owner), event)
    assert len(owner.profile.failures) == 3
    owner.profile.failures.clear()
    assert owner.profile.encode() == counts


def test_a_copied_device_id_goes_under_a_key_of_its_own(owner):
    clone = judged(replace(ABROAD, device_id="ins-1"), owner)
    assert clone.recognised.recognition is Recognition.MISMATCHED
    assert clone.recognised.device_key not in (None, "ins-1")
    assert clone.login.device_key == clone.recognised.device_key


def test_trust_belongs_to_the_device_and_not_to_who_copies_its_id(owner):
    owner.devices = [replace(device, trusted=True) for device in owner.devices]
    assert judged(HOME, owner).login.trusted_device
    assert not judged(replace(ABROAD, device_id="ins-1"), owner).login.trusted_device


def test_an_event_without_place_or_readable_agent_is_judged_all_the_same(owner):
    bare = replace(HOME, place=None, user_agent="", device_id=None, amr=())
    found = judged(bare, owner)
    assert found.login.client is None
    assert 0 <= found.assessment.score <= 1
