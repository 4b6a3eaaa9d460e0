"""Every audited action as a sentence that a support agent can read aloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from secmon.wording.codes import actor, in_words
from secmon.wording.languages import Words, in_both

# `{who}` is the actor, `{subject}` and the others are the entry's own. A word for each may be missing
# in entries of an earlier release: then the sentence has a gap, and is still a sentence.
SENTENCES: Mapping[str, Words] = {
    "account.frozen": (
        "{who} froze the account because {reason}.",
        "{who} 冻结了账户，原因：{reason}。",
    ),
    "freeze.reported_again": (
        "{who} reported the frozen account again because {reason}.",
        "{who} 再次报告已冻结的账户，原因：{reason}。",
    ),
    "account.unfrozen": (
        "{who} unfroze the account; the owner must {required}.",
        "{who} 解冻了账户；用户须{required}。",
    ),
    "account.profile_changed": (
        "{who} changed the account's profile: {changed}.",
        "{who} 更改了账户资料：{changed}。",
    ),
    "hold.ended": ("{who} ended a hold by {by}.", "{who} 解除了一项限制，方式：{by}。"),
    "locks.loosened": ("{who} loosened the owner's locks.", "{who} 放宽了用户的锁定。"),
    "locks.kept": ("{who} called off the loosening of locks.", "{who} 撤销了锁定的放宽。"),
    "gate.proven": ("{who} proved a request by {method}.", "{who} 通过{method}证明了一次操作。"),
    "appeal.asked": ("{who} appealed against a hold.", "{who} 就一项限制提出申诉。"),
    "appeal.upheld": ("{who} upheld the appeal against a hold.", "{who} 认定申诉成立，解除了限制。"),
    "appeal.refused": ("{who} refused the appeal against a hold.", "{who} 驳回了对限制的申诉。"),
    "account.viewed": ("{who} looked at the account.", "{who} 查看了账户。"),
    "account.erased": ("{who} erased the account's personal data.", "{who} 删除了账户的个人数据。"),
    "erasure.requested": (
        "{who} asked to erase the account's personal data.",
        "{who} 申请删除账户的个人数据。",
    ),
    "erasure.approved": (
        "{who} approved the erasure of the account's personal data.",
        "{who} 批准删除账户的个人数据。",
    ),
    "erasure.refused": (
        "{who} refused to erase the account's personal data.",
        "{who} 拒绝删除账户的个人数据。",
    ),
    "unfreeze.requested": ("{who} asked to unfreeze the account.", "{who} 申请解冻账户。"),
    "unfreeze.approved": ("{who} approved the unfreeze.", "{who} 批准了解冻。"),
    "unfreeze.refused": ("{who} refused the unfreeze.", "{who} 拒绝了解冻。"),
    "factor_reset.requested": (
        "{who} asked to reset the second factor.",
        "{who} 申请重置双重验证。",
    ),
    "factor_reset.approved": (
        "{who} approved the reset of the second factor.",
        "{who} 批准了双重验证的重置。",
    ),
    "factor_reset.refused": (
        "{who} refused the reset of the second factor.",
        "{who} 拒绝了双重验证的重置。",
    ),
    "case.opened": (
        "{who} opened {category} case {subject}, reported {channel}.",
        "{who} 建立了{category}类工单 {subject}，来源：{channel}。",
    ),
    "case.changed": ("{who} changed case {subject}: {to}.", "{who} 更新了工单 {subject}：{to}。"),
    "case.overdue": ("Case {subject} is overdue.", "工单 {subject} 已超时。"),
    "case.note_added": ("{who} wrote a note on case {subject}.", "{who} 在工单 {subject} 上添加了备注。"),
    "evidence.exported": (
        "{who} exported the evidence of case {subject}.",
        "{who} 导出了工单 {subject} 的证据文件。",
    ),
    "identity.checked": (
        "{who} checked the owner's identity by {method}: {outcome}.",
        "{who} 通过{method}核验用户身份：{outcome}。",
    ),
    "credential.changed": (
        "The account's {credential} was changed by {method}.",
        "账户的{credential}已更改，方式：{method}。",
    ),
    "password.compromised": (
        "{who} reported that the password is known to others.",
        "{who} 报告密码已泄露。",
    ),
    "password.reminder_dismissed": (
        "The owner put the password reminder off.",
        "用户推迟了修改密码的提醒。",
    ),
    "device.trusted": ("{who} marked device {subject} as trusted.", "{who} 将设备 {subject} 设为可信。"),
    "device.untrusted": (
        "{who} marked device {subject} as not trusted.",
        "{who} 取消了设备 {subject} 的可信状态。",
    ),
    "device.forgotten": ("{who} forgot device {subject}.", "{who} 移除了设备 {subject}。"),
    "challenge.passed": (
        "The owner passed a challenge by {method} at login {subject}.",
        "用户在登录 {subject} 时通过了{method}验证。",
    ),
    "challenge.failed": (
        "A challenge by {method} at login {subject} failed.",
        "登录 {subject} 时的{method}验证未通过。",
    ),
    "login.verdict_given": (
        "{who} found that login {subject} was {verdict}.",
        "{who} 认定登录 {subject} 为{verdict}。",
    ),
    "alert.answered": (
        "The owner answered alert {subject}: {answer}.",
        "用户回复了提醒 {subject}：{answer}。",
    ),
    "two_factor.enrolment_started": (
        "Setting up a second factor was started.",
        "开始绑定双重验证。",
    ),
    "two_factor.enrolled": ("A second factor was set up.", "双重验证已绑定。"),
    "two_factor.removed": (
        "The second factor was removed with {method}.",
        "双重验证已通过{method}解除。",
    ),
    "two_factor.reset": ("{who} reset the second factor.", "{who} 重置了双重验证。"),
    "second_factor.rejected": (
        "A second-factor code was rejected.",
        "双重验证码被拒绝。",
    ),
    "recovery_code.used": (
        "A recovery code was used; {left} are left.",
        "使用了一个恢复码，剩余 {left} 个。",
    ),
    "recovery_codes.renewed": ("The recovery codes were renewed.", "恢复码已更新。"),
}
# An action that this release does not know, or of another chain.
OTHER: Words = ("{who} recorded {action}.", "{who} 记录了 {action}。")


# Where a fact makes another sentence of an action.
_VOUCHED_BY_STAFF: Words = (
    "{who} passed on the owner's answer to alert {subject}: {answer}.",
    "{who} 代为登记用户对提醒 {subject} 的答复：{answer}。",
)
_PROVES_NOTHING: Words = (
    "The owner passed a challenge by {method} at login {subject}, which proves nothing.",
    "用户在登录 {subject} 时通过了{method}验证，但该方式不能证明是本人。",
)
_WITH_THE_UNFREEZE: Words = (
    "The second factor was taken away with the unfreeze.",
    "双重验证已随解冻解除。",
)

# Where a code has other words than elsewhere, by the action or the name of the fact.
SAID: Mapping[tuple[str, str], Words] = {
    ("channel", "email"): ("by e-mail", "电子邮件"),
    ("login.verdict_given", "owner"): ("the owner's own", "用户本人操作"),
    ("login.verdict_given", "takeover"): ("somebody else's", "他人盗用"),
    ("challenge.passed", "user"): ("a tap on the screen", "点按确认"),
    ("challenge.failed", "user"): ("a tap on the screen", "点按确认"),
}


def sentence(action: str, who: str, subject: str | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """The sentence of an audited action, by locale; `who` is the actor's name."""
    templates = _template(action, facts)
    return in_both(
        lambda language: templates[language].format_map(_fillings(action, who, subject, facts, language))
    )


def _template(action: str, facts: Mapping[str, Any]) -> Words:
    match action:
        case "alert.answered" if "case_id" in facts:
            return _VOUCHED_BY_STAFF
        case "challenge.passed" if facts.get("proven") is False:
            return _PROVES_NOTHING
        case "two_factor.reset" if "case_id" not in facts:
            return _WITH_THE_UNFREEZE
        case _:
            return SENTENCES.get(action, OTHER)


def _fillings(
    action: str, who: str, subject: str | None, facts: Mapping[str, Any], language: int
) -> Mapping[str, str]:
    words = {name: _said(action, name, value, language) for name, value in facts.items()}
    return defaultdict(
        str, {**words, "who": actor(who, language), "subject": subject or "", "action": action}
    )


def _said(action: str, name: str, value: object, language: int) -> str:
    special = SAID.get((name, value)) or SAID.get((action, value)) if isinstance(value, str) else None
    return special[language] if special else in_words(value, language)
