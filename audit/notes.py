"""Signed notes (C2SP signed-note, Ed25519) that carry a checkpoint of the record: keys, signing, reading them out of files and mails."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

KEY_FILE = "checkpoint.key"
ED25519 = b"\x01"
_NOTE = re.compile(
    r"(?P<origin>[^\s+]+)\s+(?P<size>[1-9][0-9]*)\s+(?P<root>[A-Za-z0-9+/]{43}=)\s+"
    r"—\s+(?P<name>[^\s+]+)\s+(?P<signature>[A-Za-z0-9+/]{91}=)"
)
"""A checkpoint with one signature; mail programs may have indented or broken its lines."""
_JOURNAL = re.compile(r"Mã nhật ký:\s*([1-9][0-9]*)-([0-9a-f]{16})(?![0-9a-f])")
_QUOTED = re.compile(r"^[> \t]+", re.MULTILINE)


class KeyUnreadable(ValueError):
    """A text is not a key in the form of the signed-note specification."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verifier key: a name and the 32 bytes of an Ed25519 key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The key as it is given to those who check: name, id and key."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """Read a verifier key. Raises KeyUnreadable."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        key = cls(name, _key_bytes(encoded))
        if not name or key_id != key.key_id.hex():
            raise KeyUnreadable(text)
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret key of this installation, as it lies in its file."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """What others need to check its signatures."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note of a text: the text, an empty line, the signature line."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(self.public.key_id + signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """What a note says: so many entries have this root; with its signature, which is not checked by reading it."""

    origin: str
    size: int
    root: str
    name: str
    signature: bytes

    @property
    def text(self) -> str:
        """What the signature is over."""
        return checkpoint_text(self.origin, self.size, self.root)

    @property
    def note(self) -> str:
        """The note to the byte."""
        return f"{self.text}\n— {self.name} {base64.b64encode(self.signature).decode()}\n"

    def signed_by(self, key: PublicKey) -> bool:
        """Whether the signature is this key's."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if not self.origin == self.name == key.name or self.signature[:4] != key.key_id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(self.signature[4:], self.text.encode())
        except InvalidSignature:
            return False
        return True


def checkpoint_text(origin: str, size: int, root: str) -> str:
    """C2SP tlog-checkpoint: origin, number of entries, root in base64. `root` is given in hexadecimal."""
    return f"{origin}\n{size}\n{base64.b64encode(bytes.fromhex(root)).decode()}\n"


def read_notes(text: str) -> Iterator[SignedCheckpoint]:
    """Every checkpoint in a text, however a mail program has indented, quoted or wrapped it."""
    for found in _NOTE.finditer(_QUOTED.sub("", text.replace("\r", ""))):
        root = base64.b64decode(found["root"]).hex()
        yield SignedCheckpoint(found["origin"], int(found["size"]), root, found["name"], base64.b64decode(found["signature"]))


def read_journal_codes(text: str) -> Iterator[tuple[int, str]]:
    """Every "Mã nhật ký" in a text: the number of an entry and the first 16 digits of its hash."""
    for found in _JOURNAL.finditer(text):
        yield int(found[1]), found[2]


def readable(path: Path) -> Iterator[tuple[Path, str]]:
    """The texts of a file, or of every file in a folder, each with its file; of a saved mail (.eml) its text parts, decoded."""
    for file in sorted(inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path]:
        content = file.read_bytes()
        if file.suffix.casefold() == ".eml":
            mail = message_from_bytes(content, policy=policy.default)
            yield from ((file, part.get_content()) for part in mail.walk() if part.get_content_type() == "text/plain")
        else:
            yield file, content.decode("utf-8", "replace")


def kept_key(folder: Path, name: str) -> SigningKey:
    """The key of this installation: made once, readable by its owner only, and the same for processes that start together.

    `name` is used when it is made; a later change of the service's address leaves the key as it is.
    """
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = SigningKey(name, secrets.token_bytes(32))
        draft = folder / f"{KEY_FILE}.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            encoded = base64.b64encode(ED25519 + made.seed).decode()
            file.write(f"PRIVATE+KEY+{name}+{made.public.key_id.hex()}+{encoded}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was quicker, and its key is the one
        finally:
            draft.unlink()
    return read_key(path)


def read_key(path: Path) -> SigningKey:
    """Read the installation's key. Raises KeyUnreadable."""
    words = path.read_text(encoding="ascii").strip().split("+", 4)
    if len(words) != 5 or words[:2] != ["PRIVATE", "KEY"]:
        raise KeyUnreadable(str(path))
    key = SigningKey(words[2], _key_bytes(words[4]))
    if key.public.key_id.hex() != words[3]:
        raise KeyUnreadable(str(path))
    return key


def _key_bytes(encoded: str) -> bytes:
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise KeyUnreadable(encoded) from None
    if len(content) != 33 or content[:1] != ED25519:
        raise KeyUnreadable(encoded)
    return content[1:]
