"""Who an owner is to the mail: asked of accounts when a message is spread, and again when it is sent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.accounts.service import Account, AccountUnknown
from secmon.core.actor import SYSTEM
from secmon.database.engine import Database
from secmon.database.work import Work
from secmon.mail.sending import Recipient
from secmon.outbox.kinds import Kind
from secmon.outbox.sending import EMAIL, FORMER_EMAIL, AttemptOutcome, Claimed
from secmon.outbox.spreading import Unspread
from secmon.sealing.keyring import KeyRing
from secmon.wording.messages import LETTERS

# What a letter tells beside its message's payload, by work, account, payload and locale.
FactsOf = Callable[[Work, str, Mapping[str, Any], str], Mapping[str, str]]

# The link that a letter has, by work, account, payload and the address that it goes to.
LinksOf = Callable[[Work, str, Mapping[str, Any], str], Mapping[str, str]]

# Those of some letters, in their order, that are sent.
Bounding = Callable[[Work, Sequence[Unspread]], Collection[uuid.UUID]]

# Why a message is not sent now, by work, account, payload and when it was owed.
ObjectionsOf = Callable[[Work, str, Mapping[str, Any], datetime], AttemptOutcome | None]


@dataclass(frozen=True, slots=True)
class Owners:
    """Addresses and facts for letters; nothing is kept between one letter and the next."""

    database: Database
    keys: KeyRing = field(repr=False)
    facts_of: Mapping[Kind, FactsOf]
    objections_of: Mapping[Kind, ObjectionsOf] = field(default_factory=dict)
    links_of: Mapping[Kind, LinksOf] = field(default_factory=dict)
    bounding: Mapping[Kind, Bounding] = field(default_factory=dict)

    def addressed(self, work: Work, messages: Sequence[Unspread]) -> Iterator[tuple[Unspread, str]]:
        """Each message that owners are told of, with the addresses there are: the present, the former.

        What strangers can cause is bounded by the hour: some of it gets no letter.
        """
        addressed = list(self._addresses(work, messages))
        withheld = self._withheld(work, {message.message_id: message for message, _ in addressed})
        return ((message, to) for message, to in addressed if message.message_id not in withheld)

    def _withheld(self, work: Work, letters: Mapping[uuid.UUID, Unspread]) -> set[uuid.UUID]:
        withheld = set[uuid.UUID]()
        for kind, bounding in self.bounding.items():
            some = [letter for letter in letters.values() if letter.kind == kind]
            if some:
                withheld |= {letter.message_id for letter in some} - set(bounding(work, some))
        return withheld

    def _addresses(self, work: Work, messages: Sequence[Unspread]) -> Iterator[tuple[Unspread, str]]:
        told = [message for message in messages if _is_told(message)]
        mailboxes = contacts.mailboxes(work, {message.account_id for message in told})
        for message in told:
            since = mailboxes.get(message.account_id)
            if message.account_id in mailboxes and not contacts.is_younger(since, message.owed_at):
                yield message, EMAIL
            if message.tells_former_email:
                yield message, FORMER_EMAIL

    def present(self, message: Claimed) -> Recipient | None:
        """The address that is on file now, if it was when the message was owed."""
        return self._recipient(message, lambda account: _email_of_the_time(account, message))

    def former(self, message: Claimed) -> Recipient | None:
        """The address that was replaced by the message's change, or while the message waited."""
        return self._recipient(message, lambda _account: message.former_email)

    def facts(self, message: Claimed, recipient: Recipient) -> Mapping[str, str]:
        """What the domain of the message's kind adds to it, for that recipient."""
        kind, payload = Kind(message.kind), json.loads(message.payload)
        facts_of, link_of = self.facts_of.get(kind), self.links_of.get(kind)
        if facts_of is None:
            return {}
        with self.database.work(SYSTEM, write=False) as work:
            found = dict(facts_of(work, message.account_id, payload, recipient.locale))
            if link_of is not None:
                found |= link_of(work, message.account_id, payload, recipient.address)
            return found

    def objection(self, message: Claimed) -> AttemptOutcome | None:
        """Whether what happened since the message was owed, or the hour, speaks against sending it now."""
        objections_of = self.objections_of.get(Kind(message.kind))
        if objections_of is None:
            return None
        with self.database.work(SYSTEM, write=False) as work:
            return objections_of(work, message.account_id, json.loads(message.payload), message.owed_at)

    def _recipient(self, message: Claimed, sealed_of: Callable[[Account], bytes | None]) -> Recipient | None:
        try:
            with self.database.work(SYSTEM, write=False) as work:
                account = accounts.get(work, message.account_id)
        except AccountUnknown:
            return None
        address = contacts.unseal(self.keys, message.account_id, Contact.EMAIL, sealed_of(account))
        return None if address is None else Recipient(address, account.locale)


def _is_told(message: Unspread) -> bool:
    """Of a case's changes, only what was written to the owner is the owner's business."""
    if message.kind == Kind.CASE_UPDATED:
        return "note_id" in json.loads(message.payload)
    return message.kind in LETTERS


def _email_of_the_time(account: Account, message: Claimed) -> bytes | None:
    return None if contacts.is_younger(account.email_since, message.owed_at) else account.email
