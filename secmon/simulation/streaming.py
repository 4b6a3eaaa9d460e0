"""A simulated wallet at the service's real HTTP API: its logins, and what becomes of its challenges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from secmon.simulation.kinds import ChallengeOutcome, Message, Subject


def stream(
    client: httpx.Client, messages: Iterable[Message], progress: Callable[[int], object] = lambda _: None
) -> Counter[str]:
    """Posts every message in order of delivery and answers challenges as their owners would.

    `client` carries the base URL and the wallet's token; `progress` is called with 1 a message.
    Answers the decisions by count. Raises `httpx.HTTPStatusError` where the service refuses a message.
    """
    decisions: Counter[str] = Counter()
    for message in messages:
        if message.subject is Subject.LOGIN:
            assessment = post_login(client, message.body)
            decisions[assessment["decision"]] += 1
            if assessment["decision"] == "challenge" and message.answer is not ChallengeOutcome.IGNORED:
                answer_challenge(client, message.body, message.answer)
        else:
            change = dict(message.body)
            account_id = change.pop("account_id")
            client.post(f"/v1/accounts/{account_id}/credential-changes", json=change).raise_for_status()
        progress(1)
    return decisions


def post_login(client: httpx.Client, body: Any) -> dict[str, Any]:
    """One login event; the service's answer."""
    assessment: dict[str, Any] = client.post("/v1/login-events", json=body).raise_for_status().json()
    return assessment


def answer_challenge(client: httpx.Client, body: Any, answer: ChallengeOutcome) -> None:
    """What became of the challenge of the login in `body`."""
    path = f"/v1/accounts/{body['account_id']}/login-events/{body['event_id']}/challenge"
    outcome = {"outcome": str(answer), "method": "otp", "occurred_at": body["occurred_at"]}
    # A login delivered twice was settled the first time.
    if (settled := client.post(path, json=outcome)).status_code != httpx.codes.CONFLICT:
        settled.raise_for_status()
