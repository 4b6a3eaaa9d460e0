"""The policy that ships, in `shipped_policy.json`.

Its weights are what `secmon fit` finds on the simulated wallet; `secmon fit --check` says whether they still
are.
"""

import json
from importlib.resources import files

from secmon.risk.policy import Policy

SHIPPED_POLICY_FILE = "shipped_policy.json"


def _load() -> Policy:
    return Policy.from_document(
        json.loads(files("secmon.risk").joinpath(SHIPPED_POLICY_FILE).read_text("utf-8"))
    )


DEFAULT_POLICY = _load()
