"""What clients know of their own requests: what they sent, how often, and what they were told."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx


class Kind(StrEnum):
    """What a request is for."""

    LOGIN = "login"
    STANDING = "standing"
    CHANGE = "change"
    COMPROMISE = "compromise"
    CASE = "case"
    NOTE = "note"
    FREEZE = "freeze"
    REPORT_AGAIN = "report again"
    CHECK = "check"
    CASE_SEEN = "case seen"
    ASK = "ask for the unfreeze"
    APPROVE = "approve"
    ENROL = "enrol"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending, ended at `at` (`time.monotonic`) after `took` seconds.

    `status` None: the connection broke instead.
    """

    at: float
    took: float
    status: int | None
    code: str | None = None
    retry_after: str | None = None

    @property
    def is_refusal(self) -> bool:
        """The service cannot now, and says when to come back."""
        return self.status == 503 and int(self.retry_after or 0) >= 1

    @property
    def is_in_order(self) -> bool:
        """Done, or not now, or: your first attempt is still running, or was done."""
        told = self.code in {"idempotency_key_in_use", "already_decided"}
        return self.status in {200, 201, 202} or self.is_refusal or told

    @classmethod
    def of(cls, answer: httpx.Response | None, began: float) -> Attempt:
        at = time.monotonic()
        if answer is None:
            return cls(at, at - began, None)
        code = None if answer.is_success or not answer.content else answer.json().get("code")
        return cls(at, at - began, answer.status_code, code, answer.headers.get("Retry-After"))


@dataclass(slots=True)
class Request:
    """One thing that a client wants done, sent again until it is answered; `once`: never again.

    `key` makes a repetition harmless: an Idempotency-Key, or None where the body holds an `event_id`
    or nothing is changed twice.
    """

    kind: Kind
    role: str
    method: str
    path: str
    account_id: str
    body: dict[str, Any] | None = None
    key: str | None = None
    once: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    answer: httpx.Response | None = None

    @property
    def told(self) -> dict[str, Any]:
        """The answer's document, once there is an answer."""
        if self.answer is None:
            raise LookupError(f"{self.kind} of {self.account_id} was not answered")
        told: dict[str, Any] = self.answer.json()
        return told

    @property
    def acknowledged(self) -> bool:
        return self.answer is not None and self.answer.is_success

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again and again, and does nothing more.

        A freeze that was lifted since is made anew, and so is what was asked of it.
        """
        if self.kind in {Kind.FREEZE, Kind.REPORT_AGAIN, Kind.ASK}:
            return False
        return self.key is not None or "event_id" in (self.body or {})

    def send(self, client: httpx.Client) -> httpx.Response | None:
        """One attempt, written down; None where no answer came."""
        headers = self.headers if self.key is None else {**self.headers, "Idempotency-Key": self.key}
        began = time.monotonic()
        try:
            answer = client.request(self.method, self.path, json=self.body, headers=headers)
        except httpx.TransportError:
            answer = None
        self.attempts.append(Attempt.of(answer, began))
        return answer


class Record:
    """Everything that all clients have sent; may be asked while they go on."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answered = 0
        self.over = False
        self._changed = threading.Condition()

    def begin(self, request: Request) -> None:
        with self._changed:
            self.requests.append(request)

    def end(self) -> None:
        """One more request is through."""
        with self._changed:
            self._answered += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    @property
    def answered(self) -> int:
        with self._changed:
            return self._answered

    def wait_for(self, answered: int, within_s: float) -> None:
        """Until so many requests are through, or nothing more will come."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.over or self._answered >= answered, within_s)
            assert came, f"{self._answered} of {answered} requests were answered within {within_s:.0f} s"

    def attempts(self) -> Iterator[Attempt]:
        for request in list(self.requests):
            yield from list(request.attempts)

    def refusals(self, begin: float, end: float = math.inf) -> list[Attempt]:
        """Who was told to come back later, between two times of `time.monotonic`."""
        return [one for one in self.attempts() if one.is_refusal and begin < one.at < end]

    def out_of_order(self) -> list[Attempt]:
        """What no client should ever be told."""
        return [one for one in self.attempts() if not one.is_in_order]

    def of(self, *kinds: Kind) -> list[Request]:
        """The requests of these kinds."""
        return [request for request in self.requests if request.kind in kinds]


def assert_known_again(request: Request, client: httpx.Client) -> None:
    """Sent once more it is about the same things, or shows them no more; the account may have moved on."""
    again = request.send(client)
    assert again is not None
    known = again.is_success or again.json()["code"] == "not_shown_again"
    assert known, (request.kind, again.text)
    if again.is_success:
        assert _named(again.json()) == _named(request.told)


def _named(answer: Any) -> list[tuple[str, Any]]:
    """The ids in an answer, of whatever it made or was about."""
    if isinstance(answer, list):
        return [found for one in answer for found in _named(one)]
    if not isinstance(answer, dict):
        return []
    here = [(name, value) for name, value in answer.items() if name.endswith("_id")]
    return [*here, *(found for value in answer.values() for found in _named(value))]
