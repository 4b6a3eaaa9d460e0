"""What the page behind an alert's link says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from secmon.wording.languages import Words, language_of


class Notice(StrEnum):
    """What the page is about."""

    QUESTION = "question"
    WAS_ME = "was_me"
    RESTS = "rests"
    ONLY_FREEZES = "only_freezes"
    NOT_ME = "not_me"
    USED = "used"
    CLOSED = "closed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    FORGED = "forged"
    UNUSABLE = "unusable"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Text:
    """A page's words; `steps` are what happens next, in order."""

    title: Words
    paragraphs: tuple[Words, ...]
    steps: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The same in one language."""

    title: str
    paragraphs: tuple[str, ...]
    steps: tuple[str, ...]


TEXTS: Mapping[Notice, Text] = {
    Notice.QUESTION: Text(
        ("Was this you?", "是您本人登录吗？"),
        (("This login to your wallet was an unusual one:", "您的钱包有一次异常登录："),),
    ),
    Notice.WAS_ME: Text(
        ("Thank you", "谢谢"),
        (
            (
                "It was you: this device is now trusted, and you need not do anything else.",
                "已确认是您本人登录，该设备已设为可信设备，您无需其他操作。",
            ),
        ),
    ),
    Notice.RESTS: Text(
        ("Noted", "已记录"),
        (
            (
                "Your answer is on file, and we do not ask about this login again.",
                "您的答复已记录，我们不会再就此次登录向您询问。",
            ),
            (
                "It does not make the device a trusted one: a mail alone does not show who answers.",
                "仅凭邮件无法核实答复人的身份，因此该设备未被设为可信设备。",
            ),
            (
                "To use the device, log in with the wallet app and confirm there that it is you.",
                "如需使用该设备，请在钱包应用中登录，并在应用内确认是您本人。",
            ),
        ),
    ),
    Notice.ONLY_FREEZES: Text(
        ("Please confirm it in the wallet app", "请在钱包应用中确认"),
        (("Nothing was changed. The login that we ask about:", "您的账户未做任何更改。需要您确认的登录："),),
    ),
    Notice.NOT_ME: Text(
        ("Your account is frozen", "您的账户已冻结"),
        (
            (
                "Nobody can log in, pay or withdraw, and everybody who was logged in is being logged out.",
                "任何人都无法登录、付款或提现，所有已登录的设备正被强制退出。",
            ),
            ("Your money stays where it is.", "您的资金仍在账户中，不受影响。"),
        ),
        steps=(
            (
                "Our support team works on your case. Name its reference whenever you contact us.",
                "客服团队正在处理您的工单。联系我们时，请提供工单号。",
            ),
            (
                "We verify that you are the owner: by a call back, an ID document or a face match.",
                "我们会通过回拨电话、身份证件或人脸比对核实您的身份。",
            ),
            (
                "Then a second colleague gives the account back to you.",
                "随后由另一位工作人员复核，为您恢复账户。",
            ),
            (
                (
                    "You choose a new password; for a day after you have the account back, money cannot "
                    "leave it."
                ),
                "您需要设置新密码；账户恢复后一天内，资金无法转出。",
            ),
        ),
    ),
    Notice.USED: Text(
        ("This question is answered", "此提醒已有答复"),
        (
            (
                "Each link works once, and an answer to this question is on file already.",
                "每个链接只能使用一次，此前已有答复记录在案。",
            ),
            (
                "If that answer was wrong, open the wallet app or call the hotline at once.",
                "如果答复有误，请立即打开钱包应用或拨打客服热线。",
            ),
        ),
    ),
    Notice.CLOSED: Text(
        ("This question is closed", "此提醒已关闭"),
        (
            (
                "Your account was frozen and then given back to you. We no longer ask about earlier logins.",
                "您的账户曾被冻结，现已恢复使用，我们不再就此前的登录向您询问。",
            ),
            (
                "If something looks wrong now, open the wallet app or call the hotline at once.",
                "如果您现在发现任何异常，请立即打开钱包应用或拨打客服热线。",
            ),
        ),
    ),
    Notice.EXPIRED: Text(
        ("This link has expired", "链接已过期"),
        (
            (
                "Links work for 24 hours. You can still answer in the wallet app.",
                "链接有效期为 24 小时。您仍可在钱包应用中答复。",
            ),
            (
                "If the login was not yours, open the wallet app or call the hotline at once.",
                "如果不是您本人登录，请立即打开钱包应用或拨打客服热线。",
            ),
        ),
    ),
    Notice.UNKNOWN: Text(
        ("This link does not work", "链接无效"),
        (
            (
                "Please check that the whole link was opened, or answer in the wallet app.",
                "请确认已打开完整的链接，或在钱包应用中答复。",
            ),
        ),
    ),
    Notice.FORGED: Text(
        ("Please answer once more", "请重新答复"),
        (
            (
                "The answer did not come from our page. Please open the link again, and answer there.",
                "此次答复并非从我们的页面提交。请重新打开链接，并在页面上答复。",
            ),
        ),
    ),
    Notice.UNUSABLE: Text(
        ("Please answer once more", "请重新答复"),
        (
            (
                "Your answer did not arrive whole. The login that we ask about:",
                "您的答复未完整提交。需要您确认的登录：",
            ),
        ),
    ),
    Notice.FROZEN: Text(
        ("Your account is frozen", "您的账户已冻结"),
        (
            (
                "While it is frozen, no device can be trusted. Nothing was changed.",
                "账户冻结期间，无法将任何设备设为可信设备。您的账户未做任何更改。",
            ),
            (
                "Please call the hotline: our support team helps you to get the account back.",
                "请拨打客服热线，客服团队会帮助您恢复账户。",
            ),
        ),
    ),
}
LABELS: Mapping[str, Words] = {
    "device": ("Device", "设备"),
    "place": ("Place", "地点"),
    "time": ("Time", "时间"),
    "was_me": ("It was me", "是我本人"),
    "not_me": ("It was not me", "不是我"),
    "consequence": (
        "“It was not me” freezes your account at once, so that nobody can move your money.",
        "选择“不是我”将立即冻结您的账户，任何人都无法转移您的资金。",
    ),
    "only_freezes": (
        (
            "The address that this link was sent to was added to your account within the last three "
            "days, or is no longer its address. So this page can freeze the account, and nothing else. "
            "If the login was yours, confirm it in the wallet app."
        ),
        (
            "收到此链接的邮箱绑定未满三天，或已不再是您账户的邮箱，因此本页面仅可用于冻结账户。"
            "如果是您本人登录，请在钱包应用中确认。"
        ),
    ),
    "reference": ("Your case:", "您的工单号："),
    "never_asked": (
        "We never ask for passwords or codes, on this page or anywhere else.",
        "我们绝不会在此页面或其他任何地方索要密码或验证码。",
    ),
}


def text(notice: Notice, locale: str) -> Told:
    """What the page says of that."""
    found, language = TEXTS[notice], language_of(locale)
    return Told(
        found.title[language],
        tuple(paragraph[language] for paragraph in found.paragraphs),
        tuple(step[language] for step in found.steps),
    )


def labels(locale: str) -> dict[str, str]:
    """What stands beside facts and on buttons."""
    language = language_of(locale)
    return {name: words[language] for name, words in LABELS.items()}
