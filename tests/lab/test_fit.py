"""The weights that ship are those that the fit finds, and a command says whether they still are."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from lab import evaluation as commands
from lab.commands import SHIPPED
from lab.commands import fit as fit_command
from lab.fitting import AIMS, NAMES, fit, fit_weights, weight_bounds
from secmon.risk.assess import MEDIUM_SHARE, probability
from secmon.risk.policy import Policy
from secmon.risk.shipped import DEFAULT_POLICY, SHIPPED_NAMES, shipped
from secmon.risk.signals import SignalCode
from secmon.simulation.kinds import Attack, Honest

ONE_WALLET = range(1, 2)


def test_fitting_is_deterministic_and_makes_valid_policies():
    documents = fit([1], accounts=40)
    assert documents == fit([1], accounts=40)
    assert tuple(documents) == tuple(AIMS) == SHIPPED_NAMES
    for document in documents.values():
        assert Policy.from_document(document).signals[SignalCode.NEW_DEVICE] > 0


def test_no_weight_takes_the_wrong_sign_whatever_the_data_say():
    """Here all that speaks against a login is of owners, and what speaks for it of attackers."""
    each = 4_000
    speaks_for = [(least or 0.0) < 0 for least, _ in weight_bounds()[:-1]]
    misleading = np.array([[not one for one in speaks_for], speaks_for], dtype=np.float64)
    rows = np.repeat(9.0 * misleading, each, axis=0)
    weights = fit_weights(rows, [Honest.ORDINARY] * each + [Attack.NAIVE] * each, AIMS["strict"])
    assert speaks_for[NAMES.index(SignalCode.PROVEN)]
    for name, weight, is_for in zip(NAMES, weights, speaks_for, strict=True):
        assert weight <= 0 if is_for else weight > 0, name


@pytest.mark.parametrize("policy", SHIPPED_NAMES)
def test_no_weight_that_ships_lies_outside_the_bounds_of_the_fit(policy):
    weights = [*shipped(policy).features.values(), *shipped(policy).signals.values()]
    for name, weight, (least, most) in zip(NAMES, weights, weight_bounds(), strict=False):
        assert least is not None, name
        assert most is not None, name
        assert least <= weight <= most, name


@pytest.mark.parametrize("policy", [shipped(name) for name in SHIPPED_NAMES], ids=SHIPPED_NAMES)
def test_a_first_login_that_nothing_speaks_against_is_of_low_risk(policy):
    assert probability(policy.prior) < MEDIUM_SHARE * policy.challenge_at


def test_a_file_is_checked_against_the_fit_that_wrote_it_and_differences_are_named(tmp_path):
    commands.fit(tmp_path, ONE_WALLET, accounts=40)
    assert commands.check_fit(tmp_path, ONE_WALLET, accounts=40) == []
    file = tmp_path / "strict.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["signals"]["new_device"] += 0.01
    written = json.dumps(document)
    file.write_text(written, encoding="utf-8")
    (difference,) = commands.check_fit(tmp_path, ONE_WALLET, accounts=40)
    assert difference.startswith("/strict/signals/new_device: ")
    assert file.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", ["prior", "challenge_at", "notify"])
def test_a_field_that_was_changed_or_left_out_differs(name):
    shipped = DEFAULT_POLICY.to_document()
    without = {field: value for field, value in shipped.items() if field != name}
    assert list(commands.differences(shipped, shipped)) == []
    assert [found.partition(":")[0] for found in commands.differences(without, shipped)] == [f"/{name}"]


def test_the_command_exits_with_1_on_a_difference_and_writes_nothing(tmp_path):
    for name in SHIPPED_NAMES:
        document = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
        document["signals"]["proven_by_second_factor"] = 3.0
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
    found = CliRunner().invoke(fit_command, ["--check", "--wallets", "1", "--folder", str(tmp_path)])
    assert found.exit_code == 1
    assert "/quiet/signals/proven_by_second_factor: 3.0 is written" in found.output
    assert json.loads(file.read_text(encoding="utf-8")) == document
