"""What the wallet tells of an account: the owner's language, and how to reach the owner."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from secmon.accounts import contacts
from secmon.accounts import service as accounts
from secmon.accounts.contacts import Contact
from secmon.accounts.gate import Standing
from secmon.accounts.models import Account
from secmon.audit import service as audit
from secmon.core.errors import Forbidden
from secmon.database.work import Work
from secmon.outbox import history
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.outbox.readdressing import readdress
from secmon.sealing.keyring import KeyRing
from secmon.web.parts import Part

# The e-mail last: the letters that go with another change then still wait for the address before it.
FORMER_ADDRESS_HEARS = (Contact.PHONE, Contact.EMAIL)
# A change that was reported, and then brings the new value with the profile, is one change.
REPORTED_WITHIN = timedelta(hours=24)


class ContactBound(Forbidden):
    """A phone or e-mail that is bound already is not replaced by staff without a case that vouches for it."""

    code = "contact_bound"
    title = "Staff may not replace a bound phone or e-mail like this"
    advice = "Check the owner's identity on a case of the account, and send its case_id."


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the composition root chose: the key ring, and who hears of what; whose matter it is lies above.

    `hold(work, account, contact, quiet)` begins what holds with a new phone or e-mail. `password_dated` hears
    since when the password is what it is, `note` that a contact was bound, by which the next logins are
    judged. `vouched` raises `IdentityUnverified` unless that case of the account holds a good identity check.
    """

    keys: KeyRing
    hold: Callable[[Work, Account, str, bool], None]
    password_dated: Callable[[Work, str, datetime], None]
    note: Callable[[Work, str, datetime, str, str], None]
    vouched: Callable[[Work, str, uuid.UUID | None], None]


PROFILES: Part[Profiles] = Part("profiles")


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """An account as it is shown: contacts are masked."""

    account_id: str
    locale: str
    email: str | None
    phone: str | None
    time_zone: str | None
    created_at: datetime


def put(
    work: Work,
    account_id: str,
    profiles: Profiles,
    *,
    locale: str | None = None,
    time_zone: str | None = None,
    told: Mapping[Contact, str | None],
    password_changed_at: datetime | None = None,
    case_id: uuid.UUID | None = None,
) -> AccountProfile:
    """Sets what is given and leaves the rest; a contact told as None is bound no longer.

    `case_id` is the case on which the owner's identity was checked. Raises `IdentityUnverified` where it
    says nothing of the owner, or staff bind a contact without one, `AccountFrozen` where a frozen account's
    contact would be bound without one, `ContactBound` where staff would so replace one.
    """
    account = accounts.lock_or_create(work, account_id)
    if case_id is not None:
        profiles.vouched(work, account_id, case_id)
    changed = [
        contact.value
        for contact in FORMER_ADDRESS_HEARS
        if contact in told and _bind(work, account, contact, told[contact], profiles, case_id)
    ]
    if locale is not None and locale != account.locale:
        account.locale = locale
        changed.append("locale")
    if time_zone is not None and time_zone != account.time_zone:
        account.time_zone = time_zone
        changed.append("time_zone")
    if password_changed_at is not None:
        profiles.password_dated(work, account_id, password_changed_at)
    if changed:
        audit.record(work, account_id, "account.profile_changed", facts={"changed": changed})
    return _shown(account, profiles.keys)


def _bind(
    work: Work,
    account: Account,
    contact: Contact,
    value: str | None,
    profiles: Profiles,
    case_id: uuid.UUID | None,
) -> bool:
    """Stores a contact; whether it is another than before."""
    former: bytes | None = getattr(account, contact.value)
    if contacts.unseal(profiles.keys, account.account_id, contact, former) == value:
        return False
    if case_id is None:
        _refuse_without_a_case(work, account, former, profiles)
    if former is None:
        _hold(work, account, contact, profiles)
    else:
        _replace(work, account, contact, profiles)
    setattr(account, f"{contact.value}_since", work.now)
    sealed = None if value is None else contacts.seal(profiles.keys, account.account_id, contact, value)
    setattr(account, contact.value, sealed)
    return True


def _refuse_without_a_case(work: Work, account: Account, former: bytes | None, profiles: Profiles) -> None:
    """By a contact the owner's identity is checked next: a first one is no less worth than another."""
    if account.standing == Standing.FROZEN:
        raise accounts.AccountFrozen
    if not work.actor.speaks_for_owner:
        if former is not None:
            raise ContactBound
        profiles.vouched(work, account.account_id, None)


def _hold(work: Work, account: Account, contact: Contact, profiles: Profiles) -> None:
    """A new contact, the first one too, moves little money overnight, and a new number proves no login.

    An account that begins with one has nothing to lose yet, and a first e-mail nobody to be told of it but
    whoever brought it: that is said to nobody, and held against no login.
    """
    is_first = getattr(account, contact.value) is None
    quiet = is_first and (contact is Contact.EMAIL or _begins_now(work, account))
    profiles.hold(work, account, contact.value, quiet)
    if not quiet:
        profiles.note(work, account.account_id, work.now, contact.value, "user")


def _begins_now(work: Work, account: Account) -> bool:
    """Nobody was robbed of it before: one that was erased and comes back is none."""
    return account.created_at == work.now and not account.returned


def _replace(work: Work, account: Account, contact: Contact, profiles: Profiles) -> None:
    """What goes with losing a bound contact."""
    _hold(work, account, contact, profiles)
    former_email = account.email if contact is Contact.EMAIL else None
    if former_email is not None:
        readdress(work, account.account_id, former_email)
    _tell(work, account, contact, former_email)


def _tell(work: Work, account: Account, contact: Contact, former_email: bytes | None) -> None:
    """One message a change: where it was reported before, the new address alone was not told yet."""
    facts = {"credential": contact.value}
    if not _is_reported(work, account, contact):
        outbox.owe(work, account.account_id, Kind.CREDENTIAL_CHANGED, facts, former_email=former_email)
    elif contact is Contact.EMAIL:
        outbox.owe(work, account.account_id, Kind.EMAIL_BOUND, {})


def _is_reported(work: Work, account: Account, contact: Contact) -> bool:
    """A report of this change came in lately; what came before the contact that is replaced is of another."""
    bound_since: datetime | None = getattr(account, f"{contact.value}_since")
    since = max(work.now - REPORTED_WITHIN, bound_since or account.created_at)
    told = history.payloads(work, account.account_id, Kind.CREDENTIAL_CHANGED, since)
    return any(one["credential"] == contact.value and "method" in one for one in told)


def _shown(account: Account, keys: KeyRing) -> AccountProfile:
    email = contacts.unseal(keys, account.account_id, Contact.EMAIL, account.email)
    phone = contacts.unseal(keys, account.account_id, Contact.PHONE, account.phone)
    return AccountProfile(
        account_id=account.account_id,
        locale=account.locale,
        email=contacts.masked(Contact.EMAIL, email),
        phone=contacts.masked(Contact.PHONE, phone),
        time_zone=account.time_zone,
        created_at=account.created_at,
    )
