"""The letters in Chinese."""

from secmon.outbox.kinds import Kind
from secmon.wording.letters import Letter

GREETING = "您好："
SIGNATURE = "您的钱包安全团队。我们绝不会通过邮件或电话索要密码或验证码。"

_NOT_YOU = "如果不是您本人操作，请立即打开钱包应用或拨打客服热线，冻结账户。"

LETTERS = {
    Kind.LOGIN_ALERT: Letter(
        "您的钱包有新的登录",
        (
            "{decision}",
            "设备：{device}",
            "地点：{place}",
            "时间：{time}",
            "如果是您本人登录，则无需任何操作。",
        ),
        link_label="是您本人登录吗？请在 24 小时内点击以下链接确认：",
        freezing_label="如果不是您本人登录，请在 24 小时内点击以下链接冻结账户：",
    ),
    Kind.LOGIN_ALERTS_SUMMARY: Letter(
        "您的钱包还有其他异常登录",
        (
            "您的账户短时间内出现多次异常登录，为避免邮件过多，我们未就每次登录逐一发送邮件。",
            "未逐一发送邮件的登录：{withheld} 次。",
            "时间：{since} 至 {until}。",
            "请在钱包应用中逐一查看，并确认是否为您本人登录。",
            _NOT_YOU,
        ),
    ),
    Kind.ACCOUNT_FROZEN: Letter(
        "您的账户已冻结",
        (
            "为保护您的资金，账户已被冻结：任何人都无法登录、付款或提现。",
            "您的工单号：{reference}。联系我们时请提供此号码。",
            "客服核实您的身份后，会帮助您恢复账户。",
        ),
    ),
    Kind.ACCOUNT_UNFROZEN: Letter(
        "您的账户已恢复使用",
        (
            "您的账户已解除冻结。请在登录时设置新密码。",
            "您还需要重新绑定{second_factor}；完成之前，资金无法转出。",
            "24 小时内暂时无法转账和提现。",
            _NOT_YOU,
        ),
    ),
    Kind.CASE_UPDATED: Letter(
        "关于您的工单 {reference} 的消息",
        (
            "客服团队就您的工单 {reference} 给您留言：",
            "{note}",
            "您也可以在钱包应用中查看此消息。联系我们时请提供工单号。",
        ),
    ),
    Kind.ACCOUNT_RESTRICTED: Letter(
        "部分操作暂时受限",
        ("为保护您的账户，{until} 之前无法进行以下操作：{actions}。", "原因：{reason}。", _NOT_YOU),
    ),
    Kind.TWO_FACTOR_ENROLLED: Letter(
        "双重验证已开启",
        (
            "您的账户已绑定验证器应用。",
            "请妥善保管十个恢复码，以便手机不在身边时使用。旧恢复码不再有效。",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_REMOVED: Letter(
        "双重验证已关闭",
        ("您的账户已解绑验证器应用，恢复码不再有效。", _NOT_YOU),
    ),
    Kind.TWO_FACTOR_LOCKED: Letter(
        "验证码多次输入错误",
        (
            "您的账户多次输入错误的验证码。",
            "验证器的动态验证码暂时无法使用，恢复码现在仍可使用。",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_DISABLED: Letter(
        "您的验证器已停用",
        (
            "您的账户输入错误验证码已达 100 次。",
            "验证器的动态验证码已无法使用，恢复码仍可使用。",
            "如需重新绑定验证器，请使用恢复码，或联系客服。",
            _NOT_YOU,
        ),
    ),
    Kind.RECOVERY_CODES_LOW: Letter(
        "恢复码即将用完",
        ("剩余恢复码：{left} 个。请在钱包应用中重新生成。",),
    ),
    Kind.RECOVERY_CODE_USED: Letter(
        "恢复码已被使用",
        ("您的账户使用了一个恢复码。剩余恢复码：{left} 个。", _NOT_YOU),
    ),
    Kind.RECOVERY_CODES_RENEWED: Letter(
        "恢复码已更新",
        ("您的账户已生成新的恢复码，旧恢复码不再有效。", _NOT_YOU),
    ),
    Kind.CREDENTIAL_CHANGED: Letter(
        "您的{credential}已更改",
        ("您账户的{credential}已更改。", _NOT_YOU),
    ),
    Kind.EMAIL_BOUND: Letter(
        "此邮箱已绑定您的钱包账户",
        ("您账户的电子邮箱已更改为此邮箱。", _NOT_YOU),
    ),
    Kind.PASSWORD_REMINDER: Letter(
        "请检查您的登录密码",
        (
            "{state}",
            "您的密码已使用 {age_days} 天。",
            "如果该密码也用于其他地方，或可能已被他人知晓，请在钱包应用中更改。",
            "如果密码较长且仅用于本账户，可以继续使用。",
        ),
    ),
    Kind.PASSWORD_COMPROMISED: Letter(
        "请立即更改密码",
        (
            "我们发现您的密码已泄露，他人可能已经知晓。",
            "请立即在钱包应用中更改；其他地方若使用相同密码，也请一并更改。",
        ),
    ),
    Kind.DEVICE_FORGOTTEN: Letter(
        "设备已移除",
        ("您的账户移除了一台设备，该设备下次登录将视为新设备。", _NOT_YOU),
    ),
}

BETWEEN = "、"
WORDS = {
    "decision": {
        "allow": "有人登录了您的账户。",
        "challenge": "有人正在登录您的账户，已被要求进一步验证。",
        "deny": "有人尝试登录您的账户，已被拒绝。",
    },
    "second_factor": {"totp": "验证器应用"},
    "actions": {
        "login": "登录",
        "transfer": "转账",
        "withdraw": "提现",
        "change_credentials": "更改密码、手机号码或电子邮箱",
    },
    "reason": {
        "phone_changed": "手机号码已更改",
        "email_changed": "电子邮箱已更改",
        "unfrozen": "账户刚刚解除冻结",
    },
    "credential": {"password": "登录密码", "phone": "手机号码", "email": "电子邮箱"},
    "state": {
        "unknown": "您的密码是何时设置的？我们没有相关记录，仅此询问一次："
        "如果您已不记得，或设置时间较久，请在钱包应用中设置新密码。",
        "due_soon": "您的密码即将到检查时间。",
        "due": "您的密码已到检查时间。",
    },
}
