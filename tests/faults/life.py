"""What happens to one account, one request after the other: everyday life, a theft, and the way back."""

from __future__ import annotations

from collections.abc import Generator
from random import Random
from typing import Any

from tests.faults import asking
from tests.faults.record import Request

# Yields what is asked; is sent the document that answered it.
Life = Generator[Request, dict[str, Any], None]

CREDENTIALS = ("password", "phone", "email")
# Everything that is abandoned leaves open whether it happened, and nothing that follows depends on it.
ABANDONED = 0.1


def life(account_id: str, chance: Random) -> Life:
    """Goes on for ever. Fails where an answer contradicts what was acknowledged before."""
    while True:
        for _ in range(chance.randrange(4, 9)):
            yield from _everyday(account_id, chance)
        yield from _theft(account_id, chance)


def _everyday(account_id: str, chance: Random) -> Life:
    match chance.randrange(10):
        case 0:
            yield _perhaps_once(asking.change(account_id, chance.choice(CREDENTIALS)), chance)
        case 1:
            yield asking.compromise(account_id)
        case 2:
            opened = yield asking.case(account_id)
            yield asking.note(account_id, opened["case_id"], internal=chance.random() < 0.5)
        case 3:
            yield _perhaps_once(asking.case(account_id), chance)
        case 4:
            yield _perhaps_once(asking.freeze(f"{account_id}-{chance.randrange(10**9)}"), chance)
        case _:
            foreign, failed = chance.random() < 0.2, chance.random() < 0.2
            yield _perhaps_once(asking.login(account_id, foreign=foreign, failed=failed), chance)


def _theft(account_id: str, chance: Random) -> Life:
    case_id = (yield asking.freeze(account_id))["case"]["case_id"]
    gate = yield asking.standing(account_id)
    assert (gate["standing"], gate["allowed"]) == ("frozen", False)
    refused = yield asking.login(account_id)
    assert (refused["decision"], refused["standing"]) == ("deny", "frozen")
    if chance.random() < 0.5:
        again = yield asking.report_again(account_id)
        assert again["case"]["case_id"] == case_id
    yield asking.note(account_id, case_id, internal=False)
    yield asking.check(account_id, case_id)
    asked = yield asking.ask_unfreeze(account_id, case_id)
    seen = yield asking.see(account_id, case_id)
    # As the case's ETag has it.
    tag = f"{seen['version']}-{seen['case_id'].rpartition('-')[2]}"
    yield asking.approve(account_id, asked["request_id"], f'"{tag}"')
    gate = yield asking.standing(account_id)
    assert gate["standing"] == "active"


def _perhaps_once(request: Request, chance: Random) -> Request:
    request.once = chance.random() < ABANDONED
    return request
