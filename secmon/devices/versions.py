"""Versions as tuples of whole numbers, so that 5.9 comes before 5.12."""

import re

Version = tuple[int, ...]

# Four parts name every release seen in the wild; nine digits fit any database's integer.
_VERSION = re.compile(r"[0-9]{1,9}(?:[._][0-9]{1,9}){0,3}")


def parse_version(text: str | None) -> Version:
    """The version that `text` starts with; () where there is none. 5.0 is 5: trailing zeros say nothing."""
    match = _VERSION.match(text or "")
    if match is None:
        return ()
    parts = [int(part) for part in match[0].replace("_", ".").split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def is_older_major(seen: Version, known: Version) -> bool:
    """Only a whole release back counts: events come in late, so a lower minor may simply be yesterday's."""
    return bool(seen and known) and seen[0] < known[0]
