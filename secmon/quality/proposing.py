"""The labels that weights may be fitted to, gathered from half a year; and the proposal, in the shadow.

An owner's word alone counts for nothing here: whoever has the session or the mailbox has that as well.
"""

from __future__ import annotations

from datetime import timedelta

from secmon.core.errors import Conflict
from secmon.database.work import Work
from secmon.logins import sampling
from secmon.logins.sampling import SampledLogin
from secmon.policies import shadow_policies, versions
from secmon.policies.service import Policies
from secmon.quality import labels
from secmon.quality.counting import WEEK
from secmon.quality.fitting import Evidence, Example, Proposal, bare_evidence, propose
from secmon.quality.verdicts import Truth
from secmon.trials import shadows

LABELLED_FOR = timedelta(weeks=26)
SAMPLED_FOR = timedelta(days=30)
# Of each truth, the latest; a fit to more takes minutes and finds the same.
MOST_LABELS = 2_000
LOGINS_SAMPLED = 3_000


class ShadowStands(Conflict):
    """A policy is in the shadow already: a proposal takes its place, and what it has found, only if told."""

    code = "shadow_policy_stands"
    title = "There is a shadow policy already"
    advice = "Look at it with GET /v1/risk-policy/shadow; end it, or say --replace."


def proposal(work: Work) -> Proposal:
    """What the labels would have the policy in force weigh. Changes nothing. Raises `TooFewLabels`."""
    policies = Policies()
    base = policies.at(work, versions.in_force(work))
    confirmed, disputed = _confirmed(work, policies)
    drawn, _ = sampling.sampled(work, work.now - SAMPLED_FOR, work.now, LOGINS_SAMPLED)
    others, every = dict[str, Evidence](), list[Evidence]()
    for login in drawn:
        evidence = _evidence(work, login, policies)
        every.append(evidence)
        if (login.account_id, login.event_id) not in disputed:
            others.setdefault(login.account_id, evidence)
    undisputed = [Example(evidence, Truth.OWNER, confirmed=False) for evidence in others.values()]
    return propose(base, [*confirmed, *undisputed], every)


def put_in_shadow(work: Work, found: Proposal, *, replace: bool) -> int:
    """The proposal is judged beside the policy in force, without effect; its version.

    Raises `ShadowStands`.
    """
    if not replace and shadow_policies.lock(work) is not None:
        raise ShadowStands
    return shadows.put(work, found.document, "en").version


def _confirmed(work: Work, policies: Policies) -> tuple[list[Example], set[labels.Key]]:
    """One login an account and truth, latest weeks first; and all that were said to be somebody else's."""
    found: dict[Truth, dict[str, Example]] = {truth: {} for truth in Truth}
    disputed = set[labels.Key]()
    until = work.now
    while until > work.now - LABELLED_FOR:
        for label in labels.read(work, until - WEEK, until, policies):
            login, truth = label.login, label.truth
            if any(said is Truth.TAKEOVER for _, said in label.said):
                disputed.add((login.account_id, login.event_id))
            if truth is None or not label.confirmed or len(found[truth]) >= MOST_LABELS:
                continue
            found[truth].setdefault(login.account_id, Example(_evidence(work, login, policies), truth))
        until -= WEEK
    return [example for of_truth in found.values() for example in of_truth.values()], disputed


def _evidence(work: Work, login: SampledLogin, policies: Policies) -> Evidence:
    return bare_evidence(login.signals, policies.at(work, login.policy_version))
