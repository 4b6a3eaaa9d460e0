"""Plays of all scripts under one preset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from lab.thefts.people import Alarm, settle
from lab.thefts.play import Over, Play
from lab.thefts.scripts import SCRIPTS, Script
from lab.thefts.stage import START, Stage
from lab.thefts.wallet import Asking

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Taken:
    """The share of the balance that one thief got, by the time it took."""

    script: str
    in_hour: float
    in_day: float
    in_all: float


def thefts(
    stage: Stage,
    asking: Asking,
    currency: str,
    seeds: Iterable[int],
    *,
    run: str,
    scripts: Iterable[Script] = SCRIPTS,
) -> Iterator[Taken]:
    """Each script with each seed, on an account of its own; `run` keeps those of several runs apart."""
    for script in scripts:
        for seed in seeds:
            yield _theft(stage, asking, currency, script, f"{run}-{script.steal.__name__}-{seed}")


def _theft(stage: Stage, asking: Asking, currency: str, script: Script, account_id: str) -> Taken:
    has_factor = Random(f"{account_id}/factor").random() < script.has_factor
    owner = settle(stage, account_id, asking, currency, has_factor=has_factor)
    alarm = Alarm(owner, script.hears_min, script.notices_min)
    play = Play(owner, alarm, START + script.lasts)
    with suppress(Over):
        script.steal(play)
    return Taken(script.name, play.gone(HOUR), play.gone(DAY), play.gone(WEEK))
