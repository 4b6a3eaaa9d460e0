"""Two policies beside each other: counted without end, shown by a few examples of each kind."""

from __future__ import annotations

from datetime import UTC, datetime

from secmon.risk.assess import Assessment, Decision, RiskLevel
from secmon.risk.signals import Signal, SignalCode, TermCode
from secmon.trials.comparisons import EXAMPLES_A_KIND, Comparison, read, totals, written

AT = datetime(2026, 11, 22, tzinfo=UTC)


def judged(decision: Decision) -> Assessment:
    signals = (
        Signal(SignalCode.NEW_NETWORK, 1.541, {"network": "203.0.113.0/24"}),
        Signal(TermCode.USUAL_DEVICE, -0.5),
    )
    return Assessment(0.51234, 0.05, RiskLevel.HIGH, decision, signals, False, False, 7)


ALLOW, CHALLENGE, DENY = (judged(decision) for decision in Decision)


def test_every_login_is_counted_and_a_few_of_each_change_are_shown() -> None:
    comparison = Comparison()
    for number in range(100):
        comparison.add(f"acct-{number}", "evt", AT, ALLOW, CHALLENGE)
        comparison.add(f"acct-{number}", "evt-2", AT, DENY, ALLOW)
        comparison.add(f"acct-{number}", "evt-3", AT, DENY, DENY)
    counts, examples = comparison.take()
    assert counts == {("allow", "challenge"): 100, ("deny", "allow"): 100, ("deny", "deny"): 100}
    assert len(examples) == 2 * EXAMPLES_A_KIND


def test_one_account_is_not_every_example() -> None:
    comparison = Comparison()
    for number in range(100):
        comparison.add("acct-1", f"evt-{number}", AT, ALLOW, CHALLENGE)
    assert [example.event_id for example in comparison.take()[1]] == ["evt-0"]


def test_what_was_taken_is_not_taken_again_and_still_bounds_the_examples() -> None:
    first = Comparison()
    for number in range(EXAMPLES_A_KIND):
        first.add(f"acct-{number}", "evt", AT, ALLOW, CHALLENGE)
    counts, _ = first.take()
    assert first.take() == ({}, [])
    for goes_on in (first, Comparison(counts)):
        goes_on.add("acct-99", "evt", AT, ALLOW, CHALLENGE)
        assert goes_on.take() == ({("allow", "challenge"): 1}, [])


def test_a_judgement_is_read_in_the_readers_language() -> None:
    chinese, english = (read(written(CHALLENGE), locale) for locale in ("zh-CN", "en"))
    assert (english["decision"], english["score"]) == ("challenge", 0.5123)
    assert english["signals"][0] == {
        "code": "new_network",
        "weight": 1.54,
        "detail": "first login from network 203.0.113.0/24",
    }
    assert chinese["signals"][0]["detail"] == "首次从网络 203.0.113.0/24 登录"


def test_totals_add_up_on_both_sides() -> None:
    before, after = totals({("allow", "challenge"): 3, ("deny", "challenge"): 2, ("allow", "allow"): 5})
    assert before == {"allow": 8, "challenge": 0, "deny": 2}
    assert after == {"allow": 5, "challenge": 5, "deny": 0}
