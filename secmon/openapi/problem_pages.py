"""What does this problem mean, and what is to be done? A page for each code, or the same as JSON."""

from __future__ import annotations

from dataclasses import asdict

from flask import request
from marshmallow import fields

from secmon.core.errors import NotFound
from secmon.openapi import html
from secmon.openapi.catalogue import CATALOGUE
from secmon.rooms.blueprint import Blueprint
from secmon.web.body import JSON_TYPE
from secmon.web.fields import StrictSchema
from secmon.web.operation import OPEN, Answer, operation

blp = Blueprint("problems", __name__, url_prefix="/problems", description="What each problem code means.")


class ProblemExplained(StrictSchema):
    code = fields.String(required=True)
    status = fields.Integer(required=True)
    title = fields.String(required=True)
    meaning = fields.String(required=True)
    advice = fields.String(required=True)


class ProblemList(StrictSchema):
    items = fields.List(fields.Nested(ProblemExplained), required=True)


@blp.route("")
@operation(OPEN, answers={200: ProblemList}, answers_with=(html.HTML,), leads_to=("explain_problem",))
def list_problems() -> Answer:
    """All problem codes."""
    known = CATALOGUE.chosen()
    if _wants_json():
        return {"items": [asdict(problem) for problem in known.values()]}
    return html.page(html.render("problems.html", problems=known.values()), html.plain())


@blp.route("/<code>")
@operation(OPEN, answers={200: ProblemExplained}, answers_with=(html.HTML,), problems=("not_found",))
def explain_problem(code: str) -> Answer:
    """One problem code: what it means and what to do."""
    problem = CATALOGUE.chosen().get(code)
    if problem is None:
        raise NotFound
    if _wants_json():
        return asdict(problem)
    return html.page(html.render("problem.html", problem=problem), html.plain())


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match([html.HTML, JSON_TYPE]) == JSON_TYPE
