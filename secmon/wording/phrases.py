"""What this service writes of itself, in both languages: who acts, what messages are about, stored English.

Texts that it writes into cases (a subject, a note, a reason) are stored in English, and told in Chinese
where a sentence is. What people wrote is told as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from secmon.outbox.kinds import Kind
from secmon.outbox.sending import EMAIL, FORMER_EMAIL
from secmon.wording.codes import in_words
from secmon.wording.languages import Words

ACTORS: Mapping[str, Words] = {
    "the owner": ("The owner", "用户本人"),
    "secmon": ("The service", "系统"),
    "operator at the command line": ("An operator at the command line", "命令行管理员"),
}
MESSAGES: Mapping[Kind, Words] = {
    Kind.LOGIN_ALERT: ("the question whether a login was the owner's", "询问登录是否为本人操作"),
    Kind.LOGIN_ALERTS_SUMMARY: ("how many alerts got no letter of their own", "未单独发信的登录提醒汇总"),
    Kind.ACCOUNT_FROZEN: ("the account is frozen", "账户已冻结"),
    Kind.ACCOUNT_UNFROZEN: ("the account can be used again", "账户已恢复使用"),
    Kind.ACCOUNT_RESTRICTED: ("some actions are blocked for a while", "部分操作暂时受限"),
    Kind.SESSIONS_REVOKE: ("all sessions are to be ended", "结束所有登录会话"),
    Kind.CASE_OPENED: ("a case was opened", "已建立工单"),
    Kind.CASE_UPDATED: ("there is news of a case", "工单有更新"),
    Kind.TWO_FACTOR_ENROLLED: ("a second factor was set up", "双重验证已绑定"),
    Kind.TWO_FACTOR_REMOVED: ("the second factor was removed", "双重验证已解除"),
    Kind.TWO_FACTOR_LOCKED: ("wrong codes block the second factor for a while", "验证码多次错误，暂时锁定"),
    Kind.TWO_FACTOR_DISABLED: ("the second factor was disabled", "双重验证已停用"),
    Kind.RECOVERY_CODES_LOW: ("few recovery codes are left", "恢复码即将用完"),
    Kind.RECOVERY_CODE_USED: ("a recovery code was used", "恢复码已被使用"),
    Kind.RECOVERY_CODES_RENEWED: ("the recovery codes were renewed", "恢复码已更新"),
    Kind.CREDENTIAL_CHANGED: ("a credential was changed", "登录凭证已更改"),
    Kind.EMAIL_BOUND: ("this e-mail address was bound to the account", "账户已绑定此邮箱"),
    Kind.PASSWORD_REMINDER: ("it is time to look at the password", "请检查登录密码"),
    Kind.PASSWORD_COMPROMISED: ("the password is known to others", "密码已泄露"),
    Kind.DEVICE_FORGOTTEN: ("a device was removed", "设备已移除"),
}
RECEIVERS: Mapping[str, Words] = {
    EMAIL: ("the owner by e-mail", "用户邮箱"),
    FORMER_EMAIL: ("the owner at the former e-mail address", "用户原邮箱"),
}
# Whoever else receives messages is an endpoint of the wallet's.
WALLET: Words = ("the wallet", "钱包后台")
SUBJECTS: Mapping[str, str] = {
    "Account reported stolen": "账户被报告失窃",
    "Login from an unfamiliar device": "陌生设备登录",
    "Suspicious activity": "可疑活动",
    "Device lost": "设备遗失",
    "Frozen at the owner's request": "应用户本人要求冻结",
    "Frozen by legal order": "依司法要求冻结",
}
_REPORTED_AGAIN = re.compile(r"Reported again: (.+) \((\w+)\)\.")
_DENIED = re.compile(r"The owner denies the login from (.+) \(([^()\s]+)\)\.")
# Why a request was refused by itself.
WITHDRAWN: Mapping[str, str] = {
    "A new report came in.": "收到新的报告。",
    "Asked for anew, with another day.": "已按另一日期重新申请。",
    "The factor was reset on another request.": "双重验证已按另一申请重置。",
    "The factor was taken away with the unfreeze.": "双重验证已随解冻解除。",
}


def who_acts(name: str, language: int) -> str:
    """An actor by name; this service's own ones as they are called in the language of that index."""
    return ACTORS[name][language] if name in ACTORS else name


def receiver(name: str, language: int) -> str:
    """Who is told."""
    return RECEIVERS.get(name, WALLET)[language]


def about(kind: str, language: int) -> str:
    """What a message says; a kind of another release by its code."""
    return MESSAGES[Kind(kind)][language] if kind in set(Kind) else kind


def told(text: str, language: int) -> str:
    """A stored text: in Chinese line by line, where this service wrote it."""
    return "\n".join(map(_in_chinese, text.split("\n"))) if language else text


def _in_chinese(line: str) -> str:
    if again := _REPORTED_AGAIN.fullmatch(line):
        return f"再次报告：{SUBJECTS.get(again[1], again[1])}（{in_words(again[2], 1)}）。"
    if denied := _DENIED.fullmatch(line):
        return f"用户否认来自 {denied[1]}（{denied[2]}）的登录。"
    return SUBJECTS.get(line) or WITHDRAWN.get(line, line)
