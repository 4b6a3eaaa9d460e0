"""A letter in the owner's language, as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import ModuleType

from secmon.outbox.kinds import Kind
from secmon.wording import letters_en, letters_zh
from secmon.wording.letters import Letter, Locale

# What an owner is told by e-mail; the rest is the wallet's business alone.
TOLD = frozenset(letters_en.LETTERS)

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
    """A letter has one link, if it has any (`Letter.link`). Facts are shown as text, whatever they hold."""
    chosen = Locale.EN if locale == Locale.EN else Locale.ZH_CN
    language = _language(chosen)
    letter: Letter = language.LETTERS[kind]
    facts = {name: _worded(language, name, value) for name, value in facts.items()}
    subject = letter.subject.format_map(facts)
    before = [language.GREETING, *letter.filled(facts)]
    text, html = [*before], [_p(escape(paragraph).replace("\n", "<br>\n")) for paragraph in before]
    if link := letter.link(facts):
        label, url = link
        text.append(f"{label}\n{url}")
        href = escape(url)
        html.append(_p(f'{escape(label)}<br><a href="{href}">{href}</a>'))
    text.append(language.SIGNATURE)
    html.append(_p(escape(language.SIGNATURE)))
    page = _PAGE.format(locale=chosen, subject=escape(subject), paragraphs="\n".join(html))
    return Rendered(subject, "\n\n".join(text) + "\n", page)


def _language(locale: Locale) -> ModuleType:
    match locale:
        case Locale.EN:
            return letters_en
        case Locale.ZH_CN:
            return letters_zh


def _worded(language: ModuleType, name: str, value: str) -> str:
    words = language.WORDS.get(name)
    if words is None:
        return value
    between: str = language.BETWEEN
    return between.join(words.get(one, one) for one in value.split(","))


def _p(html: str) -> str:
    return f"<p>{html}</p>"
