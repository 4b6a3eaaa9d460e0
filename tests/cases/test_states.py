"""Every step of a case: those in the table, and no other."""

from __future__ import annotations

from itertools import product

import pytest

from secmon.cases.states import CaseStatus, may_step

STEPS = {
    ("open", "investigating"),
    ("investigating", "waiting_on_owner"),
    ("waiting_on_owner", "investigating"),
    ("investigating", "resolved"),
    ("resolved", "closed"),
    ("resolved", "open"),
    ("resolved", "investigating"),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(CaseStatus, CaseStatus)))
def test_a_case_takes_the_steps_of_the_table_and_no_other(current: CaseStatus, wanted: CaseStatus) -> None:
    assert may_step(current, wanted) is ((current.value, wanted.value) in STEPS)
