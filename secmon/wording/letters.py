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
    """`paragraphs` may name facts in braces; `link_label` stands before the one link a letter may have, the
    fact `link`; `freezing_label` before what stands in its place and can only freeze, `freezing_link`.
    """

    subject: str
    paragraphs: tuple[str, ...]
    link_label: str | None = None
    freezing_label: str | None = None

    def link(self, facts: Mapping[str, str]) -> tuple[str, str] | None:
        """The one link there is, after its label."""
        for label, name in ((self.link_label, "link"), (self.freezing_label, "freezing_link")):
            if label and facts.get(name):
                return label, facts[name]
        return None

    def filled(self, facts: Mapping[str, str]) -> Iterator[str]:
        """The paragraphs whose facts are all there."""
        for paragraph in self.paragraphs:
            try:
                yield paragraph.format_map(facts)
            except KeyError:
                continue
