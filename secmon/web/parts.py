"""What the composition root chose for an application, under keys that know what it is."""

from __future__ import annotations

from typing import Generic, TypeVar

from flask import Flask, current_app

T = TypeVar("T")


class Part(Generic[T]):
    """The key of one part: `part: Part[Rules] = Part("rules")`, beside whatever it is the key of."""

    def __init__(self, name: str) -> None:
        self._name = f"secmon.{name}"

    def put(self, app: Flask, chosen: T) -> T:
        """The composition root's choice, which is handed back."""
        app.extensions[self._name] = chosen
        return chosen

    def of(self, app: Flask) -> T:
        """What was chosen for `app`; raises KeyError where nothing was."""
        chosen: T = app.extensions[self._name]
        return chosen

    def chosen(self) -> T:
        """What was chosen for the application that answers this request. For the edge alone."""
        return self.of(current_app)
