"""The signed link by itself: whose it is, how long it works, and that nobody makes one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
import struct
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from secmon.alerts import links
from secmon.sealing.keyring import KeyRing

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ADDRESS = "li@example.com"
ALERT = uuid.UUID("019ab0c4-7c1e-7a10-9d53-0d6a5d0f2b11")
OLD = KeyRing({"old": b"\x01" * 32}, "old")
ROTATED = KeyRing({"old": b"\x01" * 32, "new": b"\x02" * 32}, "new")
OTHER = KeyRing({"new": b"\x02" * 32}, "new")


def test_a_link_names_its_alert_and_works_for_a_day() -> None:
    read = links.read(links.token(ALERT, ADDRESS, OLD, NOW), OLD)
    assert (read.alert_id, read.expires_at) == (ALERT, NOW + timedelta(hours=24))
    assert not read.has_expired(NOW + timedelta(hours=24) - timedelta(seconds=1))
    assert read.has_expired(NOW + timedelta(hours=24))


def test_a_link_outlives_the_rotation_of_its_key_and_not_the_key() -> None:
    token = links.token(ALERT, ADDRESS, OLD, NOW)
    assert links.read(token, ROTATED).alert_id == ALERT
    assert links.read(token, ROTATED).went_to(ADDRESS, ROTATED)
    links.require_form_token(links.form_token(token, OLD), token, ROTATED)
    with pytest.raises(links.LinkUnknown):
        links.read(token, OTHER)


def test_no_character_of_a_link_can_be_another() -> None:
    token = links.token(ALERT, ADDRESS, OLD, NOW)
    for index, char in enumerate(token):
        forged = token[:index] + ("A" if char != "A" else "B") + token[index + 1 :]
        with pytest.raises(links.LinkUnknown):
            links.read(forged, OLD)


def test_the_last_character_of_a_link_has_one_spelling() -> None:
    """Base64 has several where its last bits stand for nothing."""
    token = links.token(ALERT, ADDRESS, OLD, NOW)
    letters = string.ascii_letters + string.digits + "-_"
    good = [last for last in letters if _is_read(token[:-1] + last)]
    assert good == [token[-1]]


def _is_read(text: str) -> bool:
    try:
        links.read(text, OLD)
    except links.LinkUnknown:
        return False
    return True


@pytest.mark.parametrize("text", ["", "x", "….", "a" * 5000, "=" * 75, "%00", "A" * 75])
def test_what_is_no_link_is_unknown(text: str) -> None:
    with pytest.raises(links.LinkUnknown):
        links.read(text, OLD)


def test_the_form_of_one_link_does_not_answer_another() -> None:
    one = links.token(ALERT, ADDRESS, OLD, NOW)
    other = links.token(ALERT, ADDRESS, OLD, NOW + timedelta(minutes=1))
    with pytest.raises(links.FormForged):
        links.require_form_token(links.form_token(one, OLD), other, OLD)
    with pytest.raises(links.FormForged):
        links.require_form_token("ü", one, OLD)


def test_A62_a_link_knows_the_address_that_it_went_to_and_nobody_reads_it_there() -> None:
    token = links.token(ALERT, ADDRESS, OLD, NOW)
    link = links.read(token, OLD)
    assert link.sent_at == NOW
    assert link.went_to(ADDRESS, OLD)
    assert not link.went_to("li@example.org", OLD)
    assert ADDRESS.encode() not in base64.urlsafe_b64decode(token.partition(".")[0] + "==")
    # Nor does the digest tell that two links went to one address.
    other = links.read(links.token(uuid.UUID(int=1), ADDRESS, OLD, NOW), OLD)
    assert other.address != link.address


def test_a_link_of_the_release_before_is_read_for_what_it_says() -> None:
    address = links.read(links.token(ALERT, ADDRESS, OLD, NOW), OLD).address
    signed = struct.pack(">16sQ16s", ALERT.bytes, int((NOW + links.LIFETIME).timestamp()), address)
    raw = signed + hmac.digest(OLD.derive("alert-links"), signed, hashlib.sha256)
    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    link = links.read(text, ROTATED)
    assert (link.alert_id, link.sent_at) == (ALERT, NOW)
    assert link.went_to(ADDRESS, ROTATED)
    for index, char in enumerate(text):
        with pytest.raises(links.LinkUnknown):
            links.read(text[:index] + ("A" if char != "A" else "B") + text[index + 1 :], ROTATED)
