"""`secmon policy`: the risk policy, and what another one would do."""

from __future__ import annotations

import click

from secmon.policies.commands import set_policy, show
from secmon.trials.commands import backtest


@click.group()
def policy() -> None:
    """The risk policy: read it, change it, try another one on stored logins."""


for command in (backtest, set_policy, show):
    policy.add_command(command)
