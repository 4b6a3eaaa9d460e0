"""A few thefts, played: what goes in the hour, and that the page shows what the command prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from lab.thefts import honest, playing, scripts, tables
from lab.thefts.people import USUAL_PAYEES, settle
from lab.thefts.places import CARRIERS, mobile, other_city
from lab.thefts.playing import Taken
from lab.thefts.stage import Stage, stage
from lab.thefts.wallet import Asking

PAGE = Path(__file__).parents[2] / "docs" / "what-a-thief-gets.md"
GOAL_MEAN, CAP, GOAL_DELAYED = 5.0, 0.05, 0.5


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(f"sqlite:///{tmp_path_factory.mktemp('thefts')}/lab.db") as started:
        yield started


def played(running: Stage, asking: Asking, *names: str, seeds: int = 1) -> list[Taken]:
    chosen = [script for script in scripts.SCRIPTS if script.steal.__name__ in names]
    assert len(chosen) == len(names)
    currency = running.use("standard")
    return list(playing.thefts(running, asking, currency, range(seeds), run=f"test-{asking}", scripts=chosen))


@pytest.mark.parametrize(
    "name", ["phished", "phone_with_pin", "cloned", "stolen_session", "on_a_call", "everything"]
)
def test_in_the_hour_no_thief_gets_more_than_the_cap(running: Stage, name: str) -> None:
    assert all(one.in_hour <= CAP for one in played(running, Asking.GATE, name, seeds=2))


def test_a_wallet_that_does_not_ask_the_gate_loses_all_to_a_copied_session(running: Stage) -> None:
    """The thieves do steal, where they are let."""
    (taken,) = played(running, Asking.STANDING, "stolen_session")
    assert taken.in_hour == 1


def test_a_session_goes_on_in_a_strange_network_by_proof_alone(running: Stage) -> None:
    """Everything that the phone says of itself is copied together with the session's token."""
    owner = settle(running, "test-session", Asking.GATE, running.use("standard"), has_factor=False)
    carrier = next(one for one in CARRIERS if one != owner.carrier)
    thief = replace(
        owner.actor, ip=mobile(owner.draw, other_city(owner.draw, owner.city), carrier), checks=()
    )
    assert owner.account.transfer(thief, Decimal(1), USUAL_PAYEES[0]).reasons == ("session_moved",)
    outside = replace(owner.actor, ip=owner.on_the_move())
    assert owner.account.transfer(outside, Decimal(1), USUAL_PAYEES[0]).allowed


def test_an_ordinary_owner_waits_for_nothing(running: Stage) -> None:
    ordinary = [kind for kind in honest.KINDS if kind.name == "ordinary"]
    currency = running.use("standard")
    paid = list(honest.payments(running, Asking.GATE, currency, range(2), run="test", kinds=ordinary))
    assert len(paid) > 10
    assert not any(one.waited or one.asked for one in paid)


def tables_of_the_page() -> dict[str, str]:
    """Each pair of tables by the heading above it."""
    lines = PAGE.read_text("utf-8").splitlines()
    starts = [at for at, line in enumerate(lines) if line.endswith(" owners of each kind")]
    return {lines[begin]: "\n".join(lines[begin + 1 : end]) for begin, end in pairwise([*starts, len(lines)])}


def test_the_page_shows_what_the_command_prints() -> None:
    names = {script.name for script in scripts.SCRIPTS} | {kind.name for kind in honest.KINDS}
    shown = tables_of_the_page()
    assert any(heading.startswith("standard · gate") for heading in shown)
    for heading, text in shown.items():
        assert {tables.THIEVES, tables.OWNERS} <= set(text.splitlines()), heading
        assert names | {tables.ALL, tables.MIX} <= tables.read(text).keys(), heading


def test_by_the_page_the_default_keeps_to_the_goal() -> None:
    (text,) = (
        text for heading, text in tables_of_the_page().items() if heading.startswith("standard · gate")
    )
    figures = tables.read(text)
    median, mean, *_ = figures[tables.ALL]
    assert (median, mean <= GOAL_MEAN) == (0, True)
    assert figures[tables.MIX][1] <= GOAL_DELAYED
    assert figures["ordinary"][1:3] == [0, 0]
