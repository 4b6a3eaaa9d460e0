"""Cases, checks, requests and the erasure, as they were answered."""

from __future__ import annotations

from tests.replays.calls import Exchange
from tests.replays.contract import Rule
from tests.replays.hears import Hearing, Looking
from tests.replays.model_of_cases import Check, Request

PEOPLE = Hearing()


@PEOPLE.to("ask_unfreeze", "ask_reset")
def _asked(world: Looking, x: Exchange) -> None:
    account = world.account
    about = account.freeze if x.call.operation == "ask_unfreeze" else account.secrets.live
    request = Request(x.body["case_id"], about, x.call.person)
    account.requests.setdefault(x.answer["request_id"], request)


@PEOPLE.to("approve_unfreeze", "approve_reset")
def _approved(world: Looking, x: Exchange) -> None:
    account = world.account
    request = account.requests.get(x.call.about["request_id"])
    if request is None or not request.open:
        return
    request.open = False
    if x.call.operation == "approve_reset":
        account.secrets.die(Rule.SHOWN_ONCE, pending_too=False)
    elif request.about is account.freeze is not None:
        account.is_given_back(x.at)


@PEOPLE.to("ask_erasure")
def _erasure_asked(world: Looking, x: Exchange) -> None:
    world.account.requests.setdefault(x.answer["request_id"], Request("", None, x.call.person))


@PEOPLE.to("refuse_unfreeze", "refuse_reset", "refuse_erasure")
def _refused(world: Looking, x: Exchange) -> None:
    request = world.account.requests.get(x.call.about["request_id"])
    if request is not None:
        request.open = False


@PEOPLE.to("open_case")
def _opened(world: Looking, x: Exchange) -> None:
    world.account.has_case(x.answer["case_id"])


@PEOPLE.to("change_case")
def _stepped(world: Looking, x: Exchange) -> None:
    case = world.account.cases.get(x.answer["case_id"])
    if case is not None:
        case.status = x.answer["status"]


@PEOPLE.to("add_identity_check")
def _checked(world: Looking, x: Exchange) -> None:
    account, case_id = world.account, x.call.about["case_id"]
    if case_id in account.cases and not x.replayed:
        account.checks.append(Check(case_id, x.call.person, x.body["outcome"] == "passed", x.at))


@PEOPLE.to("erase_account", "approve_erasure")
def _erased(world: Looking, x: Exchange) -> None:
    world.account = world.account.erased(x.at)
