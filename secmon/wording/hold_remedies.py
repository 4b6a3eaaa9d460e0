"""Why something is held, what to do about it, and what support asks for: what owners and staff read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from secmon.wording.languages import Words, language_of


@dataclass(frozen=True, slots=True)
class Remedy:
    """`reason` fits behind “The reason:”; `steps` say what the owner does; `papers` what support asks for."""

    reason: Words
    steps: Words
    papers: Words


_WAIT_OR_OLD_PHONE: Words = (
    "Wait until it ends. Sooner: confirm with your second factor on a phone that you have used for longer.",
    "请等待限制到期。如需提前解除，请在您此前一直使用的手机上通过双重验证确认。",
)
_WAIT_OR_AT_HOME: Words = (
    "Wait until it ends. Sooner: confirm with your second factor at home, on a phone used for longer.",
    "请等待限制到期。如需提前解除，请在家中等常用网络下，使用您此前一直使用的手机通过双重验证确认。",
)
_WAIT: Words = (
    "Wait until it ends. Support can lift it sooner once your identity is checked.",
    "请等待限制到期。如需提前解除，请联系客服核实身份。",
)
_ID: Words = (
    "Your ID document, and a call back to the number that was on file before.",
    "本人身份证件，并接听客服拨打至您原预留号码的回访电话。",
)
_NONE: Words = ("None.", "无需提供材料。")

REMEDIES: Mapping[str, Remedy] = {
    "new_device": Remedy(("a new device was approved", "新设备刚刚通过验证"), _WAIT_OR_OLD_PHONE, _ID),
    "known_device_elsewhere": Remedy(
        ("your device logged in from a place where you have never been", "您的设备在从未去过的地点登录"),
        (
            "Confirm the login with your second factor, or say in the app that it was you.",
            "请通过双重验证确认该次登录，或在应用中确认是您本人操作。",
        ),
        _ID,
    ),
    "alert_open": Remedy(
        ("a login has not been confirmed yet", "有一次登录尚待您确认"),
        (
            "Say in the app whether the login was you.",
            "请在应用中确认该次登录是否为您本人操作。",
        ),
        _NONE,
    ),
    "factor_changed": Remedy(
        ("the second factor was set up or changed", "双重验证刚刚设置或更改"), _WAIT, _ID
    ),
    "factor_reset": Remedy(("support has reset the second factor", "客服已重置双重验证"), _WAIT, _ID),
    "password_recovered": Remedy(
        ("the password was recovered", "密码经找回流程重设"), _WAIT_OR_OLD_PHONE, _ID
    ),
    "password_changed_elsewhere": Remedy(
        ("the password was changed on a new device or in a new place", "密码在新设备或陌生地点被修改"),
        _WAIT_OR_OLD_PHONE,
        _ID,
    ),
    "phone_changed": Remedy(("the phone number was changed", "手机号码已更改"), _WAIT_OR_OLD_PHONE, _ID),
    "email_changed": Remedy(("the e-mail address was changed", "电子邮箱已更改"), _WAIT_OR_OLD_PHONE, _ID),
    "sim_changed": Remedy(("the SIM card was replaced", "手机 SIM 卡已更换"), _WAIT_OR_OLD_PHONE, _ID),
    "payee_added": Remedy(("the payee is new", "收款人为新添加"), _WAIT_OR_AT_HOME, _ID),
    "limit_raised": Remedy(("the limit was raised", "限额刚刚调高"), _WAIT_OR_OLD_PHONE, _ID),
    "unfrozen": Remedy(("the account was frozen until now", "账户刚刚解除冻结"), _WAIT, _ID),
    "owner_lock": Remedy(
        ("you have locked this yourself", "您本人已锁定此操作"),
        (
            "Unlock it in the app: it takes your second factor and 12 hours.",
            "请在应用中解锁：需通过双重验证，12 小时后生效。",
        ),
        _ID,
    ),
    "owner_fence": Remedy(
        ("you have set this money aside yourself", "您本人已将这部分资金锁定"),
        (
            "Open it in the app with your second factor; it takes 12 hours. Or in person, if you chose that.",
            "请在应用中解锁：需通过双重验证，12 小时后生效；设为仅限当面解锁的，请携带证件到柜台办理。",
        ),
        ("Your ID document, in person where you chose so.", "本人身份证件；设为当面解锁的须本人到场。"),
    ),
    "owner_away": Remedy(
        ("the phone is away from your usual places", "手机不在您的常用地点"),
        ("Pay from a usual place, or a smaller amount.", "请回到常用地点操作，或减小金额。"),
        _ID,
    ),
    "on_call": Remedy(
        ("a call, screen sharing or remote control is going on", "正在通话、共享屏幕或被远程控制"),
        (
            "Hang up and stop sharing. Nobody of ours asks you to move money. Try again after half an hour.",
            "请挂断电话并停止共享屏幕。我们的工作人员绝不会要求您转账。请半小时后再试。",
        ),
        _NONE,
    ),
    # What the gate answers besides holds.
    "frozen": Remedy(
        ("the account is frozen", "账户已冻结"),
        ("Contact support; your case says how.", "请联系客服，按工单指引办理。"),
        _ID,
    ),
    "action_required": Remedy(
        ("something has to be done first", "需先完成必要操作"),
        ("Do what the app asks for first.", "请先在应用中完成所要求的操作。"),
        _NONE,
    ),
    "session_ended": Remedy(
        ("this session was ended", "当前会话已失效"),
        ("Log in again.", "请重新登录。"),
        _NONE,
    ),
    "session_unknown": Remedy(
        ("this session belongs to no login that we know of", "当前会话没有对应的登录记录"),
        ("Confirm with your second factor, or log in again.", "请通过双重验证确认，或重新登录。"),
        _NONE,
    ),
    "session_moved": Remedy(
        ("this session goes on somewhere else than it began", "当前会话已转移到其他设备或地点"),
        ("Confirm with your second factor, or log in again.", "请通过双重验证确认，或重新登录。"),
        _NONE,
    ),
    "login_unproven": Remedy(
        ("the login has not been confirmed yet", "本次登录尚未完成验证"),
        ("Confirm with your second factor.", "请通过双重验证确认。"),
        _NONE,
    ),
}


SHARE: Words = ("{percent} % of the balance", "余额的 {percent}%")
SHARE_OR_AMOUNT: Words = (
    "{percent} % of the balance, or {amount} where that is not known",
    "余额的 {percent}%（余额未知时为 {amount}）",
)


def reason(code: str, locale: str) -> str:
    """Why, in a few words; a code that has none stays as it is."""
    known = REMEDIES.get(code)
    return code if known is None else known.reason[language_of(locale)]


def most(cap: Mapping[str, str], locale: str) -> str:
    """A cap in words; empty where there is none."""
    language = language_of(locale)
    amount = f"{cap['amount']} {cap.get('currency', '')}".strip() if "amount" in cap else ""
    if "share" not in cap:
        return amount
    sentence = SHARE_OR_AMOUNT if amount else SHARE
    return sentence[language].format(percent=_percent(cap["share"]), amount=amount)


def _percent(share: str) -> str:
    """Without needless noughts: `5`, `2.5`."""
    return f"{(Decimal(share) * 100).normalize():f}"


def steps(code: str, locale: str) -> str:
    """What the owner does about it."""
    return REMEDIES[code].steps[language_of(locale)]


def papers(code: str, locale: str) -> str:
    """What support asks for."""
    return REMEDIES[code].papers[language_of(locale)]
