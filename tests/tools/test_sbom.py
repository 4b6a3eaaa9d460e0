from pathlib import Path

from tools import sbom

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"


def test_every_pinned_package_is_in_the_bill_with_its_hashes():
    lines = REQUIREMENTS.read_text().splitlines()
    pinned = [line.split(" ")[0] for line in lines if "==" in line and not line.startswith(" ")]
    components = sbom.bill_of_materials(REQUIREMENTS.read_text())["components"]
    assert [f"{part['name']}=={part['version']}" for part in components] == pinned
    listed = [file["hashes"][0]["content"] for part in components for file in part["externalReferences"]]
    assert len(listed) == sum("--hash=sha256:" in line for line in lines)


def test_installed_packages_state_their_licence():
    assert sbom.licences("flask") == [{"expression": "BSD-3-Clause"}]
    assert sbom.licences("granian") == [{"license": {"name": "BSD License"}}]
    assert sbom.licences("no-such-package") == []
