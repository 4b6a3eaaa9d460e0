"""What a state machine does next, drawn by one rule.

With a rule each, hypothesis would leave most of them out of most runs (swarm testing), which pays where
there are thousands of runs. Over real HTTP there are a dozen, and each has to get somewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.cases.model import Expected

Happening = tuple[str, dict[str, Any]]


def happening(method: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Happening]:
    """A call of that method of the machine."""
    return st.tuples(st.just(method), st.fixed_dictionaries(arguments))


def one_of(weighted: Sequence[tuple[int, st.SearchStrategy[Happening]]]) -> st.SearchStrategy[Happening]:
    """One of them, each as often as its weight says."""
    often = [one for weight, one in weighted for _ in range(weight)]
    return st.sampled_from(range(len(often))).flatmap(often.__getitem__)


def when(method: str, *answered: Expected, **arguments: Any) -> tuple[Happening, set[Expected]]:
    """For a life that is written down: a call, and all that it is answered."""
    return (method, arguments), set(answered)
