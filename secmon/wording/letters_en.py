"""The letters in English."""

from secmon.outbox.kinds import Kind
from secmon.wording.letters import Letter

GREETING = "Hello,"
SIGNATURE = "The security team of your wallet. We never ask for passwords or codes, by mail or by phone."

_NOT_YOU = "If this was not you, open the wallet app or call the hotline at once and have the account frozen."

LETTERS = {
    Kind.LOGIN_ALERT: Letter(
        "New login to your wallet",
        (
            "{decision}",
            "Device: {device}",
            "Place: {place}",
            "Time: {time}",
            "If this was you, there is nothing to do.",
        ),
        link_label="Was this you? Answer here within 24 hours:",
        freezing_label="If this was not you, freeze your account here within 24 hours:",
    ),
    Kind.LOGIN_ALERTS_SUMMARY: Letter(
        "More unusual logins to your wallet",
        (
            "There were more unusual logins to your account than we write letters about.",
            "Logins without a letter of their own: {withheld}.",
            "From {since} until {until}.",
            "Please look at each of them in the wallet app, and say whether it was you.",
            _NOT_YOU,
        ),
    ),
    Kind.ACCOUNT_FROZEN: Letter(
        "Your account is frozen",
        (
            "Your account was frozen to protect it: nobody can log in, pay or withdraw.",
            "Your case: {reference}. Please name it when you contact us.",
            "Our support team will verify who you are, and then help you to get the account back.",
        ),
    ),
    Kind.ACCOUNT_UNFROZEN: Letter(
        "Your account can be used again",
        (
            "Your account is no longer frozen. Please choose a new password when you log in.",
            "Your {second_factor} has to be set up again too: until then, no money can leave the account.",
            "For 24 hours, transfers and withdrawals stay blocked.",
            _NOT_YOU,
        ),
    ),
    Kind.CASE_UPDATED: Letter(
        "A message about your case {reference}",
        (
            "Our support team has written to you about your case {reference}:",
            "{note}",
            "You find this message in the wallet app too. Please name the case when you contact us.",
        ),
    ),
    Kind.ACCOUNT_RESTRICTED: Letter(
        "Some actions are blocked for a while",
        (
            "To protect your account, until {until} it cannot be used to: {actions}.",
            "The reason: {reason}.",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_ENROLLED: Letter(
        "Two-factor authentication is on",
        (
            "An authenticator app was set up for your account.",
            "Keep the ten recovery codes where you find them without your phone. Older ones no longer work.",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_REMOVED: Letter(
        "Two-factor authentication is off",
        (
            "The authenticator app was removed from your account. Its recovery codes no longer work.",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_LOCKED: Letter(
        "Wrong codes were entered",
        (
            "Wrong codes were entered for your account several times.",
            "Your authenticator's codes are not accepted for a while. Your recovery codes are, even now.",
            _NOT_YOU,
        ),
    ),
    Kind.TWO_FACTOR_DISABLED: Letter(
        "Your authenticator was disabled",
        (
            "Wrong codes were entered for your account a hundred times.",
            "Your authenticator's codes are not accepted any more. Your recovery codes still are.",
            "Set up the authenticator again with a recovery code, or contact support.",
            _NOT_YOU,
        ),
    ),
    Kind.RECOVERY_CODES_LOW: Letter(
        "Few recovery codes are left",
        ("Recovery codes left: {left}. Please make new ones in the wallet app.",),
    ),
    Kind.RECOVERY_CODE_USED: Letter(
        "A recovery code was used",
        ("A recovery code was used for your account. Recovery codes left: {left}.", _NOT_YOU),
    ),
    Kind.RECOVERY_CODES_RENEWED: Letter(
        "New recovery codes",
        ("New recovery codes were made for your account. The old ones no longer work.", _NOT_YOU),
    ),
    Kind.CREDENTIAL_CHANGED: Letter(
        "Your {credential} was changed",
        ("The {credential} of your account was changed.", _NOT_YOU),
    ),
    Kind.EMAIL_BOUND: Letter(
        "This address belongs to your wallet account now",
        ("Your account's e-mail address was changed to this one.", _NOT_YOU),
    ),
    Kind.PASSWORD_REMINDER: Letter(
        "Time to look at your password",
        (
            "{state}",
            "You have had your password for {age_days} days.",
            "If you use it elsewhere too, or if somebody else may know it, change it in the wallet app.",
            "A long password that is for this account alone can stay.",
        ),
    ),
    Kind.PASSWORD_COMPROMISED: Letter(
        "Please change your password now",
        (
            "Your password was found where others can read it.",
            "Please change it in the wallet app now, and wherever else you use it.",
        ),
    ),
    Kind.DEVICE_FORGOTTEN: Letter(
        "A device was removed",
        ("A device was removed from your account. Its next login counts as new.", _NOT_YOU),
    ),
}

BETWEEN = ", "
WORDS = {
    "decision": {
        "allow": "Somebody logged in to your account.",
        "challenge": "Somebody was logging in to your account and was asked for further proof.",
        "deny": "Somebody tried to log in to your account and was not let in.",
    },
    "second_factor": {"totp": "authenticator app"},
    "actions": {
        "login": "log in",
        "transfer": "transfer money",
        "withdraw": "withdraw money",
        "change_credentials": "change password, phone or e-mail",
    },
    "reason": {
        "phone_changed": "the phone number was changed",
        "email_changed": "the e-mail address was changed",
        "unfrozen": "the account was frozen until now",
    },
    "credential": {"password": "password", "phone": "phone number", "email": "e-mail address"},
    "state": {
        "unknown": "Since when have you had your password? We do not know it, and ask this once only: "
        "if you cannot tell, or it was long ago, choose a new one in the wallet app.",
        "due_soon": "It will soon be time for a look at your password.",
        "due": "It is time for a look at your password.",
    },
}
