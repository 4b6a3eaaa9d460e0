"""The OpenAPI 3.1 document: generated from the routes' declarations, rendered once, served as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import flask_smorest
from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, current_app
from werkzeug.routing import UUIDConverter

from secmon.web import fields
from secmon.web.blueprint import Blueprint
from secmon.web.body import JSON_TYPE
from secmon.web.guard import IdentifierConverter
from secmon.web.openapi_fields import strict_properties
from secmon.web.openapi_links import add_links
from secmon.web.openapi_parts import DESCRIPTION, HEADERS, PARAMETERS, PROBLEM_SCHEMA, oauth2
from secmon.web.openapi_problems import add_problems
from secmon.web.operation import OPEN, Answer, operation
from secmon.web.problem_catalogue import Problem, catalogue
from secmon.web.samples import sample
from secmon.web.schema_rows import JsonSchema

API_VERSION = "1.0.0"

Document = Mapping[str, Any]

blp = Blueprint("documentation", __name__, description="This document, and the pages that explain it.")


@blp.route("/openapi.json")
@operation(OPEN, answers={200: "The OpenAPI 3.1 document of this service."}, answers_with=(JSON_TYPE,))
def openapi_json() -> Answer:
    """The OpenAPI document"""
    rendered: bytes = current_app.extensions["secmon.openapi_json"]
    return Response(rendered, content_type=JSON_TYPE, headers={"Cache-Control": "no-cache"})


def publish(app: Flask, blueprints: Iterable[FlaskBlueprint], scopes: Mapping[str, str]) -> Document:
    """Registers the blueprints and makes their document, served at /openapi.json.

    `scopes` says of each scope what it allows. Error handlers must be installed after this.
    """
    app.config.update(API_TITLE="secmon", API_VERSION=API_VERSION, OPENAPI_VERSION="3.1.0")
    api = flask_smorest.Api(app, spec_kwargs={"info": {"description": DESCRIPTION}})
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    _teach_types(api)
    for name, parameter in PARAMETERS.items():
        api.spec.components.parameter(name, parameter["in"], parameter)
    for name, header in HEADERS.items():
        api.spec.components.header(name, header)
    api.spec.components.schema("Problem", PROBLEM_SCHEMA)
    api.spec.components.security_scheme("oauth2", oauth2(scopes))
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.extensions["secmon.problems"] = catalogue()
    document = finished(api.spec.to_dict(), app.extensions["secmon.problems"])
    app.extensions["secmon.openapi_json"] = json.dumps(document, ensure_ascii=False).encode()
    return document


def finished(document: dict[str, Any], problems: Mapping[str, Problem]) -> Document:
    """The document with each operation's examples, problems and links, its paths in alphabetical order."""
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            add_examples(item[method], document["components"]["schemas"])
            add_problems(item[method], problems, has_path_arguments="{" in path)
    add_links(document)
    return {**document, "paths": dict(sorted(document["paths"].items()))}


def add_examples(described: Mapping[str, Any], components: Mapping[str, JsonSchema]) -> None:
    """Gives each body and answer with a schema an example, where its route brings none."""
    bodies = [described.get("requestBody", {}), *described["responses"].values()]
    for shown in (shown for body in bodies for shown in body.get("content", {}).values()):
        if "schema" in shown and "example" not in shown:
            shown["example"] = sample(shown["schema"], components)


def _teach_types(api: Any) -> None:
    identifier = {"type": "string", "pattern": fields.IDENTIFIER_PATTERN}
    uuid = {"type": "string", "format": "uuid"}
    api.register_converter(IdentifierConverter, lambda _converter: identifier)
    api.register_converter(UUIDConverter, lambda _converter: uuid)
    api.register_field(fields.Instant, "string", "date-time")
    api.register_field(fields.Address, "string", None)
    api.ma_plugin.converter.add_attribute_function(strict_properties)
