"""What a letter is. A paragraph is left out where the facts do not fill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Locale(StrEnum):
    ZH_CN = "zh-CN"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Letter:
    """`paragraphs` may name facts in braces; `link_label` stands before the one link a letter may have."""

    subject: str
    paragraphs: tuple[str, ...]
    link_label: str | None = None

    def filled(self, facts: Mapping[str, str]) -> Iterator[str]:
        """The paragraphs whose facts are all there."""
        for paragraph in self.paragraphs:
            try:
                yield paragraph.format_map(facts)
            except KeyError:
                continue
