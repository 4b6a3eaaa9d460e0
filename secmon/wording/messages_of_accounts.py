"""What is told of logins, freezes, restrictions, cases and devices: on the timeline, and by letter."""

from __future__ import annotations

from collections.abc import Mapping

from secmon.outbox.kinds import Kind
from secmon.wording.letters import NOT_YOU, Letter, Message

OF_ACCOUNTS: Mapping[Kind, Message] = {
    Kind.LOGIN_ALERT: Message(
        ("the question whether a login was the owner's", "询问登录是否为本人操作"),
        Letter(
            ("New login to your wallet", "您的钱包有新的登录"),
            (
                ("{decision}", "{decision}"),
                ("Device: {device}", "设备：{device}"),
                ("Place: {place}", "地点：{place}"),
                ("Time: {time}", "时间：{time}"),
                ("If this was you, there is nothing to do.", "如果是您本人登录，则无需任何操作。"),
                ("{answer_in}", "{answer_in}"),
            ),
            link_label=(
                "Was this you? Answer here within 24 hours:",
                "是您本人登录吗？请在 24 小时内点击以下链接确认：",
            ),
            freezing_label=(
                "If this was not you, freeze your account here within 24 hours:",
                "如果不是您本人登录，请在 24 小时内点击以下链接冻结账户：",
            ),
        ),
    ),
    Kind.LOGIN_ALERTS_SUMMARY: Message(
        ("how many alerts got no letter of their own", "未单独发信的登录提醒汇总"),
        Letter(
            ("More unusual logins to your wallet", "您的钱包还有其他异常登录"),
            (
                (
                    "There were more unusual logins to your account than we write letters about.",
                    "您的账户短时间内出现多次异常登录，为避免邮件过多，我们未就每次登录逐一发送邮件。",
                ),
                (
                    "Logins without a letter of their own: {withheld}.",
                    "未逐一发送邮件的登录：{withheld} 次。",
                ),
                ("From {since} until {until}.", "时间：{since} 至 {until}。"),
                (
                    "Please look at each of them in the wallet app, and say whether it was you.",
                    "请在钱包应用中逐一查看，并确认是否为您本人登录。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.ACCOUNT_FROZEN: Message(
        ("the account is frozen", "账户已冻结"),
        Letter(
            ("Your account is frozen", "您的账户已冻结"),
            (
                (
                    "Your account was frozen to protect it: nobody can log in, pay or withdraw.",
                    "为保护您的资金，账户已被冻结：任何人都无法登录、付款或提现。",
                ),
                (
                    "Your case: {reference}. Please name it when you contact us.",
                    "您的工单号：{reference}。联系我们时请提供此号码。",
                ),
                (
                    "Our support team will verify who you are, and then help you to get the account back.",
                    "客服核实您的身份后，会帮助您恢复账户。",
                ),
            ),
        ),
    ),
    Kind.ACCOUNT_UNFROZEN: Message(
        ("the account can be used again", "账户已恢复使用"),
        Letter(
            ("Your account can be used again", "您的账户已恢复使用"),
            (
                (
                    "Your account is no longer frozen. Please choose a new password when you log in.",
                    "您的账户已解除冻结。请在登录时设置新密码。",
                ),
                (
                    (
                        "Your {second_factor} has to be set up again too: until then, no money can leave "
                        "the account."
                    ),
                    "您还需要重新绑定{second_factor}；完成之前，资金无法转出。",
                ),
                ("For 24 hours, transfers and withdrawals stay blocked.", "24 小时内暂时无法转账和提现。"),
                NOT_YOU,
            ),
        ),
    ),
    Kind.ACCOUNT_RESTRICTED: Message(
        ("some actions are blocked for a while", "部分操作暂时受限"),
        Letter(
            ("Some actions are blocked for a while", "部分操作暂时受限"),
            (
                (
                    "To protect your account, until {until} it cannot be used to: {blocked}.",
                    "为保护您的账户，{until} 之前无法进行以下操作：{blocked}。",
                ),
                (
                    "Until {until}, no more than {most} in all can leave it. This concerns: {limited}.",
                    "{until} 之前，以下操作合计不得超过{most}：{limited}。",
                ),
                ("The reason: {reason}.", "原因：{reason}。"),
                ("{steps}", "{steps}"),
                NOT_YOU,
            ),
        ),
    ),
    Kind.LOCKS_LOOSENED: Message(
        ("a lock of the owner's is about to end", "用户的锁定即将解除"),
        Letter(
            ("A lock on your wallet is about to end", "您的钱包锁定即将解除"),
            (
                (
                    "Somebody asked, with your second factor, to loosen a lock that you had set: {reason}.",
                    "有人使用您的双重验证申请放宽您设置的锁定：{reason}。",
                ),
                (
                    "It ends at {until}. Until then you can call it off in the app, on any phone of yours.",
                    "锁定将于 {until} 解除。在此之前，您可在任一常用手机的应用中撤销该申请。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.HOLD_LIFTED: Message(
        ("a hold was lifted", "限制已解除"),
        Letter(
            ("What was held on your wallet is free again", "您的钱包限制已解除"),
            (
                (
                    "Your appeal was upheld, and the hold was lifted. It had begun because: {reason}.",
                    "您的申诉已成立，相关限制已解除。限制原因：{reason}。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.SESSIONS_REVOKE: Message(("all sessions are to be ended", "结束所有登录会话")),
    Kind.CASE_OPENED: Message(("a case was opened", "已建立工单")),
    Kind.CASE_UPDATED: Message(
        ("there is news of a case", "工单有更新"),
        Letter(
            ("A message about your case {reference}", "关于您的工单 {reference} 的消息"),
            (
                (
                    "Our support team has written to you about your case {reference}:",
                    "客服团队就您的工单 {reference} 给您留言：",
                ),
                ("{note}", "{note}"),
                (
                    "You find this message in the wallet app too. Please name the case when you contact us.",
                    "您也可以在钱包应用中查看此消息。联系我们时请提供工单号。",
                ),
            ),
        ),
    ),
    Kind.DEVICE_FORGOTTEN: Message(
        ("a device was removed", "设备已移除"),
        Letter(
            ("A device was removed", "设备已移除"),
            (
                (
                    "A device was removed from your account. Its next login counts as new.",
                    "您的账户移除了一台设备，该设备下次登录将视为新设备。",
                ),
                NOT_YOU,
            ),
        ),
    ),
}
