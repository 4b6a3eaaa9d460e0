"""The OpenAPI 3.1 document: made of what the routes declare, the same in every process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from secmon.openapi import events as sent
from secmon.openapi import parts
from secmon.openapi.events import Event
from secmon.openapi.operations import add_links, operation_object
from secmon.openapi.problems import Catalogue, ProblemResponses, catalogue
from secmon.openapi.properties import (
    described,
    in_order,
    known_as,
    name_titled,
    open_answers,
    strict_properties,
)
from secmon.rooms.blueprint import Blueprint
from secmon.web import fields
from secmon.web.guard import IdentifierConverter
from secmon.web.operation import Route
from secmon.web.parts import Part

API_VERSION = "1.0.0"
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE")
_ARGUMENT = re.compile("<(?:([^:>]+):)?([^>]+)>")
_ARGUMENT_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "": {"type": "string", "minLength": 1},
    "identifier": {"type": "string", "pattern": fields.IDENTIFIER_PATTERN},
    "uuid": {"type": "string", "format": "uuid"},
}

Document = Mapping[str, Any]


RENDERED: Part[bytes] = Part("openapi_json")


def document(
    blueprints: Iterable[Blueprint], scopes: Mapping[str, str], events: Mapping[str, Event]
) -> Document:
    """What these routes do, in their order: a reader comes to what is needed first, first.

    `scopes` says of each scope what it allows, `events` of each event that is sent to webhooks what it is.
    """
    # Apart from any application that serves them: neither a database nor a key is needed to describe them.
    app = Flask("described", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.converters["identifier"] = IdentifierConverter
    spec = _empty(scopes)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
        spec.tag({"name": blueprint.name, "description": blueprint.description})
    spec.tag(parts.EVENTS_TAG)
    for rule in app.url_map.iter_rules():
        _add_path(spec, rule, app.view_functions[rule.endpoint])
    made = spec.to_dict()
    _complete(made, catalogue())
    return {**made, "webhooks": sent.webhooks(events)}


def rendered(document: Document, *, indent: int | None = None) -> str:
    """As JSON: as small as it gets, or with `indent` for people and version control."""
    separators = (",", ":") if indent is None else None
    return json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)


def _empty(scopes: Mapping[str, str]) -> APISpec:
    """A document with what all routes share, and without a path."""
    marshmallow = MarshmallowPlugin()
    spec = APISpec(
        title="secmon",
        version=API_VERSION,
        openapi_version="3.1.0",
        plugins=[marshmallow],
        info={"description": parts.DESCRIPTION, "license": parts.LICENSE},
        servers=parts.SERVERS,
    )
    converter = marshmallow.converter
    if converter is None:
        raise RuntimeError("apispec gives its plugin a converter when it makes a document")
    converter.map_to_openapi_type(fields.Instant, "string", "date-time")
    converter.map_to_openapi_type(fields.Address, "string", None)
    for function in (strict_properties, in_order, described):
        converter.add_attribute_function(function)
    for name, parameter in (*parts.PARAMETERS.items(), *sent.PARAMETERS.items()):
        spec.components.parameter(name, parameter["in"], parameter)
    for name, response in sent.RESPONSES.items():
        spec.components.response(name, response)
    for name, header in parts.HEADERS.items():
        spec.components.header(name, header)
    spec.components.schema("Problem", parts.PROBLEM_SCHEMA)
    for name, scheme in parts.security_schemes(scopes).items():
        spec.components.security_scheme(name, scheme)
    return spec


def _add_path(spec: APISpec, rule: Rule, route: Any) -> None:
    if not isinstance(route, Route):
        raise TypeError(f"{rule.endpoint} is no operation")
    tag = rule.endpoint.rpartition(".")[0]
    # HEAD is GET without a body.
    (method,) = (known for known in METHODS if known in (rule.methods or ()))
    operation = {**operation_object(route, method), "tags": [tag]}
    parameters = [*_path_arguments(spec, rule), *operation.pop("parameters", [])]
    if parameters:
        operation["parameters"] = parameters
    spec.path(path=_ARGUMENT.sub(r"{\2}", rule.rule), operations={method.lower(): operation})


def _path_arguments(spec: APISpec, rule: Rule) -> Iterator[str]:
    """The names of the components that describe the arguments of a path; each is described once."""
    for kind, name in _ARGUMENT.findall(rule.rule):
        component = "".join(part.title() for part in name.split("_"))
        argument = {"name": name, "required": True, "schema": _ARGUMENT_SCHEMAS[kind], **known_as(name)}
        known = spec.components.parameters.get(component)
        if known is not None and known["schema"] != argument["schema"]:
            # One name of two kinds of id.
            component += kind.title()
            known = spec.components.parameters.get(component)
        if known is None:
            spec.components.parameter(component, "path", argument)
        yield component


def _complete(made: dict[str, Any], problems: Catalogue) -> None:
    """Each operation's problems and links, and answers that may grow."""
    responses = ProblemResponses(problems)
    for path, item in made["paths"].items():
        for operation in item.values():
            responses.add(operation, has_path_arguments="{" in path)
    for kind, more in responses.components().items():
        made["components"].setdefault(kind, {}).update(more)
    add_links(made)
    open_answers(made)
    name_titled(made)
