"""The courier that goes to an owner's mailbox. Who that is, is asked when the letter is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from secmon.database.work import Work
from secmon.mail.rendering import render
from secmon.mail.smtp import Mailer
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import AttemptOutcome, AttemptVerdict, Claimed


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where an owner is reached, and in which language."""

    address: str
    locale: str


# None: there is no address any more.
FindRecipient = Callable[[Claimed], Recipient | None]
# Why a message is not sent now, as what became of it; None: it is.
FindObjection = Callable[[Claimed], AttemptOutcome | None]
# What is told beside the payload, looked up when the letter is sent: the outbox keeps no personal data.
FindFacts = Callable[[Claimed, Recipient], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MailCourier:
    """Takes messages to the address that `find_recipient` answers."""

    mailer: Mailer
    find_recipient: FindRecipient
    find_facts: FindFacts
    find_objection: FindObjection

    def send(self, message: Claimed, now: datetime) -> AttemptOutcome:
        recipient = self.find_recipient(message)
        if recipient is None:
            return AttemptOutcome(AttemptVerdict.REFUSED, error="there is no address any more")
        objection = self.find_objection(message)
        if objection is not None:
            return objection
        payload: dict[str, Any] = json.loads(message.payload)
        facts = {name: _text(value) for name, value in payload.items()}
        facts |= self.find_facts(message, recipient)
        letter = render(Kind(message.kind), recipient.locale, facts)
        return self.mailer.send(recipient.address, letter, message.message_id, now)

    def switch_off(self, work: Work) -> None:
        """A mail server does not say that it is gone for good."""

    def close(self) -> None:
        """Nothing is kept open between letters."""


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
