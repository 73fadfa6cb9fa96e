"""Sign-in, sign-out, language: passwords by argon2id, sessions in the database, failures counted there too."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from audit import Act, record
from audit.actions import Action
from models.db import db
from models.localtime import local_day
from models.people import Actor, Appointment, SignIn, SignInFailure, User
from models.units import Unit
from models.vocabulary import AuditResult, Role

MIN_PASSWORD = 12
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
MAX_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)
SEEN_STEP = timedelta(minutes=1)

_hasher = PasswordHasher()


class SignInRefused(Exception):
    """A sign-in did not succeed; `locked` when too many attempts failed lately. The reason is the same for unknown names."""

    def __init__(self, *, locked: bool) -> None:
        """Keep whether the account is locked for a while."""
        super().__init__("locked" if locked else "refused")
        self.locked = locked


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a browser keeps after signing in: the token whose SHA-256 names the server-side session."""

    token: str
    actor: Actor


def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(password)


@cache
def _hash_of_nobody() -> str:
    """A hash to check against when the name is unknown, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def check_password(login: str, password: str, at: datetime) -> User | None:
    """The user whose name and password these are, or None. Takes the same time for an unknown name. Raises SignInRefused when locked."""
    failures = db.session.scalar(
        select(func.count(SignInFailure.id)).where(SignInFailure.login == login, SignInFailure.at > at - FAILURE_WINDOW)
    )
    if (failures or 0) >= MAX_FAILURES:
        raise SignInRefused(locked=True)
    user = db.session.scalars(select(User).where(User.login == login)).first()
    try:
        _hasher.verify(user.password_hash if user else _hash_of_nobody(), password)
    except VerificationError:
        return None
    return user if user and user.disabled_at is None and appointment_of(user, at) else None


def appointment_of(user: User, at: datetime) -> Appointment | None:
    """The appointment under which a person acts: the first that is in force."""
    return next((appointment for appointment in user.appointments if appointment.holds_on(local_day(at))), None)


def begin(user: User, at: datetime) -> Credentials:
    """Open a server-side session for a user and record the sign-in. The caller has checked the password."""
    appointment = appointment_of(user, at)
    if appointment is None:
        raise SignInRefused(locked=False)
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(token_hash=token_hash(token), user=user, appointment=appointment, started_at=at, seen_at=at))
    db.session.execute(delete(SignInFailure).where(SignInFailure.login == user.login))
    actor = actor_of(appointment, at)
    record(Act(Action.SESSION_SIGN_IN, f"user:{user.id}", detail={"login": user.login}), actor=actor, at=at)
    return Credentials(token, actor)


def note_failure(login: str, at: datetime) -> None:
    """Count a failed sign-in and record it; the name is kept as typed, the password never."""
    db.session.add(SignInFailure(login=login[:254], at=at))
    _record_failure({"login": login[:254]}, at)


def note_locked(login: str, at: datetime) -> None:
    """Record a sign-in that was not even tried, because too many failed before it. It does not prolong the lock."""
    _record_failure({"login": login[:254], "locked": True}, at)


def _record_failure(detail: dict[str, Any], at: datetime) -> None:
    nobody = Actor(user_id=None, name="", role=Role.SYSTEM, unit_id=None)
    record(Act(Action.SESSION_FAIL, "user:0", detail=detail, result=AuditResult.REFUSED), actor=nobody, at=at)


def end(token: str, at: datetime) -> None:
    """Close a session; a copy of its cookie is dead from now on."""
    row = db.session.get(SignIn, token_hash(token))
    if row is None:
        return
    actor = actor_of(row.appointment, at)
    db.session.delete(row)
    record(Act(Action.SESSION_SIGN_OUT, f"user:{actor.user_id}"), actor=actor, at=at)


def find(token: str, at: datetime) -> tuple[SignIn, Actor] | None:
    """The session of a token and who acts in it, or None when it is unknown, idle for 30 minutes, 12 hours old, or no longer allowed."""
    loaded = [joinedload(SignIn.user), joinedload(SignIn.appointment).joinedload(Appointment.unit).joinedload(Unit.versions)]
    row = db.session.get(SignIn, token_hash(token), options=loaded)
    if row is None or at - row.seen_at > IDLE or at - row.started_at > ABSOLUTE:
        return None
    if row.user.disabled_at is not None or not row.appointment.holds_on(local_day(at)):
        return None
    return row, actor_of(row.appointment, at)


def actor_of(appointment: Appointment, at: datetime) -> Actor:
    """A person acting under an appointment, in the capacity that it gives."""
    version = appointment.unit.version_on(local_day(at)) or appointment.unit.versions[-1]
    capacity = f"{appointment.capacity.value} {appointment.on_behalf_of or ''}".strip() if appointment.capacity else ""
    return Actor(
        user_id=appointment.user_id,
        name=appointment.user.full_name,
        role=appointment.role,
        unit_id=appointment.unit_id,
        unit_name=version.official_name,
        capacity=capacity,
    )


def token_hash(token: str) -> str:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()
