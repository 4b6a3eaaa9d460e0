"""Whatever lies in the database, reading it is a secret or a `KeyRingError`."""

from __future__ import annotations

import pytest

from secmon.sealing.keyring import DAMAGED, KeyRing, KeyRingError

RING = KeyRing({"k1": b"\x01" * 32}, "k1")
WHOLE = RING.encrypt(b"", "row")

# What a crash of a disk, or somebody in the database, may have left.
NO_CIPHERTEXTS = [
    b"",
    b"\x00",
    b"\x02",
    b"\x02k1",
    b"\x02k1" + b"n" * 11,
    WHOLE[:-1],
    b"\x00" + WHOLE[3:],
    b"\xff" + WHOLE[1:],
    b"\x02\x1b[" + WHOLE[3:],
    b"\x02\xc3\xa9" + WHOLE[3:],
]


@pytest.mark.parametrize("stored", NO_CIPHERTEXTS, ids=range(len(NO_CIPHERTEXTS)))
def test_what_is_no_ciphertext_is_damaged(stored: bytes) -> None:
    assert RING.key_of(stored) == DAMAGED
    with pytest.raises(KeyRingError):
        RING.decrypt(stored, "row")


def test_every_changed_byte_is_noticed() -> None:
    for position in range(len(WHOLE)):
        changed = bytearray(WHOLE)
        changed[position] ^= 1
        with pytest.raises(KeyRingError):
            RING.decrypt(bytes(changed), "row")


def test_the_shortest_secret_is_whole() -> None:
    assert RING.key_of(WHOLE) == "k1"
    assert RING.decrypt(WHOLE, "row") == b""
