import numpy as np
import pytest

from secmon.risk.levels import Feature
from secmon.risk.policy import Policy
from secmon.risk.signals import SignalCode
from secmon.simulation.commands import evaluate
from secmon.simulation.figures import SERVICE, Scored, area, caught_at, share
from secmon.simulation.fitting import NAMES, fit, fit_weights
from secmon.simulation.kinds import Attack, Honest


def test_fitting_is_deterministic_and_makes_a_valid_policy():
    document = fit([1], accounts=40)
    assert document == fit([1], accounts=40)
    assert Policy.from_document(document).signals[SignalCode.NEW_DEVICE] > 0


def test_no_weight_takes_the_wrong_sign_whatever_the_data_say():
    """Here owners always come from new countries and attackers never do."""
    rows = np.zeros((400, len(NAMES)))
    rows[:200, NAMES.index(SignalCode.NEW_COUNTRY)] = 1.0
    weights = fit_weights(rows, [Honest.ORDINARY] * 200 + [Attack.NAIVE] * 200)
    assert weights[NAMES.index(SignalCode.NEW_COUNTRY)] > 0
    assert weights[NAMES.index(SignalCode.PROVEN)] < 0
    assert all(weights[NAMES.index(feature)] > 0 for feature in Feature)


def test_an_evaluation_prints_its_tables_and_leaves_a_page_and_a_picture(tmp_path):
    tables = evaluate(tmp_path, seeds=range(7, 8), accounts=60)
    for kind in (*Honest, *Attack):
        assert str(kind) in tables
    assert "country not seen before" in tables
    assert (tmp_path / "roc.png").read_bytes().startswith(b"\x89PNG")
    assert "secmon" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def scored():
    """Honest scores 0 to 99, naive attacks at 98.5 twice and at 50 eight times."""
    scores = np.r_[np.arange(100.0), [98.5] * 2, [50.0] * 8]
    honest = np.r_[np.full(100, True), np.full(10, False)]
    kinds = np.array([str(Honest.ORDINARY)] * 100 + [str(Attack.NAIVE)] * 10)
    return Scored(kinds, honest, scores > 97, scores > 98, np.zeros(110, dtype=np.int64), {SERVICE: scores})


def test_catch_rate_at_a_share_of_challenged_owners(scored):
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.01) == pytest.approx(0.0)
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.02) == pytest.approx(0.2)
    # 49 honest logins are above 50 and one ties with eight attacks there: at 49.5 % half of the tie counts.
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.495) == pytest.approx(0.2 + 0.8 / 2)


def test_area_under_the_curve_is_the_chance_to_rank_the_attack_higher(scored):
    # 98.5 beats 99 of 100; 50 beats 50 and ties with one.
    assert area(scored, SERVICE, Attack.NAIVE)[0] == pytest.approx(0.2 * 0.99 + 0.8 * 0.505)


def test_a_share_lies_in_its_interval():
    found, low, high = share(np.array([True] * 30 + [False] * 70))
    assert found == pytest.approx(0.3)
    assert low < found < high
