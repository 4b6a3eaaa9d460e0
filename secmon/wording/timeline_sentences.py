"""What happened to an account, beside the audit's entries, as sentences that can be read aloud, by locale.

Logins, alerts, changes of credentials, notes and messages; audited actions are in `audit_sentences.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secmon.wording import hold_remedies
from secmon.wording.codes import actor, in_words
from secmon.wording.languages import LOCALES, Words, in_both
from secmon.wording.messages import about, receiver

LOGIN: Words = ("A login from {device}{where} ({ip}) {verdict}.", "{device} {where}（{ip}）{verdict}。")
WHERE: Words = (" in {place}", "在{place}")
FAILED: Words = ("failed", "登录失败")
DECISIONS: Mapping[str, Words] = {
    "allow": ("was let in", "登录：放行"),
    "challenge": ("was asked for a second proof", "登录：要求二次验证"),
    "deny": ("was refused", "登录：拒绝"),
}
ALERT: Words = (
    "The owner was asked about the login from {device} ({ip}).",
    "已就 {device}（{ip}）的登录询问用户。",
)
HELD: Words = (
    "Held from now on: {actions}. The reason: {reason}.",
    "以下操作开始受限：{actions}。原因：{reason}。",
)
HELD_ABOVE_CAP: Words = (
    "Held from now on above a cap: {actions}. The reason: {reason}.",
    "以下操作开始限额：{actions}。原因：{reason}。",
)
CREDENTIAL: Words = (
    "The account's {credential} was changed by {method}{source}.",
    "账户的{credential}已更改，方式：{method}{source}。",
)
SOURCE: Words = (" ({ip})", " ({ip})")
NOTE: Words = ("{who} noted: “{text}”", "{who} 备注：“{text}”")
NOTE_TO_OWNER: Words = ("{who} noted to the owner: “{text}”", "{who} 告知用户：“{text}”")
MESSAGE: Words = ("A message was written: {about}{deliveries}.", "已生成消息：{about}{deliveries}。")
DELIVERY: Words = ("; {receiver}: {state}", "；{receiver}: {state}")
WITH_REASON: Words = ("{sentence} “{reason}”", "{sentence} “{reason}”")


def login(device: str, place: str, ip: str, *, decision: str | None) -> dict[str, str]:
    """A login; without a `decision` it failed. The `place` may be empty."""
    verdict = FAILED if decision is None else DECISIONS[decision]
    return in_both(
        lambda language: LOGIN[language].format(
            device=device,
            ip=ip,
            where=WHERE[language].format(place=place) if place else "",
            verdict=verdict[language],
        )
    )


def alert(device: str, ip: str) -> dict[str, str]:
    """The owner was asked about a login."""
    return in_both(lambda language: ALERT[language].format(device=device, ip=ip))


def held(trigger: str, actions: Sequence[str], *, has_cap: bool) -> dict[str, str]:
    """Something is held from now on, and why."""
    sentence = HELD_ABOVE_CAP if has_cap else HELD
    return in_both(
        lambda language: sentence[language].format(
            actions=in_words(list(actions), language),
            reason=hold_remedies.reason(trigger, LOCALES[language]),
        )
    )


def credential_changed(credential: str, method: str, ip: str | None) -> dict[str, str]:
    """A credential was changed, and from where."""
    return in_both(
        lambda language: CREDENTIAL[language].format(
            credential=in_words(credential, language),
            method=in_words(method, language),
            source="" if ip is None else SOURCE[language].format(ip=ip),
        )
    )


def note(by: str, text: Mapping[str, str], *, internal: bool) -> dict[str, str]:
    """A note on a case, `text` by locale: what people wrote is the same in each."""
    words = NOTE if internal else NOTE_TO_OWNER
    return in_both(
        lambda language: words[language].format(who=actor(by, language), text=text[LOCALES[language]])
    )


def message(kind: str, deliveries: Mapping[str, str]) -> dict[str, str]:
    """A message, and how it fares by receiver. Written is what it was; whether it was sent, those say."""
    return in_both(
        lambda language: MESSAGE[language].format(
            about=about(kind, language),
            deliveries="".join(
                DELIVERY[language].format(receiver=receiver(name, language), state=in_words(state, language))
                for name, state in deliveries.items()
            ),
        )
    )


def with_reason(sentence: Mapping[str, str], reason: Mapping[str, str]) -> dict[str, str]:
    """A sentence with the reason that was given, both by locale."""
    return {
        locale: words.format(sentence=sentence[locale], reason=reason[locale])
        for locale, words in zip(LOCALES, WITH_REASON, strict=True)
    }
