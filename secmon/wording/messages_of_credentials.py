"""What is told of second factors, passwords and contacts: on the timeline, and by letter."""

from __future__ import annotations

from collections.abc import Mapping

from secmon.outbox.kinds import Kind
from secmon.wording.letters import NOT_YOU, Letter, Message

OF_CREDENTIALS: Mapping[Kind, Message] = {
    Kind.TWO_FACTOR_ENROLLED: Message(
        ("a second factor was set up", "双重验证已绑定"),
        Letter(
            ("Two-factor authentication is on", "双重验证已开启"),
            (
                ("An authenticator app was set up for your account.", "您的账户已绑定验证器应用。"),
                (
                    (
                        "Keep the ten recovery codes where you find them without your phone. Older ones "
                        "no longer work."
                    ),
                    "请妥善保管十个恢复码，以便手机不在身边时使用。旧恢复码不再有效。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.TWO_FACTOR_REMOVED: Message(
        ("the second factor was removed", "双重验证已解除"),
        Letter(
            ("Two-factor authentication is off", "双重验证已关闭"),
            (
                (
                    "The authenticator app was removed from your account. Its recovery codes no longer work.",
                    "您的账户已解绑验证器应用，恢复码不再有效。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.TWO_FACTOR_LOCKED: Message(
        ("wrong codes block the second factor for a while", "验证码多次错误，暂时锁定"),
        Letter(
            ("Wrong codes were entered", "验证码多次输入错误"),
            (
                (
                    "Wrong codes were entered for your account several times.",
                    "您的账户多次输入错误的验证码。",
                ),
                (
                    (
                        "Your authenticator's codes are not accepted for a while. Your recovery codes "
                        "are, even now."
                    ),
                    "验证器的动态验证码暂时无法使用，恢复码现在仍可使用。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.TWO_FACTOR_DISABLED: Message(
        ("the second factor was disabled", "双重验证已停用"),
        Letter(
            ("Your authenticator was disabled", "您的验证器已停用"),
            (
                (
                    "Wrong codes were entered for your account a hundred times.",
                    "您的账户输入错误验证码已达 100 次。",
                ),
                (
                    "Your authenticator's codes are not accepted any more. Your recovery codes still are.",
                    "验证器的动态验证码已无法使用，恢复码仍可使用。",
                ),
                (
                    "Set up the authenticator again with a recovery code, or contact support.",
                    "如需重新绑定验证器，请使用恢复码，或联系客服。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.RECOVERY_CODES_LOW: Message(
        ("few recovery codes are left", "恢复码即将用完"),
        Letter(
            ("Few recovery codes are left", "恢复码即将用完"),
            (
                (
                    "Recovery codes left: {left}. Please make new ones in the wallet app.",
                    "剩余恢复码：{left} 个。请在钱包应用中重新生成。",
                ),
            ),
        ),
    ),
    Kind.RECOVERY_CODE_USED: Message(
        ("a recovery code was used", "恢复码已被使用"),
        Letter(
            ("A recovery code was used", "恢复码已被使用"),
            (
                (
                    "A recovery code was used for your account. Recovery codes left: {left}.",
                    "您的账户使用了一个恢复码。剩余恢复码：{left} 个。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.RECOVERY_CODES_RENEWED: Message(
        ("the recovery codes were renewed", "恢复码已更新"),
        Letter(
            ("New recovery codes", "恢复码已更新"),
            (
                (
                    "New recovery codes were made for your account. The old ones no longer work.",
                    "您的账户已生成新的恢复码，旧恢复码不再有效。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.CREDENTIAL_CHANGED: Message(
        ("a credential was changed", "登录凭证已更改"),
        Letter(
            ("Your {credential} was changed", "您的{credential}已更改"),
            (
                ("The {credential} of your account was changed.", "您账户的{credential}已更改。"),
                NOT_YOU,
            ),
        ),
    ),
    Kind.EMAIL_BOUND: Message(
        ("this e-mail address was bound to the account", "账户已绑定此邮箱"),
        Letter(
            ("This address belongs to your wallet account now", "此邮箱已绑定您的钱包账户"),
            (
                (
                    "Your account's e-mail address was changed to this one.",
                    "您账户的电子邮箱已更改为此邮箱。",
                ),
                NOT_YOU,
            ),
        ),
    ),
    Kind.PASSWORD_REMINDER: Message(
        ("it is time to look at the password", "请检查登录密码"),
        Letter(
            ("Time to look at your password", "请检查您的登录密码"),
            (
                ("{state}", "{state}"),
                ("You have had your password for {age_days} days.", "您的密码已使用 {age_days} 天。"),
                (
                    (
                        "If you use it elsewhere too, or if somebody else may know it, change it in the "
                        "wallet app."
                    ),
                    "如果该密码也用于其他地方，或可能已被他人知晓，请在钱包应用中更改。",
                ),
                (
                    "A long password that is for this account alone can stay.",
                    "如果密码较长且仅用于本账户，可以继续使用。",
                ),
            ),
        ),
    ),
    Kind.PASSWORD_COMPROMISED: Message(
        ("the password is known to others", "密码已泄露"),
        Letter(
            ("Please change your password now", "请立即更改密码"),
            (
                (
                    "Your password was found where others can read it.",
                    "我们发现您的密码已泄露，他人可能已经知晓。",
                ),
                (
                    "Please change it in the wallet app now, and wherever else you use it.",
                    "请立即在钱包应用中更改；其他地方若使用相同密码，也请一并更改。",
                ),
            ),
        ),
    ),
}
