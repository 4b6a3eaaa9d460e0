"""Which simulated wallets teach, and which test. Their seeds never meet."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from secmon.risk.policy import Policy
from secmon.simulation.service import JudgedLogin, Service
from secmon.simulation.shape import Shape
from secmon.simulation.wallet import wallet

TRAIN_SEEDS = range(1000, 1014)
TEST_SEEDS = range(2000, 2005)
ACCOUNTS_A_WALLET = 200
START = datetime(2026, 1, 1, tzinfo=UTC)


def judged(policy: Policy, seeds: Iterable[int], accounts: int = ACCOUNTS_A_WALLET) -> Iterator[JudgedLogin]:
    """Every successful login of the wallets with these seeds, each wallet judged by a service of its own."""
    for seed in seeds:
        service = Service(policy)
        for message in wallet(Shape.drawn(seed, accounts), seed, START):
            judged_login = service.receive(message)
            if judged_login is not None and judged_login.judgement.login.success:
                yield judged_login
