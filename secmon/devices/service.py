"""An account's devices: listed, named, trusted, forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from msgspec import structs
from sqlalchemy import delete, select, update

from secmon.accounts import service as accounts
from secmon.accounts.gate import Standing
from secmon.accounts.service import Account, AccountFrozen
from secmon.audit import service as audit
from secmon.cases import identity
from secmon.core.errors import NotFound
from secmon.core.pages import PageRequest, page
from secmon.database.pages import behind
from secmon.database.work import Work
from secmon.devices.models import Device
from secmon.devices.recognition import KnownDevice
from secmon.devices.traits import Traits
from secmon.outbox import service as outbox
from secmon.outbox.kinds import Kind
from secmon.sealing.install_ids import InstallIds, is_reference
from secmon.web.parts import Part

# The row, for whoever is handed it.
__all__ = ["Device"]

# Who learnt habits from a device, and forgets them with it: the logins, which lie above this domain.
Forgotten = Callable[[Work, str, Device], None]
ON_FORGOTTEN: Part[Forgotten] = Part("devices")


class DeviceUnknown(NotFound):
    """The account has not been used from a device of this id, or has forgotten it."""

    code = "device_unknown"
    title = "This account has no such device"


def listed(
    work: Work, account_id: str, wanted: PageRequest, installs: InstallIds
) -> tuple[list[Device], str | None]:
    """The devices known of the account, latest in use first; raises `AccountUnknown`."""
    accounts.get(work, account_id)
    query = select(Device).where(Device.account_id == account_id, Device.known_since.is_not(None))
    if wanted.after is not None:
        seen_at, reference = wanted.after
        wanted = replace(wanted, after=(seen_at, key_of(work, account_id, reference, installs) or ""))
    rows = work.session.scalars(behind(query, (Device.last_seen_at, Device.device_key), wanted)).all()
    return page(rows, wanted, lambda row: (row.last_seen_at, installs.shown(row.device_key)))


def key_of(work: Work, account_id: str, named: str, installs: InstallIds) -> str | None:
    """The key of the device that `named` means: what it is shown as, or what the wallet calls its install."""
    if not is_reference(named):
        return named
    keys = select(Device.device_key).where(Device.account_id == account_id, Device.known_since.is_not(None))
    return next((key for key in work.session.scalars(keys) if installs.means(named, key)), None)


def change(
    work: Work,
    account_id: str,
    named: str,
    installs: InstallIds,
    *,
    label: str | None = None,
    trusted: bool | None = None,
    case_id: uuid.UUID | None = None,
) -> Device:
    """Names a device, or says whether it is trusted; staff trust with the case of a checked identity.

    Raises `DeviceUnknown`; where a device would be trusted, `IdentityUnverified`, and `AccountFrozen` where
    the account is frozen.
    """
    account, device = _locked(work, account_id, named, installs)
    if trusted:
        _require_unfrozen(account)
        identity.require_vouching(work, account_id, case_id)
    if label is not None:
        device.label = label
    if trusted is not None and trusted != device.trusted:
        device.trusted = trusted
        action = "device.trusted" if trusted else "device.untrusted"
        reference, facts = installs.shown(device.device_key), _resting_on(case_id) if trusted else {}
        audit.record(work, account_id, action, personal_subject=reference, facts=facts)
    work.session.flush()
    return device


def forget(
    work: Work,
    account_id: str,
    named: str,
    installs: InstallIds,
    on_forgotten: Forgotten,
    case_id: uuid.UUID | None = None,
) -> None:
    """The device is no longer known: its next login is `new`. Staff name the case of a checked identity.

    Raises `DeviceUnknown`, `AccountFrozen`, `IdentityUnverified`.
    """
    account, device = _locked(work, account_id, named, installs)
    reference = installs.shown(device.device_key)
    _require_unfrozen(account)
    identity.require_vouching(work, account_id, case_id)
    on_forgotten(work, account_id, device)
    work.session.delete(device)
    facts = _resting_on(case_id)
    audit.record(work, account_id, "device.forgotten", personal_subject=reference, facts=facts)
    outbox.owe(work, account_id, Kind.DEVICE_FORGOTTEN, {"device_id": reference})


def traits_of(work: Work, account_id: str, device_key: str) -> Traits:
    """What was seen of a device, known or not; nothing of one that is gone."""
    query = select(Device.traits).where(Device.account_id == account_id, Device.device_key == device_key)
    stored = work.session.scalar(query)
    return Traits() if stored is None else Traits.from_json(stored)


def make_known(
    work: Work,
    account_id: str,
    device_key: str,
    traits: Traits,
    occurred_at: datetime,
    key_thumbprint: str | None = None,
) -> bool:
    """A device is the owner's, as a proof of its login of `occurred_at` has shown; no matter if it is gone.

    Returns whether it was not known before.

    What was seen of it before, in logins that nobody has proven, is not known of it. From now on its logins
    have to be signed by the key that this one was signed by, if any. Where its id is that of a device with a
    key, it becomes known with a key of its own only: else the id alone would do again.
    """
    device = work.session.get(Device, (account_id, device_key), with_for_update=True)
    if device is None or (key_thumbprint is None and _is_copied(work, device)):
        return False
    known = KnownDevice(device_key, device.install_id, traits)
    if device.known_since is not None:
        known = structs.replace(
            known, traits=Traits.from_json(device.traits), last_seen_at=device.last_seen_at
        )
    known = known.after(traits, occurred_at)
    device.traits, device.last_seen_at = known.traits.to_json(), known.last_seen_at
    is_new = device.known_since is None
    device.known_since = device.known_since or work.now
    device.key_thumbprint = device.key_thumbprint or key_thumbprint
    return is_new


def _is_copied(work: Work, device: Device) -> bool:
    """Another known device of the account has the same install id, and a key."""
    bound = select(Device.device_key).where(
        Device.account_id == device.account_id,
        Device.install_id == device.install_id,
        Device.device_key != device.device_key,
        Device.key_thumbprint.is_not(None),
        Device.known_since.is_not(None),
    )
    return work.session.scalar(bound.limit(1)) is not None


def trust(work: Work, account_id: str, device_key: str) -> None:
    """The owner has vouched for the device; no matter if it is gone."""
    device = work.session.get(Device, (account_id, device_key), with_for_update=True)
    if device is not None:
        device.trusted = True


def disown(work: Work, account_id: str, device_key: str) -> None:
    """The owner says "not me" of this device: neither known nor trusted any more."""
    device = work.session.get(Device, (account_id, device_key), with_for_update=True)
    if device is not None:
        device.known_since, device.trusted = None, False
        # Whoever it is, they are not asked for by this key again.
        device.key_thumbprint = None


def take_back(work: Work, account_id: str, since: datetime) -> None:
    """A theft is over: no device is trusted, and those that became known since then are known no longer.

    However many there are. The caller holds the account's lock.
    """
    of_account = update(Device).where(Device.account_id == account_id)
    for change in (
        of_account.where(Device.known_since >= since).values(known_since=None, key_thumbprint=None),
        of_account.where(Device.trusted).values(trusted=False),
    ):
        work.session.execute(change.execution_options(synchronize_session=False))


def with_other_keys(work: Work, account_id: str, keys: Collection[str]) -> list[str]:
    """The devices that are known by a key, and by none of these."""
    bound = Device.key_thumbprint.is_not(None), Device.key_thumbprint.not_in(keys)
    return list(
        work.session.scalars(select(Device.device_key).where(Device.account_id == account_id, *bound))
    )


def any_known_before(
    work: Work, account_id: str, device_keys: Iterable[str], since: datetime, *, by_id: bool = False
) -> bool:
    """Whether one of the devices has been known since before then.

    `by_id`: all that is known of who speaks is the id. It says nothing for a device that signs its logins.
    """
    wanted = set(device_keys)
    known = select(Device.device_key).where(
        Device.account_id == account_id, Device.device_key.in_(wanted), Device.known_since < since
    )
    if by_id:
        known = known.where(Device.key_thumbprint.is_(None))
    return bool(wanted) and work.session.scalar(known.limit(1)) is not None


def erase(work: Work, account_id: str) -> None:
    """Removes everything of the account."""
    work.session.execute(delete(Device).where(Device.account_id == account_id))


def _resting_on(case_id: uuid.UUID | None) -> dict[str, str]:
    return {} if case_id is None else {"case_id": str(case_id)}


def _require_unfrozen(account: Account) -> None:
    # A thief would have their own phone trusted, and the owner's forgotten.
    if account.standing == Standing.FROZEN:
        raise AccountFrozen


def _locked(work: Work, account_id: str, named: str, installs: InstallIds) -> tuple[Account, Device]:
    account = accounts.lock(work, account_id)
    key = key_of(work, account_id, named, installs)
    device = None if key is None else work.session.get(Device, (account_id, key), with_for_update=True)
    if device is None or device.known_since is None:
        raise DeviceUnknown
    return account, device
