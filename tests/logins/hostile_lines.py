"""Lines of a batch that were made to hurt, and what each may be answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.logins.factories import login

CREATED, DUPLICATE, INVALID = "created", "duplicate", "invalid"
ANYTHING = frozenset({CREATED, DUPLICATE, INVALID})
DEEP = 20_000

SENT = ("event_id", "account_id", "occurred_at", "outcome", "ip", "user_agent", "device_id", "amr", "geo")
FIELDS = (
    *SENT,
    *("failure_reason", "session_id", "channel", "standing", "\0", "\ud800", "x" * 2_000, ""),
)
# What a field is set to: JSON that fits nowhere or barely, and what some readers take for JSON.
JSON_TEXTS = (
    *("1e400", "-1e-400", "1e308", "-0", "12.0", "9" * 400, "true", "null", "[]", "{}", '""'),
    *(r'"\u0000"', r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\udc3c"', r'"\u202e"', '"' + "中" * 5_000 + '"'),
    *('"2026-11-22T10:00:00"', '"9999-12-31T23:59:59Z"', '"0001-01-01T00:00:00+23:59"', '"1.2.3.999"'),
    *("[" * 100 + "]" * 100, '{"latitude": 1e400, "longitude": -91}', '{"country": "\\u0000"}'),
    *('{"asn": 18446744073709551616}', '{"\\ud800": 1}', '["pwd", "pwd", "' + "a" * 17 + '"]'),
)
NO_JSON_TEXTS = (
    *("NaN", "-Infinity", "01", "+1", ".5", "0x10", "'a'", "True", "undefined", '"\t"', '"\r"'),
    *("9" * 5_000, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "1 2", "/* */ 1"),
)


@dataclass(frozen=True)
class Line:
    """`may_be` holds the statuses that it may be answered with."""

    raw: bytes
    may_be: frozenset[str]


@dataclass(frozen=True)
class Recipe:
    """How a line is made in any world of accounts: an honest event, or what became of one.

    A `copy` is the honest event of the line that far up. `fields` are set to a raw text each; `doubled`
    says that the honest values of these names stay in front. `cut` leaves that share of the line, `broken`
    puts bytes in at that share.
    """

    copy: int = 0
    fields: tuple[tuple[str, str], ...] = ()
    doubled: bool = False
    cut: float | None = None
    broken: tuple[float, bytes] | None = None

    def line(self, world: str, nth: int) -> Line:
        honest = nth - min(self.copy, nth)
        raw = self._text(login(f"{world}-{honest % 3}", event_id=f"e{honest}")).encode("utf-8")
        if self.cut is not None:
            return Line(raw[: 1 + int(self.cut * (len(raw) - 2))], frozenset({INVALID}))
        if self.broken is not None:
            at = int(self.broken[0] * len(raw))
            return Line(raw[:at] + self.broken[1] + raw[at:], frozenset({INVALID}))
        if self.doubled or any(text in NO_JSON_TEXTS for _, text in self.fields):
            return Line(raw, frozenset({INVALID}))
        return Line(raw, ANYTHING if self.fields else frozenset({CREATED, DUPLICATE}))

    def _text(self, event: dict[str, Any]) -> str:
        replaced = set() if self.doubled else {name for name, _ in self.fields}
        kept = [(name, json.dumps(value)) for name, value in event.items() if name not in replaced]
        return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in [*kept, *self.fields]) + "}"


SHARE = st.floats(0, 1)
# A line end would only make two lines of it.
BREAKING = st.sampled_from(
    [b"\0", b"\xff", b"\xc3", b"\x80", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf\xff"]
)

HONEST = st.builds(Recipe, copy=st.sampled_from([0, 0, 0, 1, 2]))
FIELD = st.tuples(st.sampled_from(FIELDS), st.sampled_from(JSON_TEXTS))
HOSTILE = st.builds(
    Recipe, fields=st.lists(FIELD, min_size=1, max_size=3, unique_by=lambda one: one[0]).map(tuple)
)
DOUBLED = st.builds(
    Recipe,
    fields=st.tuples(st.tuples(st.sampled_from(SENT), st.sampled_from(JSON_TEXTS))),
    doubled=st.just(value=True),
)
NO_JSON = st.one_of(
    st.builds(Recipe, cut=SHARE),
    st.builds(Recipe, broken=st.tuples(SHARE, BREAKING)),
    st.builds(Recipe, fields=st.tuples(st.tuples(st.sampled_from(FIELDS), st.sampled_from(NO_JSON_TEXTS)))),
)
