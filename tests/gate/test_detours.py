"""Ways around what holds: by another order, another action, another phone, or what was said before."""

from __future__ import annotations

from tests.cases import desk
from tests.gate.scene import Scene


def put(scene: Scene, **locks: object) -> int:
    return scene.wallet.put(f"{scene.path}/locks", json=locks).status_code


def test_H08_a_factor_does_not_get_older_than_a_lock_by_tightening_it(scene: Scene) -> None:
    """The thief enrols a factor, locks one thing more, and then unlocks all of it."""
    assert put(scene, off=["add_payee"]) == 200
    scene.later(hours=1)
    scene.owner.enrol()
    scene.later(hours=1)
    assert put(scene, off=["add_payee", "export_key"]) == 200
    loosened = scene.wallet.put(f"{scene.path}/locks", json={"code": scene.owner.code()})
    assert desk.code(loosened) == (403, "proof_required")
