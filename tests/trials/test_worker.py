"""A backtest is done a piece at a time, by whichever worker lives; each login is counted once."""

from __future__ import annotations

from datetime import timedelta

from secmon.devices.user_agents import UserAgentReader
from secmon.logins.population import Counting
from secmon.trials import backtests
from secmon.trials.backtesting import Backtester
from tests.logins.test_retention import purge_now
from tests.policies.drafts import draft, milder, stricter
from tests.trials.backtesting import BACKTEST, Wallet, history


def test_progress_is_seen_and_pieces_add_up_whoever_does_them(tried: Wallet) -> None:
    history(tried, accounts=5)
    queued = tried.asks(stricter())
    assert (queued["state"], queued["progress"]) == ("queued", {"accounts_done": 0, "accounts_total": None})
    seen = []
    workers = [Backtester(UserAgentReader(("UWallet",)), logins_a_piece=4) for _ in range(2)]
    for turn in range(3):
        workers[turn % 2].run(tried.service.database)
        found = tried.finds(queued)
        seen.append((found["state"], found["progress"]["accounts_done"], found["result"]["logins"]))
    assert seen == [("running", 1, 4), ("running", 3, 10), ("done", 5, 16)]
    assert tried.finds(queued)["progress"]["accounts_total"] == 5
    assert workers[0].run(tried.service.database) == 0


def test_what_a_dead_worker_began_is_done_by_another_and_counted_once(tried: Wallet) -> None:
    history(tried)
    queued = tried.asks(stricter())
    with tried.service.work() as work:
        assert backtests.claim(work) is not None
    assert tried.worker.run(tried.service.database) == 0
    tried.service.clock.advance(backtests.LEASE)
    assert tried.worker.run(tried.service.database) > 0
    assert (tried.finds(queued)["state"], tried.finds(queued)["result"]["logins"]) == ("done", 10)


def test_a_worker_that_comes_back_late_adds_nothing(tried: Wallet) -> None:
    history(tried)
    queued = tried.asks(stricter())
    with tried.service.work() as work:
        late = backtests.claim(work)
    assert late is not None
    tried.service.clock.advance(backtests.LEASE)
    tried.worker.run(tried.service.database)
    with tried.service.work() as work:
        backtests.advance(work, late, backtests.Progress("owner-1", 2, 3, done=True))
    found = tried.finds(queued)
    assert (found["progress"]["accounts_done"], found["result"]["logins"]) == (3, 10)


def test_what_no_worker_survives_fails_and_holds_nobody_up(tried: Wallet) -> None:
    history(tried)
    deadly = tried.asks(stricter())
    tried.service.clock.advance(timedelta(seconds=1))
    harmless = tried.asks(milder())
    for _ in range(backtests.MOST_ATTEMPTS):
        with tried.service.work() as work:
            assert backtests.claim(work) is not None
        tried.service.clock.advance(backtests.LEASE)
    for _ in range(2):
        tried.worker.run(tried.service.database)
    assert (tried.finds(deadly)["state"], tried.finds(harmless)["state"]) == ("failed", "done")


def test_results_are_forgotten_after_a_while(tried: Wallet) -> None:
    history(tried)
    old = tried.asks(stricter())
    while tried.worker.run(tried.service.database):
        pass
    tried.service.clock.advance(backtests.KEPT + timedelta(days=1))
    tried.tries(draft())
    gone = tried.admin.get(f"{BACKTEST}/{old['backtest_id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "backtest_unknown")


def test_a_comparisons_examples_go_with_their_events(tried: Wallet) -> None:
    history(tried)
    queued = tried.asks(stricter())
    while tried.worker.run(tried.service.database):
        pass
    assert len(tried.finds(queued)["result"]["examples"]) == 3
    with tried.service.work() as work:
        assert Counting(UserAgentReader())(work)
    with tried.service.work() as work:
        assert purge_now(work) == 10
    result = tried.finds(queued)["result"]
    assert (result["logins"], result["examples"]) == (10, [])
