import json
from pathlib import Path

import pytest

from tools import mutants

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("room", mutants.ROOMS)
def test_a_room_that_is_mutated_has_code_and_tests_of_its_own(room: str):
    assert list((ROOT / "secmon" / room).glob("*.py"))
    assert list((ROOT / "tests" / room).glob("test_*.py"))


def test_the_report_counts_verdicts_and_names_what_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    code, kept = Path("secmon/risk/place.py"), Path("mutants/secmon/risk/place.py.meta")
    for file in (code, kept):
        file.parent.mkdir(parents=True)
    code.touch()
    known = {"exit_code_by_key": {"place.near__1": 1, "place.near__2": 0, "place.far__1": 1}}
    kept.write_text(json.dumps(known | {"durations_by_key": {}, "estimated_durations_by_key": {}}), "utf-8")
    mutants.report("risk")
    assert capsys.readouterr().out.splitlines() == [
        "risk: 3 mutants, 2 killed, 1 survived",
        "  place.near__2: survived",
    ]
