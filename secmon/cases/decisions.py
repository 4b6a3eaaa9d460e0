"""Routes of what two people of the staff do: one asks, another one approves or refuses. Declared alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from secmon.rooms.blueprint import Blueprint
from secmon.web.fields import StrictSchema
from secmon.web.operation import Answer, Route, operation
from secmon.web.replays import Replays

MAY_DECIDE = "unfreezes:approve"
_DECIDED_PROBLEMS = (
    *("account_unknown", "request_unknown", "already_decided"),
    *("staff_required", "second_person_required"),
)
# A case is approved as it was seen, with an identity that was verified on it.
_ON_CASE_PROBLEMS = ("case_changed", "case_closed", "identity_unverified")

View = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class DecisionRoutes:
    """Declares the three routes below `path`; the views are named `ask_`, `approve_` and `refuse_` + `name`.

    `response` shows a request. `on_case`: an approval rests on a case, whose ETag comes in `If-Match`.
    """

    blueprint: Blueprint
    name: str
    response: type[StrictSchema]
    path: str = ""
    on_case: bool = True

    def ask(
        self,
        scope: str,
        body: type[StrictSchema],
        example: Mapping[str, Any],
        creates: Replays,
        *problems: str,
        may_be_done: bool = False,
    ) -> Callable[[View], Route]:
        """202; and 200 where it `may_be_done` at once, with nobody left to ask."""
        return self._route(
            "",
            operation(
                scope,
                body=body,
                answers=dict.fromkeys((202, 200) if may_be_done else (202,), self.response),
                example=example,
                creates=creates,
                problems=("account_unknown", "staff_required", *problems),
                leads_to=(f"approve_{self.name}", f"refuse_{self.name}"),
            ),
        )

    def approve(self, body: type[StrictSchema], note: str, *problems: str) -> Callable[[View], Route]:
        """What was asked for is done."""
        more = _ON_CASE_PROBLEMS if self.on_case else ()
        return self._decide("approve", body, note, (*more, *problems), conditional=self.on_case)

    def refuse(self, body: type[StrictSchema], note: str) -> Callable[[View], Route]:
        """Everything stays as it is."""
        return self._decide("refuse", body, note, (), conditional=False)

    def _decide(
        self, verb: str, body: type[StrictSchema], note: str, problems: tuple[str, ...], *, conditional: bool
    ) -> Callable[[View], Route]:
        return self._route(
            f"/<uuid:request_id>/{verb}",
            operation(
                MAY_DECIDE,
                body=body,
                answers={200: self.response},
                example={"note": note},
                conditional=conditional,
                problems=(*_DECIDED_PROBLEMS, *problems),
            ),
        )

    def _route(self, below: str, declare: Callable[[View], Route]) -> Callable[[View], Route]:
        register = self.blueprint.route(f"{self.path}{below}", methods=["POST"])
        return lambda view: register(declare(view))
