"""`secmon keys`: what secrets are encrypted with, and what tokens and records are signed with."""

from __future__ import annotations

import click

from secmon.audit.commands import rotate_records
from secmon.clients.commands import rotate_signing
from secmon.keys.commands import add, rotate, status


@click.group()
def keys() -> None:
    """Keys, and their rotation."""


for command in (add, rotate, rotate_records, rotate_signing, status):
    keys.add_command(command)
