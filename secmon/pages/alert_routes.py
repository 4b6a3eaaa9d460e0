"""The page behind an alert's link: a GET asks and changes nothing, a POST answers, once (R26, A45).

What the link may say depends on the address that it went to (`alerts/mailbox.py`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, g, request
from marshmallow import fields

from secmon.accounts import service as accounts
from secmon.accounts.service import Account, AccountFrozen
from secmon.accounts.zones import zone_of
from secmon.alerts import answering, links, mailbox, service, words
from secmon.alerts.answering import ANSWER_RULES, Answer
from secmon.alerts.links import FormForged, LinkUnknown
from secmon.alerts.service import Alert, AlertUnknown
from secmon.alerts.words import TELLING
from secmon.cases.service import Case
from secmon.cases.states import CaseChannel
from secmon.core.actor import OWNER_ID, Actor, ActorKind
from secmon.core.errors import Invalid
from secmon.database.work import Work
from secmon.pages.html import HTML, page
from secmon.rooms.blueprint import Blueprint
from secmon.web.body import load
from secmon.web.fields import Choice, StrictSchema
from secmon.web.limits import Limited
from secmon.web.locale import wished_locale
from secmon.web.operation import OPEN, operation
from secmon.web.operation import Answer as HttpAnswer
from secmon.web.unit_of_work import DATABASE
from secmon.wording import alert_page as wording
from secmon.wording.alert_page import Notice
from secmon.wording.languages import CHINESE

FORM_TYPE = "application/x-www-form-urlencoded"
# For who cannot be asked which language is theirs: what accounts begin with.
DEFAULT_LOCALE = CHINESE
STATUSES = {
    Notice.QUESTION: 200,
    Notice.WAS_ME: 200,
    Notice.RESTS: 200,
    Notice.ONLY_FREEZES: 403,
    Notice.NOT_ME: 200,
    Notice.USED: 410,
    Notice.CLOSED: 410,
    Notice.EXPIRED: 410,
    Notice.UNKNOWN: 404,
    Notice.FORGED: 403,
    Notice.UNUSABLE: 422,
    Notice.FROZEN: 409,
}
PAGES = {
    200: "The page",
    404: "A page: the link is not known",
    410: "A page: the link has expired or was used",
}
# Pages that hold the question with its form.
ASKING = frozenset({Notice.QUESTION, Notice.UNUSABLE, Notice.ONLY_FREEZES})

blp = Blueprint("alert-page", __name__, description="The page behind the link that an owner is sent.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is behind a link: the alert, why the link is spent, if it is, whether it may say "it was me"."""

    token: str
    alert: Alert
    account: Account
    spent: Notice | None
    may_say_me: bool


class AnswerForm(StrictSchema):
    """What the page's form sends."""

    answer = Choice(Answer, required=True)
    form_token = fields.String(required=True)


@blp.route("/alerts/<token>", methods=["GET"])
@operation(OPEN, limited=Limited.BY_ADDRESS, answers=PAGES, answers_with=(HTML,), problems=("rate_limited",))
def show_question(token: str) -> HttpAnswer:
    """Ask the owner: was this you? Changes nothing, however often it is opened, and by whom."""
    return _asked(token, Notice.QUESTION)


@blp.route("/alerts/<token>", methods=["POST"])
@operation(
    OPEN,
    limited=Limited.BY_ADDRESS,
    body=AnswerForm,
    sends=(FORM_TYPE,),
    answers={
        **PAGES,
        403: "A page: the answer came from elsewhere, or this link can only say `not_me`",
        409: "A page: the account is frozen",
        422: "A page that asks again: the answer was none",
    },
    answers_with=(HTML,),
    example={"answer": "not_me", "form_token": "…"},
    problems=("rate_limited",),
)
def answer_question(token: str) -> HttpAnswer:
    """Take the owner's answer from the page's form; the link is then used up."""
    try:
        sent = load(AnswerForm(), request.form.to_dict())
        _require_own_form(token, sent["form_token"])
        with DATABASE.chosen().work(_owner()) as work:
            return _answered(work, token, Answer(sent["answer"]))
    except Invalid:
        return _asked(token, Notice.UNUSABLE)
    except (LinkUnknown, AlertUnknown):
        return _said(Notice.UNKNOWN)
    except FormForged:
        return _said(Notice.FORGED)
    except AccountFrozen:
        return _said(Notice.FROZEN)


