"""Seeds and recovery codes that were ever shown, and which of them are still good."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.replays.contract import ENROLMENT_TTL, Rule
from tests.twofactor.authenticator import Authenticator


@dataclass(eq=False)
class Seed:
    """`killed_by` is the rule by which it is good for nothing any more."""

    enrolment_id: str
    app: Authenticator
    started_at: datetime
    confirmed: bool = False
    killed_by: Rule | None = None
    taken: set[str] = field(default_factory=set)

    def waits(self, now: datetime) -> bool:
        """It may still be confirmed, and so be shown."""
        return not self.confirmed and self.killed_by is None and now < self.started_at + ENROLMENT_TTL


@dataclass(eq=False)
class CodeSet:
    codes: list[str]
    used: set[str] = field(default_factory=set)
    killed_by: Rule | None = None


@dataclass
class Secrets:
    """All of one account, the newest last."""

    seeds: list[Seed] = field(default_factory=list)
    sets: list[CodeSet] = field(default_factory=list)

    @property
    def live(self) -> Seed | None:
        """The factor that counts, if there is one."""
        return next((seed for seed in self.seeds if seed.confirmed and seed.killed_by is None), None)

    def seed(self, enrolment_id: str) -> Seed | None:
        return next((seed for seed in self.seeds if seed.enrolment_id == enrolment_id), None)

    def set_of(self, code: str) -> CodeSet | None:
        return next((one for one in self.sets if code in one.codes), None)

    def started(self, seed: Seed) -> None:
        """One that waits besides is void."""
        for other in self.seeds:
            if not other.confirmed:
                other.killed_by = other.killed_by or Rule.SHOWN_ONCE
        self.seeds.append(seed)

    def confirmed(self, seed: Seed, codes: list[str], code: str) -> None:
        seed.confirmed = True
        seed.taken.add(code)
        self.renewed(codes)

    def renewed(self, codes: list[str]) -> None:
        """The former set is dead; shown again, it is the same one."""
        if codes and self.set_of(codes[0]) is None:
            for former in self.sets:
                former.killed_by = former.killed_by or Rule.SHOWN_ONCE
            self.sets.append(CodeSet(codes))

    def die(self, rule: Rule, *, pending_too: bool = True) -> None:
        """The factor and its codes, and what waits to be confirmed."""
        for seed in self.seeds:
            if seed.confirmed or pending_too:
                seed.killed_by = seed.killed_by or rule
        for codes in self.sets:
            codes.killed_by = codes.killed_by or rule
