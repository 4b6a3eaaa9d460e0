"""What each event says: the members of its `data`, and an example, for whoever writes a receiver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secmon.openapi.events import Event
from secmon.outbox.kinds import Kind


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _texts(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _whole(description: str) -> dict[str, Any]:
    return {"type": "integer", "description": description}


def _id(description: str) -> dict[str, Any]:
    return _text(description, format="uuid")


def _when(description: str) -> dict[str, Any]:
    return _text(description, format="date-time")


_SOME_ID = "019aa8f2-6a0e-7a5f-9b8c-0f6f7f2f7f1c"
_OTHER_ID = "019aa8f2-6a0e-7a60-8d43-5b1f0a9c2e77"
_REFERENCE = "SC-2611-4F7K"

_FREEZE = {"freeze_id": _id("The freeze.")}
_CASE = {"case_id": _id("The case to follow it in.")}
_NAMED_CASE = {**_CASE, "reference": _text("What people call the case.")}
_LEFT = {"left": _whole("How many recovery codes are left.")}
_METHOD = {"method": _text("Which factor.")}

EVENTS: Mapping[str, Event] = {
    Kind.LOGIN_ALERT: Event(
        "A login has to be asked about: was this you?",
        {"alert_id": _SOME_ID, "event_id": "evt-1"},
        {"alert_id": _id("The alert to answer."), "event_id": _text("The login.")},
    ),
    Kind.LOGIN_ALERTS_SUMMARY: Event(
        "An hour had more alerts than letters: this sums up those that got none.",
        {"withheld": 54, "since": "2026-11-22T02:00:00+00:00", "until": "2026-11-22T03:00:00+00:00"},
        {
            "withheld": _whole("How many alerts got no letter of their own."),
            "since": _when("When the first of them was raised."),
            "until": _when("When the last of them was raised."),
        },
    ),
    Kind.ACCOUNT_FROZEN: Event(
        "An account was frozen: stop everything.",
        {"freeze_id": _SOME_ID, "case_id": _OTHER_ID, "reason": "theft_reported"},
        {**_FREEZE, **_CASE, "reason": _text("Why.")},
    ),
    Kind.ACCOUNT_UNFROZEN: Event(
        "An account can be used again; ask its standing what its owner may do.",
        {
            "freeze_id": _SOME_ID,
            "case_id": _OTHER_ID,
            "required": ["change_password"],
            "restricted_until": "2026-11-23T02:00:00+00:00",
        },
        {
            **_FREEZE,
            **_CASE,
            "required": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What the owner has to do first.",
            },
            "restricted_until": _when("No money moves before."),
        },
    ),
    Kind.ACCOUNT_RESTRICTED: Event(
        "Some actions are blocked for a while.",
        {
            "reason": "phone_changed",
            "actions": ["add_payee", "transfer"],
            "above_cap": ["transfer"],
            "cap": {"share": "0.05", "amount": "500", "currency": "CNY"},
            "until": "2026-11-23T02:00:00+00:00",
            "lifted_by": ["older_factor"],
            "hold_ids": [_SOME_ID],
        },
        {
            "reason": _text("Why."),
            "actions": _texts("What is held."),
            "above_cap": _texts("Those of them that may still be done up to the cap."),
            "cap": {
                "type": ["object", "null"],
                "description": "How much may still go in all: a share of the balance where you tell it, an "
                "amount otherwise.",
            },
            "until": _when("When it ends by itself."),
            "lifted_by": _texts("What ends it sooner."),
            "hold_ids": _texts("The holds."),
        },
    ),
    Kind.LOCKS_LOOSENED: Event(
        "An owner's lock is about to end: any device that the account knows may call it off until then.",
        {"reason": "owner_fence", "locks": ["owner_fence"], "until": "2026-11-22T22:00:00+00:00"},
        {
            "reason": _text("Which lock."),
            "locks": _texts("All of them."),
            "until": _when("When they end."),
        },
    ),
    Kind.HOLD_LIFTED: Event(
        "A hold ended before its time, for an appeal was upheld.",
        {"hold_id": _SOME_ID, "reason": "new_device", "case_id": _OTHER_ID},
        {"hold_id": _id("The hold."), "reason": _text("What it had begun with."), **_CASE},
    ),
    Kind.SESSIONS_REVOKE: Event(
        "Every session of the account is to be ended, now.",
        {"freeze_id": _SOME_ID},
        sometimes={**_FREEZE, "alert_id": _id("The alert that the owner answered with `not_me`.")},
    ),
    Kind.CASE_OPENED: Event(
        "A case was opened.",
        {"case_id": _SOME_ID, "reference": _REFERENCE, "category": "security"},
        {**_NAMED_CASE, "category": _text("What the case is about.")},
    ),
    Kind.CASE_UPDATED: Event(
        "There is news of a case.",
        {"case_id": _SOME_ID, "reference": _REFERENCE, "status": "resolved"},
        _NAMED_CASE,
        {
            "status": _text("How far it is now."),
            "note_id": _id("What was written to the owner."),
            "overdue": {"type": "boolean", "description": "It should have been answered by now."},
        },
    ),
    Kind.TWO_FACTOR_ENROLLED: Event("A second factor was set up.", {"method": "totp"}, _METHOD),
    Kind.TWO_FACTOR_REMOVED: Event(
        "The second factor was removed.",
        {"by": "support", "case_id": _SOME_ID},
        {
            "by": _text(
                "Who removed it: `owner`, or `support`, through a case or with the unfreeze after a theft."
            )
        },
        _CASE,
    ),
    Kind.TWO_FACTOR_LOCKED: Event(
        "Wrong codes block the second factor for a while.",
        {"locked_until": "2026-11-22T02:15:00+00:00"},
        {"locked_until": _when("No code is looked at before.")},
    ),
    Kind.TWO_FACTOR_DISABLED: Event(
        "Too many wrong codes: the authenticator counts no more.",
        {"failures": 100},
        {"failures": _whole("How many codes were wrong in a row.")},
    ),
    Kind.RECOVERY_CODES_LOW: Event("Few recovery codes are left.", {"left": 2}, _LEFT),
    Kind.RECOVERY_CODE_USED: Event("A recovery code was used.", {"left": 9}, _LEFT),
    Kind.RECOVERY_CODES_RENEWED: Event("There is a new set of recovery codes; the old ones are dead.", {}),
    Kind.CREDENTIAL_CHANGED: Event(
        "A password, phone number or e-mail address was changed.",
        {"credential": "password", "method": "user"},
        {"credential": _text("Which.")},
        {"method": _text("How it was changed, where that was reported.")},
    ),
    Kind.EMAIL_BOUND: Event("This e-mail address was bound to the account; it got a letter.", {}),
    Kind.PASSWORD_REMINDER: Event(
        "It is time that the owner looks at the password.",
        {"state": "due", "age_days": 90},
        {"state": _text("`due_soon`, `due`, or `unknown` where nobody told its date.")},
        {"age_days": _whole("How old it is.")},
    ),
    Kind.PASSWORD_COMPROMISED: Event(
        "Others know the password.",
        {"compromised_at": "2026-11-22T02:00:00+00:00"},
        {"compromised_at": _when("Since when that is known.")},
    ),
    Kind.DEVICE_FORGOTTEN: Event(
        "A device was removed: forget it too.",
        {"device_id": "dev-1"},
        {"device_id": _text("The device.")},
    ),
}
