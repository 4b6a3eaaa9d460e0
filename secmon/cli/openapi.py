"""`secmon openapi`: the OpenAPI document, without a service that runs."""

from __future__ import annotations

import click

from secmon.app import api_document
from secmon.openapi.document import rendered


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the service publishes."""
    click.echo(rendered(api_document(), indent=1))
