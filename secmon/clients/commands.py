"""`secmon clients` and `secmon keys rotate-signing`."""

from __future__ import annotations

import uuid

import click

from secmon.audit import service as audit
from secmon.clients import denied_subjects, service, signing_keys
from secmon.clients.models import LONGEST_REASON
from secmon.clients.persons import PersonTaken
from secmon.clients.scopes import Role
from secmon.core.actor import ActorKind
from secmon.core.errors import DomainError, Invalid
from secmon.core.pages import LARGEST_LIMIT, PageRequest
from secmon.settings.command_context import CommandContext

KINDS = [ActorKind.SERVICE.value, ActorKind.STAFF.value]


@click.group()
def clients() -> None:
    """Who may call: services and staff, each with a role."""


@clients.command()
@click.option("--name", required=True, help="Who this is: a service, or one person.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--kind", type=click.Choice(KINDS), help="Default: by the role.")
@click.option("--person", help="Which person of the staff stands behind it.")
@click.pass_obj
def create(ctx: CommandContext, name: str, role: str, kind: str | None, person: str | None) -> None:
    """Create a client, and print its secret: it is stored nowhere and never shown again."""
    try:
        with ctx.work() as work:
            chosen = ActorKind(kind) if kind else None
            new = service.create(work, name=name, role=Role(role), kind=chosen, person_id=person)
    except (Invalid, PersonTaken) as error:
        raise click.ClickException(_said(error)) from error
    click.echo(f"client_id      {new.client.client_id}\nclient_secret  {new.secret}")


@clients.command()
@click.argument("client_id", type=click.UUID)
@click.argument("person")
@click.pass_obj
def person(ctx: CommandContext, client_id: uuid.UUID, person: str) -> None:
    """Say that PERSON stands behind CLIENT_ID; tokens that it holds stop working."""
    try:
        with ctx.work() as work:
            client = service.stand_for(work, client_id, person)
    except (Invalid, PersonTaken, service.ClientUnknown) as error:
        raise click.ClickException(_said(error)) from error
    click.echo(f"{client.client_id} ({client.name}) stands for {client.person_id}")


@clients.command("list")
@click.pass_obj
def list_clients(ctx: CommandContext) -> None:
    """The clients, newest first, revoked ones too."""
    wanted: PageRequest | None = PageRequest(LARGEST_LIMIT)
    while wanted is not None:
        with ctx.work(write=False) as work:
            found, more = service.listed(work, wanted)
        for client in found:
            state = "live" if client.revoked_at is None else f"revoked {client.revoked_at:%Y-%m-%d %H:%M}Z"
            person = f" ({client.person_id})" if client.person_id else ""
            shown = f"{client.role:<10}  {client.kind:<7}  {state:<24}  {client.name}{person}"
            click.echo(f"{client.client_id}  {shown}")
        wanted = PageRequest(LARGEST_LIMIT, (found[-1].client_id,)) if more else None


@clients.command()
@click.argument("client_id", type=click.UUID)
@click.pass_obj
def revoke(ctx: CommandContext, client_id: uuid.UUID) -> None:
    """Revoke CLIENT_ID: its secret and its tokens stop working at once."""
    try:
        with ctx.work() as work:
            client = service.revoke(work, client_id)
    except service.ClientUnknown as error:
        raise click.ClickException(error.title) from error
    click.echo(f"revoked {client.client_id} ({client.name})")


@clients.command("deny-subject")
@click.argument("subject")
@click.option("--reason", required=True, help="For the audit.")
@click.pass_obj
def deny_subject(ctx: CommandContext, subject: str, reason: str) -> None:
    """Accept no token of SUBJECT, `sub` of the identity provider's, any more: at once."""
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise click.BadParameter(f"1 to {LONGEST_REASON} printable characters", param_hint="--reason")
    try:
        with ctx.work() as work:
            denied = denied_subjects.deny(work, subject, reason)
    except Invalid as error:
        raise click.ClickException("; ".join(wrong.message for wrong in error.errors)) from error
    click.echo(f"denied since {denied.denied_at:%Y-%m-%d %H:%M}Z: {denied.subject}")


@clients.command("allow-subject")
@click.argument("subject")
@click.pass_obj
def allow_subject(ctx: CommandContext, subject: str) -> None:
    """Take SUBJECT off the deny list."""
    try:
        with ctx.work() as work:
            denied_subjects.allow(work, subject)
    except denied_subjects.SubjectNotDenied as error:
        raise click.ClickException(error.title) from error
    click.echo(f"allowed: {subject}")


def _said(error: DomainError) -> str:
    return "; ".join(wrong.message for wrong in error.errors) or error.title


@click.command("rotate-signing")
@click.pass_obj
def rotate_signing(ctx: CommandContext) -> None:
    """Sign tokens with a new key from now on; tokens of the old one stay good until they expire."""
    with ctx.work() as work:
        kid = signing_keys.rotate(work, ctx.settings.keys).thumbprint()
        audit.record(work, None, "signing_key.rotated", subject=kid)
    click.echo(f"tokens are signed with {kid}")
