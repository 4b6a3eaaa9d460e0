"""A41: a ciphertext is bound to its row, in every column that holds any."""

from __future__ import annotations

from pathlib import Path

import pytest

from secmon.house import SEALED
from secmon.keys.rotation import Batch, ends, reseal
from secmon.rooms.sealed_columns import SealedColumn
from secmon.sealing.keyring import KeyRing, KeyRingError
from secmon.web import idempotency
from tests.databases import fresh_database
from tests.keys.filling import fill_other_columns
from tests.service import TEST_KEYS, Service
from tests.twofactor.owner import Owner

# There is a second one only after a rotation, or never.
ONE_ROW = {"audit_keys.sealed_key", "signing_keys.private_key"}


@pytest.fixture
def filled(tmp_path: Path, account_id: str) -> Service:
    """Two rows in every column."""
    service = Service(fresh_database("sqlite"), tmp_path)
    with service.client("wallet") as wallet:
        for name in (f"{account_id}-a", f"{account_id}-b"):
            Owner(wallet, service.clock, name).enrol()
            Owner(wallet, service.clock, f"{name}-waiting").start(headers={"Idempotency-Key": name})
            fill_other_columns(service, name)
    service.stop()
    return service


def test_a41_what_is_sealed_for_one_row_opens_in_no_other(filled: Service) -> None:
    with filled.work(write=False) as work:
        for sealed in SEALED:
            rows = ends(work, sealed)
            contexts = [sealed.context(*key) for *key, _ in rows]
            for (*_, ciphertext), own in zip(rows, contexts, strict=True):
                TEST_KEYS.decrypt(ciphertext, own)
            if sealed.name in ONE_ROW:
                continue
            (*_, first), (*_, second) = rows
            for ciphertext, others in ((first, contexts[1]), (second, contexts[0])):
                with pytest.raises(KeyRingError):
                    TEST_KEYS.decrypt(ciphertext, others)


def test_a41_a_rotation_does_not_bind_a_swapped_ciphertext_to_its_new_row(filled: Service) -> None:
    """It would be read from then on."""
    both = KeyRing({"new": b"\x02" * 32, **TEST_KEYS.keys}, "new")
    for sealed in SEALED:
        if sealed.name in ONE_ROW:
            continue
        batch = _reseal_swapped(filled, sealed, both)
        assert (sealed.name, batch.resealed, batch.unreadable) == (sealed.name, 0, 2)


def _reseal_swapped(service: Service, sealed: SealedColumn, keys: KeyRing) -> Batch:
    """As if each of the two rows stood in the place of the other."""
    with service.work(write=False) as work:
        first, second = (tuple(row[:-1]) for row in ends(work, sealed))
    swapped = SealedColumn(sealed.column, lambda *key: sealed.context(*(second if key == first else first)))
    with service.work() as work:
        return reseal(work, swapped, keys, None, 10)


def test_a41_a_stored_answer_is_bound_to_its_client_and_its_key() -> None:
    """Two clients may choose one key."""
    bound_to = {idempotency.context(client, key) for client in ("a", "b") for key in ("x", "y")}
    assert len(bound_to) == 4
