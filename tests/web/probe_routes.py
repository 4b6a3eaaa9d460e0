"""Routes that do what the tests of the frame need done; they belong to no domain."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app, g
from marshmallow import fields
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, text, update

from secmon.core.errors import Conflict, Throttled
from secmon.rooms.blueprint import Blueprint
from secmon.web.fields import Address, Choice, Flag, Identifier, Instant, Number, StrictSchema, Text, Whole
from secmon.web.limits import Limited
from secmon.web.operation import OPEN, Answer, operation
from secmon.web.problems import from_domain
from secmon.web.query import page_request
from secmon.web.replays import AS_FIRST
from secmon.web.unit_of_work import unit_of_work

THINGS = Table("probe_things", MetaData(), Column("name", String(64)), Column("count", Integer))
SECRET = "hunter2"


@dataclass
class Meetings:
    """Where a test holds a request, or lets two of them meet."""

    entered: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    pair: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=10))


class Part(StrictSchema):
    ip = Address()
    at = Instant()


class ThingRequest(StrictSchema):
    name = Text(longest=40, required=True)
    count = Whole()
    ratio = Number()
    flag = Flag()
    kind = Choice(["a", "b"])
    thing_id = Identifier()
    parts = fields.List(fields.Nested(Part))


class ThingQuery(StrictSchema):
    name = Text(longest=40)


class ThingResponse(StrictSchema):
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)


class NameTaken(Conflict):
    """There is a thing of this name."""

    code = "name_taken"
    title = "This name is taken"
    advice = "Choose another name."


blp = Blueprint("things", __name__, url_prefix="/v1/things", description="What the tests need.")


def meetings() -> Meetings:
    found: Meetings = current_app.extensions["probe.meetings"]
    return found


@blp.route("", methods=["POST"])
@operation(
    "events:write",
    body=ThingRequest,
    answers={201: ThingResponse},
    example={"name": "x"},
    creates=AS_FIRST,
    problems=("name_taken",),
)
def create_thing(body: dict[str, Any]) -> Answer:
    """Make a thing. What becomes of it depends on its name."""
    with unit_of_work() as work:
        work.session.execute(insert(THINGS).values(name=body["name"], count=0))
        match body["name"].partition("-")[0]:
            case "refused":
                raise NameTaken
            case "remembered":
                return from_domain(NameTaken())
            case "held":
                meetings().entered.set()
                meetings().gate.wait(10)
        headers = {"ETag": '"1"', "Location": f"/v1/things/{body['name']}"}
        return {"name": body["name"], "address": work.actor.address}, 201, headers


@blp.route("")
@operation("accounts:read", query=ThingQuery, pages=True, answers={200: "How many of that name there are."})
def count_things(query: dict[str, Any]) -> Answer:
    """Count things."""
    wanted = page_request(str)
    with unit_of_work(write=False) as work:
        count = work.session.scalar(
            select(func.count()).select_from(THINGS).where(THINGS.c.name == query.get("name"))
        )
    return {"count": count, "limit": wanted.limit}


@blp.route("/<identifier:thing_id>")
@operation("accounts:read", answers={200: "The thing."})
def show_thing(thing_id: str) -> Answer:
    """One thing."""
    return {"thing_id": thing_id}


@blp.route("/bug", methods=["POST"])
@operation(OPEN, answers={200: "Never."})
def fail() -> Answer:
    """A mistake, with a secret in its message."""
    raise RuntimeError(f"could not log in with\n{SECRET}")


@blp.route("/throttled", methods=["POST"])
@operation(OPEN, answers={200: "Never."}, problems=("rate_limited",))
def throttle() -> Answer:
    """Too often."""
    raise Throttled(timedelta(seconds=1.2))


@blp.route("/by-address", methods=["POST"])
@operation(OPEN, limited=Limited.BY_ADDRESS, answers={200: "Done."}, problems=("rate_limited",))
def limited_by_address() -> Answer:
    """Counted by the caller's address."""
    return {}


@blp.route("/unlimited", methods=["POST"])
@operation("events:write", limited=Limited.NOT, answers={200: "Done."})
def unlimited() -> Answer:
    """Counted for nobody."""
    return {}


@blp.route("/swap/<identifier:first>/<identifier:second>", methods=["POST"])
@operation("events:write", answers={200: "Both rows were changed."})
def swap(first: str, second: str) -> Answer:
    """Change one row, meet the other caller at the first try, then change the other row."""
    with unit_of_work() as work:
        _count_up(work.session, first)
        if "tried" not in g:
            g.tried = True
            meetings().pair.wait()
        _count_up(work.session, second)
    return {"done": True}


@blp.route("/lock/<identifier:name>", methods=["POST"])
@operation("events:write", answers={200: "The lock was had."})
def lock(name: str) -> Answer:
    """Wait a moment for a row's lock."""
    with unit_of_work() as work:
        work.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        work.session.execute(select(THINGS).where(THINGS.c.name == name).with_for_update())
    return {"done": True}


@blp.route("/dream", methods=["POST"])
@operation("events:write", answers={200: "Never."})
def dream() -> Answer:
    """A statement that takes too long."""
    with unit_of_work() as work:
        work.session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        work.session.execute(text("SELECT pg_sleep(20)"))
    return {"done": True}


@blp.route("/broken", methods=["POST"])
@operation("events:write", answers={200: "Never."})
def broken() -> Answer:
    """A statement that is wrong, and holds a secret."""
    with unit_of_work() as work:
        work.session.execute(
            text("SELECT no_such_column FROM probe_things WHERE name = :name"), {"name": SECRET}
        )
    return {"done": True}


def _count_up(session: Any, name: str) -> None:
    session.execute(update(THINGS).where(THINGS.c.name == name).values(count=THINGS.c.count + 1))
