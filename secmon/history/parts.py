"""What the composition root chooses for the history of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secmon.rooms.entries import TimelineSource
from secmon.sealing.keyring import KeyRing
from secmon.web.parts import Part


@dataclass(frozen=True, slots=True)
class History:
    """Every domain's part of the timeline, and the ring that opens the key evidence is signed with."""

    sources: Sequence[TimelineSource]
    keys: KeyRing


HISTORY: Part[History] = Part("history")