def _asked(token: str, notice: Notice) -> Response:
    """The question with its form, unless the link is spent."""
    try:
        with DATABASE.chosen().work(_owner(), write=False) as work:
            opened = _opened(work, token, service.get)
            return _shown(work, opened, opened.spent or notice)
    except (LinkUnknown, AlertUnknown):
        return _said(Notice.UNKNOWN)


def _answered(work: Work, token: str, said: Answer) -> Response:
    opened = _opened(work, token, service.lock)
    if opened.spent is Notice.USED and opened.alert.answer == Answer.NOT_ME == said:
        # The page with the case's reference was on its way, and never seen.
        return _shown(work, opened, Notice.NOT_ME, answering.case_of(work, opened.alert))
    if opened.spent is not None:
        return _shown(work, opened, opened.spent)
    if said is Answer.WAS_ME and not opened.may_say_me:
        return _shown(work, opened, Notice.ONLY_FREEZES)
    rules = ANSWER_RULES.chosen()
    answered = answering.answer(work, opened.alert.alert_id, said, rules, CaseChannel.EMAIL)
    rests = said is Answer.WAS_ME and not answered.alert.vouched
    return _shown(work, opened, Notice.RESTS if rests else Notice(said.value), answered.case)


def _opened(work: Work, token: str, find: Callable[[Work, uuid.UUID], Alert]) -> Opened:
    """What is behind a link; an answer finds it with its account locked."""
    keys = TELLING.chosen().keys
    link = links.read(token, keys)
    alert = find(work, link.alert_id)
    account = accounts.get(work, alert.account_id)
    return Opened(
        token, alert, account, _spent(alert, link, work.now), mailbox.may_say_me(link, account, keys)
    )


def _spent(alert: Alert, link: links.Link, now: datetime) -> Notice | None:
    if alert.answer is not None:
        return Notice.USED
    if alert.closed_at is not None:
        return Notice.CLOSED
    return Notice.EXPIRED if link.has_expired(now) else None


def _require_own_form(token: str, sent: str) -> None:
    """Raises `LinkUnknown` for a link that has no form, `FormForged` for an answer from elsewhere."""
    links.read(token, TELLING.chosen().keys)
    # What browsers say themselves of where a request comes from; older ones say nothing.
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise FormForged
    links.require_form_token(sent, token, TELLING.chosen().keys)


def _shown(work: Work, opened: Opened, notice: Notice, case: Case | None = None) -> Response:
    asks, telling, account = notice in ASKING, TELLING.chosen(), opened.account
    zone, locale = zone_of(account.time_zone, telling.zone), wished_locale() or account.locale
    return _said(
        notice,
        locale=locale,
        login=words.described(work, opened.alert, zone, locale, telling.apps) if asks else None,
        form_token=links.form_token(opened.token, telling.keys) if asks else None,
        may_say_me=opened.may_say_me,
        reference=None if case is None else case.reference,
    )


def _said(
    notice: Notice,
    *,
    locale: str | None = None,
    login: dict[str, str] | None = None,
    form_token: str | None = None,
    may_say_me: bool = False,
    reference: str | None = None,
) -> Response:
    chosen = locale or wished_locale() or DEFAULT_LOCALE
    return page(
        "alert.html",
        STATUSES[notice],
        locale=chosen,
        text=wording.text(notice, chosen),
        labels=wording.labels(chosen),
        login=login,
        form_token=form_token,
        may_say_me=may_say_me,
        reference=reference,
    )


def _owner() -> Actor:
    """Whoever holds the link; the audit names the address."""
    return Actor(OWNER_ID, ActorKind.OWNER, name="the owner", address=g.client_address)
