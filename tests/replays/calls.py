"""A request that can be kept, sent late and sent again, and what it was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx


@dataclass(frozen=True, eq=False)
class Call:
    """One request, whole: sent again, it is the same bytes. `about` is what the model knows it by."""

    operation: str
    person: str
    method: str
    path: str
    body: Any = None
    key: str | None = None
    if_match: str | None = None
    form: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)

    def by(self, person: str) -> Call:
        """The same from another client."""
        return replace(self, person=person)

    def keyed(self, key: str) -> Call:
        return replace(self, key=key)

    def send(self, client: httpx.Client) -> httpx.Response:
        headers = {"Idempotency-Key": self.key, "If-Match": self.if_match}
        sent = {name: value for name, value in headers.items() if value is not None}
        if self.form:
            return client.request(self.method, self.path, data=self.body, headers=sent)
        return client.request(self.method, self.path, json=self.body, headers=sent)

    def __str__(self) -> str:
        path = self.path if not self.form else "/alerts/<link>"
        said = {name: value for name, value in (self.body or {}).items() if name != "form_token"}
        words = [f"{self.person:12} {self.method:6} {path}"]
        words += [json.dumps(said, ensure_ascii=False)] if said else []
        words += [f"key={self.key}"] if self.key else []
        words += [f"if-match={self.if_match}"] if self.if_match else []
        return " ".join(words)


@dataclass(frozen=True, eq=False)
class Exchange:
    """A call and its answer. `earlier` is when the very same call was answered before, if it was."""

    call: Call
    at: datetime
    status: int
    answer: dict[str, Any]
    replayed: bool
    earlier: datetime | None = None

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def body(self) -> dict[str, Any]:
        """What was sent."""
        return self.call.body or {}

    @property
    def refused(self) -> tuple[int, str]:
        """Status and problem code, in the words of the contract."""
        return self.status, "" if self.done else str(self.answer.get("code", ""))

    def __str__(self) -> str:
        again = " (replayed)" if self.replayed else ""
        return f"{self.call} -> {self.status}{again} {self.refused[1]}".rstrip()


def exchanged(call: Call, at: datetime, answer: httpx.Response, earlier: datetime | None) -> Exchange:
    """As the service answered it; a page or nothing is an empty object."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    shown = answer.json() if is_json and answer.content else {}
    replayed = "Idempotency-Replayed" in answer.headers
    return Exchange(call, at, answer.status_code, shown, replayed, earlier)
