"""Any life of a second factor: the service accepts what the model does, and its steps only grow (R01)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from secmon.twofactor.models import GuessCount, TotpAuthenticator
from tests.cases.model import Expected, seen
from tests.happenings import Happening, happening, one_of
from tests.people import people_of
from tests.service import Service
from tests.twofactor.life import Living
from tests.twofactor.one_of_each import ONE_OF_EACH

# The app's code of this step and of others near it, one that was accepted before, one that it never shows.
KIND = st.sampled_from(["0", "0", "0", "-1", "-1", "-2", "1", "replayed", "wrong", "recovery", "recovery"])
APP_KIND = st.sampled_from(["0", "0", "0", "-1", "-2", "1", "replayed", "wrong"])
# From the newest back: of recovery codes these are good ones, spent ones, and those of former sets.
BACK = st.sampled_from([0, 0, 1, 2, 3, 12])
NEWEST = st.sampled_from([0, 0, 0, 1])
GOOD_KIND = st.sampled_from(["0", "-1", "recovery", "recovery", "recovery", "wrong"])
ASKING = st.sampled_from(["agent", "supervisor", "supervisor"])
DECIDING = st.sampled_from(["agent", "supervisor", "supervisor", "deputy"])
RARELY = st.sampled_from([False, False, False, False, True])
MOSTLY = st.sampled_from([True, True, True, False])
ROUNDS = st.sampled_from([1, 1, 2])
GUESSED = st.sampled_from([34, 99, 99])
WAIT = st.sampled_from(
    [timedelta(seconds=1), timedelta(seconds=29)]
    + [timedelta(seconds=30)] * 4
    + [timedelta(seconds=60), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)]
)
HAPPENINGS = one_of(
    [
        (2, happening("start")),
        (3, happening("confirm", back=NEWEST, kind=APP_KIND)),
        (3, happening("enrol")),
        (10, happening("verify", kind=KIND, back=BACK)),
        (8, happening("wait", by=WAIT)),
        (2, happening("renew", kind=APP_KIND)),
        (2, happening("remove", kind=GOOD_KIND, back=NEWEST)),
        (1, happening("guess", rounds=ROUNDS)),
        (2, happening("guess_for_days", failures=GUESSED)),
        (5, happening("ask_reset", person=ASKING, passed=MOSTLY)),
        (5, happening("decide_reset", person=DECIDING, approves=MOSTLY, back=NEWEST, stale=RARELY)),
    ]
)
THOROUGH = settings(
    max_examples=12,
    stateful_step_count=40,
    derandomize=True,
    # A script of fifty steps is read sooner than it is made shorter: that took minutes.
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# A machine that got nowhere would prove nothing: this much comes up whatever is drawn.
DRAWN: set[Expected] = {(200, ""), (201, ""), (202, ""), (403, "code_rejected"), (404, "enrolment_unknown")}


class Life(Living):
    @rule(what=HAPPENINGS)
    def happens(self, what: Happening) -> None:
        method, arguments = what
        getattr(self, method)(**arguments)

    @invariant()
    def its_status_is_the_models(self) -> None:
        answer = self.wallet.get(f"{self.path}/two-factor")
        if not self.model.known:
            assert seen(answer) == (404, "account_unknown")
            return
        shown = answer.json()
        if shown["locked_until"] is not None:
            shown["locked_until"] = datetime.fromisoformat(shown["locked_until"])
        assert shown == self.model.status(self.clock.now), self.model

    @invariant()
    def what_is_kept_is_the_models(self) -> None:
        """The model's steps only grow, so those that are kept do."""
        with self.service.work(write=False) as work:
            counted = work.session.get(GuessCount, self.account_id)
            app = work.session.get(TotpAuthenticator, self.account_id)
        assert (0 if counted is None else counted.failures) == self.model.failures
        kept = None if app is None else app.last_step
        assert kept == (None if self.model.factor is None else self.model.factor.last_step)


def test_R01_a_factor_lives_as_the_model_does(postgres_service: Service) -> None:
    class OnPostgres(Life):
        service = postgres_service

    OnPostgres.met = Counter()
    with people_of(postgres_service) as OnPostgres.people:
        run_state_machine_as_test(OnPostgres, settings=THOROUGH)
    assert OnPostgres.met.keys() >= DRAWN, OnPostgres.met


def test_R01_a_life_that_leaves_nothing_out_is_the_models_too(service: Service) -> None:
    """What chance rarely draws: each answer that there is, one after the other."""

    class Written(Life):
        pass

    Written.service, Written.met = service, Counter()
    with people_of(service) as Written.people:
        life = Written()
        for what, answered in ONE_OF_EACH:
            before = Counter(life.met)
            life.happens(what)
            life.its_status_is_the_models()
            life.what_is_kept_is_the_models()
            assert set(life.met - before) == answered, what
