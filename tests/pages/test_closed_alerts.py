"""The link to a question that a theft has closed."""

from __future__ import annotations

import httpx
import pytest

from tests.alerts.owner import alerted
from tests.cases import desk
from tests.pages.browser import Form, Page
from tests.service import NO_TLS, Service


@pytest.mark.parametrize(("language", "said"), [("en", "This question is closed"), ("zh", "此提醒已关闭")])
def test_A57_the_link_of_before_a_theft_answers_nothing_after_it(
    service: Service, wallet: httpx.Client, account_id: str, language: str, said: str
) -> None:
    owner = alerted(wallet, account_id)
    with httpx.Client(base_url=service.url, timeout=20, verify=NO_TLS) as browser:
        _answers_nothing(service, Page(service, owner, browser), language, said)
    assert owner.alert()["answer"] is None
    assert owner.standing()["standing"] == "active"


def _answers_nothing(service: Service, page: Page, language: str, said: str) -> None:
    owner = page.owner
    form = Form(page.open().text)
    case_id = desk.freeze(owner.wallet, owner.account_id)["case"]["case_id"]
    with service.client("agent") as agent, service.client("supervisor") as supervisor:
        desk.give_back(agent, supervisor, owner.account_id, case_id)
    for answer in (
        page.open(**{"Accept-Language": language}),
        page.send("was_me", form, **{"Accept-Language": language}),
        page.send("not_me", form, **{"Accept-Language": language}),
    ):
        assert (answer.status_code, said in answer.text) == (410, True)
        assert Form(answer.text).buttons == []
