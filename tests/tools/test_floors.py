"""A floor measures the bare statements, and not how long connections wait for each other's rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import bare, twofactor
from bench.load import CONNECTIONS, direct_rate


@pytest.mark.parametrize("accounts", [bare.ACCOUNTS, twofactor.ACCOUNTS])
def test_no_two_connections_work_on_one_account(tmp_path: Path, accounts: int) -> None:
    def act(worker: int) -> Callable[[int], None]:
        done = (tmp_path / str(worker)).open("w", buffering=1)
        return lambda number: print(number, file=done)

    direct_rate(act, seconds=0.1)
    numbers = [list(map(int, (tmp_path / str(w)).read_text().split())) for w in range(CONNECTIONS)]
    assert all(len(own) > 1 for own in numbers)
    assert len({number for own in numbers for number in own}) == sum(map(len, numbers))
    touched = [{number % accounts for number in own} for own in numbers]
    assert len(set.union(*touched)) == sum(map(len, touched))
