import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lab.baselines import AGENT, COUNTRY, RATIO, RATIO_WITH_INSTALL
from lab.commands import evaluate as evaluate_command
from lab.evaluation import evaluate, less, measure
from lab.figures import SERVICE, Scored, area, caught_at, joined, share
from lab.splits import ACCOUNTS_A_WALLET, TEST_SEEDS
from secmon.policies.commands import presets
from secmon.risk.levels import Feature
from secmon.risk.shipped import DEFAULT_POLICY, SHIPPED_NAMES, Measured, shipped
from secmon.risk.signals import SignalCode
from secmon.simulation.kinds import Attack, Honest

DOCUMENT = Path(__file__).parents[2] / "docs" / "detection.md"


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    """The tables of a small wallet, and the folder of its report."""
    folder = tmp_path_factory.mktemp("evaluation")
    return evaluate(folder, seeds=range(7, 8), accounts=60), folder


def test_an_evaluation_prints_its_tables_and_leaves_a_page_and_a_picture(evaluation):
    tables, folder = evaluation
    for kind in (*Honest, *Attack):
        assert str(kind) in tables
    assert (folder / "roc.png").read_bytes().startswith(b"\x89PNG")
    assert "secmon" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("detector", [SERVICE, RATIO, RATIO_WITH_INSTALL, AGENT, COUNTRY])
def test_every_detector_shows_catches_at_three_shares_and_its_area_all_with_intervals(evaluation, detector):
    lines = evaluation[0].splitlines()
    heading = next(number for number, line in enumerate(lines) if line.startswith(f"{detector}  "))
    assert re.findall(r"\d%", lines[heading]) == ["1%", "2%", "5%"]
    assert "area under the curve" in lines[heading]
    for kind, line in zip(Attack, lines[heading + 1 :], strict=False):
        assert line.startswith(f"  {kind} ")
        assert len(re.findall(r"[\d.na]+ \[[\d.na]+, [\d.na]+\]", line)) == 4


def test_owners_too_are_split_by_how_much_was_learnt_of_them(evaluation):
    split = evaluation[0].partition("logins learnt before")[2].partition("caught, %, where")[0]
    assert "natural mix, challenged %" in split
    for kind in Honest:
        assert (f"{kind}, challenged %" in split) == (kind is not Honest.FIRST)


def test_the_default_number_of_wallets_is_the_documented_one():
    documented = re.search(
        r"On (\d+) simulated wallets of (\d+) accounts", DOCUMENT.read_text(encoding="utf-8")
    )
    assert documented is not None
    assert [int(number) for number in documented.groups()] == [len(TEST_SEEDS), ACCOUNTS_A_WALLET]
    (default,) = [option.default for option in evaluate_command.params if option.name == "wallets"]
    assert default == len(TEST_SEEDS)


def test_every_feature_and_a_signal_can_be_left_out_at_once(tmp_path):
    left_out = [*map(str, Feature), str(SignalCode.NEW_DEVICE)]
    tables = evaluate(tmp_path, seeds=range(7, 8), accounts=20, without=left_out)
    assert "natural mix" in tables


def test_what_is_left_out_weighs_nothing_and_the_rest_what_it_did():
    policy = less(["network", "new_device"])
    assert policy.features[Feature.NETWORK] == policy.signals[SignalCode.NEW_DEVICE] == 0.0
    document, shipped = policy.to_document(), DEFAULT_POLICY.to_document()
    document["features"]["network"] = shipped["features"]["network"]
    document["signals"]["new_device"] = shipped["signals"]["new_device"]
    assert document == shipped


def test_the_command_leaves_out_what_it_is_told_and_refuses_what_it_does_not_know(tmp_path):
    told = ["--wallets", "0", "--out", str(tmp_path)]
    refused = CliRunner().invoke(evaluate_command, [*told, "--without", "new_divice"])
    assert refused.exit_code == 2
    assert "new_divice" in refused.output


def test_each_shipped_policy_is_measured_on_the_same_wallets(tmp_path):
    file = tmp_path / "measured.json"
    measure(file, range(7, 8), accounts=20)
    found = json.loads(file.read_text("utf-8"))
    assert (found["wallets"], found["accounts"], found["seeds"]) == (1, 20, [7])
    assert tuple(found["policies"]) == SHIPPED_NAMES
    for name, one in found["policies"].items():
        policy, curve = Measured(**one), one["curves"]["caught"]
        assert policy.caught.keys() == curve.keys()
        assert policy.challenged["natural mix"] < 0.2
        for kind, caught in policy.caught_at(shipped(name).challenge_at).items():
            assert caught == pytest.approx(policy.caught[kind], abs=0.2)


def test_the_documented_costs_of_what_ships_are_the_measured_ones():
    """`secmon policy presets` prints them."""
    printed = CliRunner().invoke(presets).output
    assert printed in DOCUMENT.with_name("policy.md").read_text("utf-8")


@pytest.fixture
def scored():
    """Honest scores 0 to 99, naive attacks at 98.5 twice and at 50 eight times."""
    scores = np.r_[np.arange(100.0), [98.5] * 2, [50.0] * 8]
    honest = np.r_[np.full(100, True), np.full(10, False)]
    kinds = np.array([str(Honest.ORDINARY)] * 100 + [str(Attack.NAIVE)] * 10)
    return Scored(kinds, honest, scores > 97, scores > 98, np.zeros(110, dtype=np.int64), {SERVICE: scores})


def test_catch_rate_at_a_share_of_challenged_owners(scored):
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.01)[0] == pytest.approx(0.0)
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.02)[0] == pytest.approx(0.2)
    # 49 honest logins are above 50 and one ties with eight attacks there: at 49.5 % half of the tie counts.
    assert caught_at(scored, SERVICE, Attack.NAIVE, 0.495)[0] == pytest.approx(0.2 + 0.8 / 2)


def test_area_under_the_curve_is_the_chance_to_rank_the_attack_higher(scored):
    # 98.5 beats 99 of 100; 50 beats 50 and ties with one.
    assert area(scored, SERVICE, Attack.NAIVE)[0] == pytest.approx(0.2 * 0.99 + 0.8 * 0.505)


def test_where_all_scores_tie_the_area_is_that_of_chance_and_there_is_no_doubt_of_it(scored):
    tied = replace(scored, scores={SERVICE: np.zeros(110)})
    assert area(tied, SERVICE, Attack.NAIVE) == pytest.approx((0.5, 0.5, 0.5))


def test_a_share_lies_in_its_interval():
    found, low, high = share(np.array([True] * 30 + [False] * 70))
    assert found == pytest.approx(0.3)
    assert low < found < high


def test_a_catch_rate_lies_in_its_interval_which_more_attacks_make_narrower(scored):
    found, low, high = caught_at(scored, SERVICE, Attack.NAIVE, 0.02)
    assert low <= found <= high
    assert low < high
    # No threshold near 70 lies between the attacks' scores: what is in doubt is which attacks there are.
    found, least, most = caught_at(scored, SERVICE, Attack.NAIVE, 0.3)
    assert found == pytest.approx(0.2)
    assert least < found < most
    more = joined([scored] * 20)
    assert more.scores[SERVICE].shape == (20 * 110,)
    _, lower, higher = caught_at(more, SERVICE, Attack.NAIVE, 0.02)
    assert higher - lower < (high - low) / 2
