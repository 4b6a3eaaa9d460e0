"""What every command works on; the command line makes one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from secmon.database.work import Work
from secmon.settings.environment import Settings


class CommandContext(Protocol):
    """The settings, and the operator's transactions."""

    @property
    def settings(self) -> Settings: ...

    def work(self, *, write: bool = True) -> AbstractContextManager[Work]: ...
