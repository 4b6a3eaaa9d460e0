"""What a command works on: the settings, read once, and the database, opened when first needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from secmon.audit.sealing import Sealing
from secmon.core.actor import Actor, ActorKind
from secmon.database.engine import Database, make_engine
from secmon.database.work import Work
from secmon.settings.environment import Settings

OPERATOR = Actor("cli", ActorKind.SYSTEM, name="operator at the command line")


@dataclass
class OperatorContext:
    """Handed to every command as `ctx.obj`."""

    @cached_property
    def settings(self) -> Settings:
        return Settings.from_env()

    @cached_property
    def database(self) -> Database:
        recorder = Sealing(self.settings.keys)
        return Database(make_engine(self.settings.database_url), recorder=recorder)

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Work]:
        """One transaction of the operator's."""
        with self.database.work(OPERATOR, write=write) as work:
            yield work

    def close(self) -> None:
        """Closes what was opened."""
        if "database" in vars(self):
            self.database.dispose()
