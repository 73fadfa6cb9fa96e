"""The mail catcher: an accepted letter is a file, a mailbox that does not exist is refused."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from demo.catcher import NO_SUCH_MAILBOX, catching, caught_path

LETTER = b"Message-ID: <selected.7.abc@so-noi-vu.example>\r\nSubject: Thu\r\n\r\nN\xe1\xbb\x99i dung\r\n"


def test_an_accepted_letter_is_found_by_its_message_id(tmp_path: Path) -> None:
    with catching(tmp_path / "mail") as port, smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.sendmail("a@so-noi-vu.example", ["vanthu.so-tu-phap@kiengiang.example"], LETTER)

    path = caught_path(tmp_path / "mail", "<selected.7.abc@so-noi-vu.example>")
    assert path.read_bytes() == LETTER
    assert list((tmp_path / "mail").iterdir()) == [path]


def test_the_same_letter_again_is_one_file(tmp_path: Path) -> None:
    with catching(tmp_path) as port, smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        for _ in range(2):
            server.sendmail("a@so-noi-vu.example", ["b@kiengiang.example"], LETTER)

    assert len(list(tmp_path.iterdir())) == 1


def test_a_mailbox_that_does_not_exist_is_refused_with_550(tmp_path: Path) -> None:
    with (
        catching(tmp_path) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=5) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refusal,
    ):
        server.sendmail("a@so-noi-vu.example", [f"{NO_SUCH_MAILBOX}.x@kiengiang.example"], LETTER)

    assert next(iter(refusal.value.recipients.values()))[0] == 550
    assert not list(tmp_path.iterdir())


def test_a_taken_port_is_reported(tmp_path: Path) -> None:
    with catching(tmp_path) as port, pytest.raises(OSError, match="in use"), catching(tmp_path, port):
        pass
