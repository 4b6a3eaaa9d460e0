"""What a letter is made of, and the words that all letters share.

The letters themselves stand with the messages that they carry: `messages_of_accounts.py`,
`messages_of_credentials.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from secmon.wording.hold_remedies import REMEDIES
from secmon.wording.languages import ENGLISH, LOCALES, Words


@dataclass(frozen=True, slots=True)
class Letter:
    """`paragraphs` may name facts in braces; one is left out where the facts do not fill it.

    `link_label` stands before the one link a letter may have, the fact `link`; `freezing_label` before what
    stands in its place and can only freeze, `freezing_link`.
    """

    subject: Words
    paragraphs: tuple[Words, ...]
    link_label: Words | None = None
    freezing_label: Words | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What a kind of message is about, as the timeline says it, and the letter that the owner gets of it.

    None: the message is the wallet's business alone.
    """

    about: Words
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A letter in one language. `link` is the one that there is, after its label."""

    locale: str
    subject: str
    paragraphs: tuple[str, ...]
    link: tuple[str, str] | None
    signature: str


GREETING: Words = ("Hello,", "您好：")
SIGNATURE: Words = (
    "The security team of your wallet. We never ask for passwords or codes, by mail or by phone.",
    "您的钱包安全团队。我们绝不会通过邮件或电话索要密码或验证码。",
)
NOT_YOU: Words = (
    "If this was not you, open the wallet app or call the hotline at once and have the account frozen.",
    "如果不是您本人操作，请立即打开钱包应用或拨打客服热线，冻结账户。",
)
BETWEEN: Words = (", ", "、")
ACTIONS: Mapping[str, Words] = {
    "login": ("log in", "登录"),
    "transfer": ("transfer money", "转账"),
    "withdraw": ("withdraw money", "提现"),
    "add_payee": ("add a payee", "添加收款人"),
    "raise_limit": ("raise a limit", "调高限额"),
    "change_credentials": ("change password, phone or e-mail", "更改密码、手机号码或电子邮箱"),
    "change_notifications": ("change notifications", "更改通知设置"),
    "export_key": ("export a key", "导出密钥"),
    "enable_feature": ("enable a feature", "开通功能"),
}
# Facts that are codes, in words.
WORDS: Mapping[str, Mapping[str, Words]] = {
    "decision": {
        "allow": ("Somebody logged in to your account.", "有人登录了您的账户。"),
        "challenge": (
            "Somebody was logging in to your account and was asked for further proof.",
            "有人正在登录您的账户，已被要求进一步验证。",
        ),
        "deny": (
            "Somebody tried to log in to your account and was not let in.",
            "有人尝试登录您的账户，已被拒绝。",
        ),
    },
    "second_factor": {
        "totp": ("authenticator app", "验证器应用"),
    },
    "actions": ACTIONS,
    "limited": ACTIONS,
    "blocked": ACTIONS,
    "reason": {code: remedy.reason for code, remedy in REMEDIES.items()},
    "steps": {code: remedy.steps for code, remedy in REMEDIES.items()},
    "answer_in": {
        "app": (
            "Open the wallet app yourself and say there whether this was you. This letter has no link.",
            "请自行打开钱包应用，确认是否为您本人登录。本邮件不含任何链接。",
        ),
    },
    "credential": {
        "password": ("password", "登录密码"),
        "phone": ("phone number", "手机号码"),
        "email": ("e-mail address", "电子邮箱"),
    },
    "state": {
        "unknown": (
            (
                "Since when have you had your password? We do not know it, and ask this once only: if "
                "you cannot tell, or it was long ago, choose a new one in the wallet app."
            ),
            (
                "您的密码是何时设置的？我们没有相关记录，仅此询问一次：如果您已不记得，或设置时间较久，"
                "请在钱包应用中设置新密码。"
            ),
        ),
        "due_soon": ("It will soon be time for a look at your password.", "您的密码即将到检查时间。"),
        "due": ("It is time for a look at your password.", "您的密码已到检查时间。"),
    },
}


def filled(letter: Letter, locale: str, facts: Mapping[str, str]) -> Filled:
    """The letter with its facts in words; an owner whose language is neither reads Chinese."""
    language = LOCALES.index(ENGLISH) if locale == ENGLISH else 1
    told = {name: _worded(name, value, language) for name, value in facts.items()}
    return Filled(
        locale=LOCALES[language],
        subject=letter.subject[language].format_map(told),
        paragraphs=(GREETING[language], *_paragraphs(letter, told, language)),
        link=_link(letter, told, language),
        signature=SIGNATURE[language],
    )


def _paragraphs(letter: Letter, facts: Mapping[str, str], language: int) -> Iterator[str]:
    """Those whose facts are all there."""
    for paragraph in letter.paragraphs:
        try:
            yield paragraph[language].format_map(facts)
        except KeyError:
            continue


def _link(letter: Letter, facts: Mapping[str, str], language: int) -> tuple[str, str] | None:
    for label, name in ((letter.link_label, "link"), (letter.freezing_label, "freezing_link")):
        if label and facts.get(name):
            return label[language], facts[name]
    return None


def _worded(name: str, value: str, language: int) -> str:
    """A fact whose codes have words, several of them with commas between; any other as it is."""
    words = WORDS.get(name)
    if words is None:
        return value
    codes = value.split(",")
    return BETWEEN[language].join(words[code][language] if code in words else code for code in codes)
