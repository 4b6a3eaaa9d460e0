"""A letter in the owner's language, as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from secmon.outbox.kinds import Kind
from secmon.wording.letters import Filled, filled
from secmon.wording.messages import LETTERS

_PAGE = """\
<!doctype html>
<html lang="{locale}">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font-family: sans-serif; max-width: 36em">
{paragraphs}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter, ready to be sent."""

    subject: str
    text: str
    html: str


def render(kind: Kind, locale: str, facts: Mapping[str, str]) -> Rendered:
    """The letter of that kind. Facts are shown as text, whatever they hold."""
    letter = filled(LETTERS[kind], locale, facts)
    return Rendered(letter.subject, _text(letter), _html(letter))


def _text(letter: Filled) -> str:
    link = ["\n".join(letter.link)] if letter.link else []
    return "\n\n".join([*letter.paragraphs, *link, letter.signature]) + "\n"


def _html(letter: Filled) -> str:
    paragraphs = [_p(escape(paragraph).replace("\n", "<br>\n")) for paragraph in letter.paragraphs]
    if letter.link:
        label, url = map(escape, letter.link)
        paragraphs.append(_p(f'{label}<br><a href="{url}">{url}</a>'))
    paragraphs.append(_p(escape(letter.signature)))
    return _PAGE.format(
        locale=letter.locale, subject=escape(letter.subject), paragraphs="\n".join(paragraphs)
    )


def _p(html: str) -> str:
    return f"<p>{html}</p>"
