"""Any life of an account, freezes and unfreezes in any order: the service answers what the model does."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from secmon.freezes.reasons import FreezeReason
from tests.cases.model import STATUSES, Expected, seen
from tests.freezes.one_of_each import ONE_OF_EACH
from tests.freezes.unfreezing import Unfreezing
from tests.happenings import Happening, happening, one_of
from tests.people import PEOPLE, people_of
from tests.service import Service

A_DAY = timedelta(days=1)
ANYBODY = st.sampled_from(PEOPLE)
STAFF = st.sampled_from(["agent", "supervisor"])
ASKING = st.sampled_from([*PEOPLE, "agent", "supervisor", "deputy"])
DECIDING = st.sampled_from(["agent", "supervisor", "deputy", "supervisor", "deputy"])
MOSTLY = st.sampled_from([True, True, True, False])
RARELY = st.sampled_from([False, False, False, True])
# Which of the things that were made, from the newest back.
BACK = st.sampled_from([0, 0, 0, 1, 2])
WHICH = st.sampled_from(["its own", "its own", "any", "foreign"])
STEP = st.sampled_from(STATUSES)
SAID = st.sampled_from(["was_me", "not_me"])
CREDENTIAL = st.sampled_from(["password", "phone", "email"])
AGE = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(hours=1), A_DAY])
WAIT = st.sampled_from([timedelta(seconds=1), timedelta(hours=1), A_DAY - timedelta(seconds=1), A_DAY])
HAPPENINGS = one_of(
    [
        (3, happening("freeze", person=ANYBODY, reason=st.sampled_from(FreezeReason))),
        (1, happening("a_stranger_logs_in")),
        (3, happening("answer", back=BACK, said=SAID)),
        (2, happening("check", back=BACK, person=STAFF, passed=st.booleans())),
        (4, happening("step", back=BACK, wanted=STEP, stale=RARELY)),
        (6, happening("ask_unfreeze", person=ASKING, which=WHICH, back=BACK, calls_back=MOSTLY)),
        (6, happening("decide", person=DECIDING, approves=MOSTLY, foreign=RARELY, back=BACK, stale=RARELY)),
        (3, happening("change", credential=CREDENTIAL, age=AGE, on_case=st.booleans())),
        (1, happening("compromise")),
        (2, happening("enrol_anew")),
        (2, happening("close_and_erase")),
        (1, happening("erase")),
        (4, happening("wait", by=WAIT)),
    ]
)
THOROUGH = settings(
    max_examples=10,
    stateful_step_count=50,
    derandomize=True,
    # A script of fifty steps is read sooner than it is made shorter: that took minutes.
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# A machine that got nowhere would prove nothing: this much comes up whatever is drawn.
DRAWN: set[Expected] = {
    (202, ""),
    (204, ""),
    (404, "request_unknown"),
    (409, "account_frozen"),
    (409, "not_frozen"),
}


OF_LOGINS = {"new_device", "known_device_elsewhere"}


class Life(Unfreezing):
    """One account, and all that may happen to it."""

    @rule(what=HAPPENINGS)
    def happens(self, what: Happening) -> None:
        method, arguments = what
        getattr(self, method)(**arguments)

    @invariant()
    def the_gate_is_the_models(self) -> None:
        answer = self.people["wallet"].get(f"{self.path}/standing", params={"action": "transfer"})
        if self.model.known:
            shown, expected = _comparable(answer.json()), self.model.gate(self.clock.now, "transfer")
            if shown.pop("held_by_a_login"):
                assert not shown["allowed"]
                shown["allowed"] = expected["allowed"]
            assert shown == expected, self.model
        else:
            assert seen(answer) == (404, "account_unknown")


def _comparable(gate: dict[str, Any]) -> dict[str, Any]:
    """In the model's words: in no order, and without what it knows nothing of.

    Whether a login's device becomes known, and so begins a hold, is the judgement's affair.
    """
    found = {
        (one["action"], one["reason"], datetime.fromisoformat(one["until"])) for one in gate["restrictions"]
    }
    held = {one for one in found if one[1] not in OF_LOGINS}
    required = gate["required_actions"]
    assert len(set(required)) == len(required)
    return {
        "standing": gate["standing"],
        "restrictions": held,
        "required_actions": set(required),
        "allowed": gate["allowed"],
        "held_by_a_login": any(one[0] == "transfer" for one in found - held),
    }


def test_an_account_lives_as_the_model_does(postgres_service: Service) -> None:
    class OnPostgres(Life):
        service = postgres_service

    OnPostgres.met = Counter()
    with people_of(postgres_service) as OnPostgres.people:
        run_state_machine_as_test(OnPostgres, settings=THOROUGH)
    assert OnPostgres.met.keys() >= DRAWN, OnPostgres.met


def test_a_life_that_leaves_nothing_out_is_the_models_too(service: Service) -> None:
    """What chance rarely draws: each answer that there is, one after the other."""

    class Written(Life):
        pass

    Written.service, Written.met = service, Counter()
    with people_of(service) as Written.people:
        life = Written()
        life.a_neighbour_is_frozen()
        for what, answered in ONE_OF_EACH:
            before = Counter(life.met)
            life.happens(what)
            life.the_gate_is_the_models()
            assert set(life.met - before) == answered, what
        life.teardown()
