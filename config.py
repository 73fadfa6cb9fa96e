"""Configuration from the environment, in one place. No legal constants: those belong to a campaign's data."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
MODES = ("local", "demo", "production")
MIN_SECRET = 32


class Misconfigured(RuntimeError):
    """The service refuses to start; the message says which setting is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. `mode` is local (a checkout), demo (demo accounts are shown) or production (secrets must be given)."""

    mode: str
    instance: Path
    database_url: str
    secret_key: str
    base_url: str
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_username: str | None
    mail_password: str | None
    mail_sender: str
    mail_reply_to: str
    mail_rate: int
    mail_trial: str
    mail_quiet: bool
    caught_mail: Path | None
    store_url: str
    store_endpoint: str
    dossier_megabytes: int
    clamd_address: str
    audit_mailboxes: tuple[str, ...]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the settings. Raises Misconfigured in production without SECRET_KEY, DATABASE_URL, BASE_URL, MAIL_SERVER or MAIL_SENDER."""
        mode = environ.get("THIDUA_MODE", "local")
        if mode not in MODES:
            raise Misconfigured(f"THIDUA_MODE={mode!r}: use one of {', '.join(MODES)}")
        instance = Path(environ.get("THIDUA_INSTANCE") or ROOT / "instance").resolve()
        if mode == "production":
            needed = ("SECRET_KEY", "DATABASE_URL", "BASE_URL", "MAIL_SERVER", "MAIL_SENDER")
            missing = [name for name in needed if not environ.get(name)]
            if missing:
                raise Misconfigured(f"production needs {', '.join(missing)}")
            if len(environ["SECRET_KEY"]) < MIN_SECRET:
                raise Misconfigured(f"SECRET_KEY needs at least {MIN_SECRET} characters")
        else:
            instance.mkdir(parents=True, exist_ok=True)
        port = _number(environ, "PORT", 8000)
        host = environ.get("HOST", "127.0.0.1")
        caught = instance / "mail" if mode == "demo" or (instance / "mail").is_dir() else None
        return cls(
            mode=mode,
            instance=instance,
            database_url=environ.get("DATABASE_URL") or f"sqlite:///{instance / 'thidua.db'}",
            secret_key=environ.get("SECRET_KEY") or _kept_secret(instance / "secret.key"),
            base_url=environ.get("BASE_URL") or f"http://{'127.0.0.1' if host in {'', '0.0.0.0', '::'} else host}:{port}",  # noqa: S104  # nosec B104: compared with, not listened on
            mail_server=environ.get("MAIL_SERVER", "127.0.0.1"),
            mail_port=_number(environ, "MAIL_PORT", 587 if mode == "production" else port + 25),
            mail_use_tls=environ.get("MAIL_USE_TLS", "1" if mode == "production" else "0") == "1",
            mail_username=environ.get("MAIL_USERNAME"),
            mail_password=environ.get("MAIL_PASSWORD"),
            mail_sender=environ.get("MAIL_SENDER", "Theo dõi thi đua <thidua@so-noi-vu.example>"),
            mail_reply_to=environ.get("MAIL_REPLY_TO", "phong-cchc@so-noi-vu.example" if mode != "production" else ""),
            mail_rate=_number(environ, "MAIL_RATE", 30),
            mail_trial=environ.get("MAIL_TRIAL", ""),
            mail_quiet=environ.get("MAIL_QUIET", "0" if mode == "demo" else "1") == "1",
            caught_mail=None if mode == "production" else caught,
            store_url=environ.get("STORE_URL") or str(instance / "papers"),
            store_endpoint=environ.get("STORE_ENDPOINT", ""),
            dossier_megabytes=_number(environ, "DOSSIER_MEGABYTES", 200),
            clamd_address=_address(environ, "CLAMD_ADDRESS"),
            audit_mailboxes=_addresses(environ, "AUDIT_MAILBOXES"),
        )

    def for_flask(self) -> dict[str, Any]:
        """The settings under the names that Flask and its extensions read."""
        tls = urlsplit(self.base_url).scheme == "https"
        return {
            "MODE": self.mode,
            "INSTANCE": self.instance,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "BASE_URL": self.base_url,
            "MAIL_SERVER": self.mail_server,
            "MAIL_PORT": self.mail_port,
            "MAIL_USE_TLS": self.mail_use_tls,
            "MAIL_USERNAME": self.mail_username,
            "MAIL_PASSWORD": self.mail_password,
            "MAIL_DEFAULT_SENDER": self.mail_sender,
            "MAIL_REPLY_TO": self.mail_reply_to or None,
            "MAIL_DOMAIN": self.mail_sender.rsplit("@", 1)[-1].rstrip("> "),
            "MAIL_TIMEOUT": 20.0,
            "MAIL_RATE": self.mail_rate,
            "MAIL_QUIET": self.mail_quiet,
            "MAIL_TRIAL": self.mail_trial or self.mail_reply_to or parseaddr(self.mail_sender)[1],
            "CAUGHT_MAIL": self.caught_mail,
            "STORE_URL": self.store_url,
            "STORE_ENDPOINT": self.store_endpoint,
            "DOSSIER_BYTES": self.dossier_megabytes * 1024 * 1024,
            "CLAMD_ADDRESS": self.clamd_address,
            "AUDIT_MAILBOXES": self.audit_mailboxes,
            "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "SESSION_COOKIE_NAME": "__Host-thidua" if tls else "thidua",
            "SESSION_COOKIE_SECURE": tls,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "vi",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
            "TRUSTED_HOSTS": [urlsplit(self.base_url).hostname] if self.mode == "production" else None,
        }


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(environ.get(name) or default)
    except ValueError:
        raise Misconfigured(f"{name}={environ[name]!r} is not a number") from None


def _address(environ: Mapping[str, str], name: str) -> str:
    """A socket's path, or a host and its port."""
    given = environ.get(name, "")
    if given and not given.startswith("/") and not given.rpartition(":")[2].isdigit():
        raise Misconfigured(f"{name}={given!r}: use HOST:PORT or the path of a socket")
    return given


def _addresses(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())
    for address in found:
        if not re.fullmatch(r"[!-+\--?A-~]+@[!-+\--?A-~]+", address):
            raise Misconfigured(f"{name}: {address!r} is no e-mail address")
    return found


def _kept_secret(path: Path) -> str:
    """The secret of this installation: made once, readable by its owner only, and the same for processes that start together."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        for _ in range(100):
            if secret := path.read_text(encoding="ascii").strip():
                return secret
        raise Misconfigured(f"{path} is empty: delete it and start again") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret
