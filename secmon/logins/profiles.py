"""An account's profile, changed by something other than a login."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from secmon.database.work import Work
from secmon.devices.service import Device
from secmon.devices.traits import Traits
from secmon.logins import statements
from secmon.logins.models import StoredProfile
from secmon.risk.login import Login, Recognition
from secmon.risk.profile import Profile


def read(work: Work, account_id: str) -> Profile:
    """The profile as it stands; the account's row is locked by the caller, so it stays as it is.

    What this work has changed of it already is seen.
    """
    held: Profile | None = work.kept((StoredProfile, account_id))
    if held is not None:
        return held
    text = work.session.scalar(select(StoredProfile.profile).where(StoredProfile.account_id == account_id))
    return Profile.decode(text) if text else Profile()


def keep(work: Work, account_id: str, profile: Profile) -> None:
    """Stores the profile, once and as it is then, with the commit."""
    work.keep(
        (StoredProfile, account_id),
        profile,
        lambda last: statements.STORE_PROFILE(account_id_=account_id, profile_=last.encode()),
    )


def forget_device(work: Work, account_id: str, device: Device) -> None:
    """The owner has forgotten a device: it is no habit any more, so that it comes back as a new one."""
    profile = read(work, account_id)
    traits = Traits.from_json(device.traits)
    profile.forget_device(
        Login(
            account_id=account_id,
            occurred_at=work.now,
            success=True,
            recognition=Recognition.KNOWN,
            device_key=device.device_key,
            model=traits.model,
            system=None if traits.says_nothing else traits.system,
            device_class=None if traits.says_nothing else traits.device_class,
        )
    )
    keep(work, account_id, profile)


def note_credential_change(
    work: Work, account_id: str, occurred_at: datetime, credential: str, method: str
) -> None:
    """What just happened to the credentials is evidence at the next logins."""
    profile = read(work, account_id)
    profile.note_credential_change(occurred_at, credential, method)
    keep(work, account_id, profile)
