"""What each kind of message says, and to whom it goes, in both languages.

A new kind is named in `outbox/kinds.py`, worded in `messages_of_accounts.py` or
`messages_of_credentials.py`, and described to the wallet in `webhooks/events.py`; nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping

from secmon.outbox.kinds import Kind
from secmon.outbox.sending import EMAIL, FORMER_EMAIL
from secmon.wording.languages import Words
from secmon.wording.letters import Letter, Message
from secmon.wording.messages_of_accounts import OF_ACCOUNTS
from secmon.wording.messages_of_credentials import OF_CREDENTIALS

MESSAGES: Mapping[Kind, Message] = {**OF_ACCOUNTS, **OF_CREDENTIALS}
# What owners are told by e-mail; the rest is the wallet's business alone.
LETTERS: Mapping[Kind, Letter] = {
    kind: message.letter for kind, message in MESSAGES.items() if message.letter is not None
}
RECEIVERS: Mapping[str, Words] = {
    EMAIL: ("the owner by e-mail", "用户邮箱"),
    FORMER_EMAIL: ("the owner at the former e-mail address", "用户原邮箱"),
}
# Whoever else receives messages is an endpoint of the wallet's.
WALLET: Words = ("the wallet", "钱包后台")


def about(kind: str, language: int) -> str:
    """What a message says; a kind of another release by its code."""
    return MESSAGES[Kind(kind)].about[language] if kind in set(Kind) else kind


def receiver(name: str, language: int) -> str:
    """Who is told."""
    return RECEIVERS.get(name, WALLET)[language]
