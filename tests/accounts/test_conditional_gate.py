"""A48: `If-None-Match: *` names no version that the caller could hold, so that nothing is left unsaid."""

from __future__ import annotations

import httpx
import pytest

from tests.cases import desk


@pytest.mark.parametrize("held", ["*", '"x", *'])
def test_A48_a_star_never_stands_for_what_the_gate_says(
    wallet: httpx.Client, account_id: str, held: str
) -> None:
    wallet.put(f"/v1/accounts/{account_id}", json={})
    gate, headers = f"/v1/accounts/{account_id}/standing", {"If-None-Match": held}
    for standing in ("active", "frozen"):
        answer = wallet.get(gate, params={"action": "transfer"}, headers=headers)
        assert (answer.status_code, answer.json()["standing"]) == (200, standing)
        desk.freeze(wallet, account_id)


def test_the_tag_that_stands_is_304_weak_or_strong_and_no_other(
    wallet: httpx.Client, account_id: str
) -> None:
    wallet.put(f"/v1/accounts/{account_id}", json={})
    gate = f"/v1/accounts/{account_id}/standing"
    tag = wallet.get(gate).headers["ETag"]
    for held, status in ((tag, 304), (f"W/{tag}", 304), (f'"x", {tag}', 304), ('"x"', 200)):
        assert wallet.get(gate, headers={"If-None-Match": held}).status_code == status


def test_A48_a_star_is_no_version_that_a_change_could_be_made_upon(
    agent: httpx.Client, account_id: str
) -> None:
    case_id = desk.open_case(agent, account_id)["case_id"]
    change = {"status": "investigating"}
    blind = agent.patch(f"/v1/cases/{case_id}", json=change, headers={"If-Match": "*"})
    assert desk.code(blind) == (412, "version_stale")
