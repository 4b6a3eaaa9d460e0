"""Every room is registered with all that it has: what it stores is erased, what it seals is rotated."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

import secmon
from secmon.app import BLUEPRINTS, JOURNEY
from secmon.database.tables import Base
from secmon.house import METADATA, ROOMS, SEALED
from secmon.rooms.blueprint import Blueprint
from secmon.rooms.room import Room

PACKAGE = Path(secmon.__file__).parent
# Columns of bytes that are no secrets: digests, salts and chains.
NOT_SEALED = {
    "audit_anchors.hash",
    "audit_checkpoint_heads.hash",
    "audit_entries.hash",
    "audit_entries.mac",
    "audit_entries.previous_hash",
    "audit_entries.reason_digest",
    "audit_reasons.salt",
    "clients.secret_hash",
    "idempotency_keys.request_hash",
    "recovery_codes.digest",
}
# Of the previous release, and kept in step with where they are now: resealed with those.
FORMER = {"second_factors.recovery_key", "second_factors.seed"}


def test_every_room_that_says_what_it_has_is_in_the_house():
    names = {path.parent.name for path in PACKAGE.glob("*/room.py")} - {"rooms"}
    said = [import_module(f"secmon.{name}.room").ROOM for name in names]
    assert sorted(map(id, said)) == sorted(map(id, ROOMS))


def test_every_table_is_a_room_s():
    tables = [table.__tablename__ for room in ROOMS for table in room.tables]
    assert sorted(tables) == sorted(METADATA.tables)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.tables[0].__tablename__ if room.tables else "")
def test_a_room_erases_what_it_stores_of_an_account(room: Room):
    of_accounts = {table for table in room.tables if "account_id" in table.__table__.columns}
    assert set(room.stays) <= of_accounts
    assert room.eraser is not None or of_accounts <= set(room.stays)


def test_every_column_of_bytes_is_sealed_or_is_none_to_be_sealed():
    binary = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {sealed.name for sealed in SEALED} == binary - NOT_SEALED - FORMER
    assert binary >= NOT_SEALED | FORMER
    for room in ROOMS:
        assert {sealed.table.name for sealed in room.sealed} <= {table.__tablename__ for table in room.tables}


def test_every_route_has_its_place_in_the_documentation():
    published = {
        id(found)
        for name, module in sys.modules.items()
        if name.startswith("secmon.")
        for found in vars(module).values()
        if isinstance(found, Blueprint)
    }
    assert published == set(map(id, BLUEPRINTS))
    assert sorted(JOURNEY) == sorted(routes.name for routes in BLUEPRINTS)


def test_a_table_that_no_room_names_is_seen():
    """As one that was added to a `models.py` and forgotten in its `room.py`."""
    tables = {table for room in ROOMS for table in room.tables}
    assert {mapper.class_ for mapper in Base.registry.mappers} == tables
