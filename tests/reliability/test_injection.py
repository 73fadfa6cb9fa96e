"""Whatever stands in an address, a name or a reason: one recipient, the headers that we wrote, and no others."""

from __future__ import annotations

from email import message_from_bytes, policy

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.vocabulary import LetterName
from notifications import sending
from notifications.claiming import Outgoing
from notifications.letters import FACTS, render_letter
from tests.reliability.servers import Sink, point_at, serving

HEADERS = {
    "Content-Type",
    "MIME-Version",
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Reply-To",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
}
"""Every header that a letter has."""

NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "x\r\nBcc: b@evil.example",
            "x\nBcc: b@evil.example\n\nbody",
            "x\r\n\r\nbody",
            "\u2028Bcc: b@evil.example",
            "=?utf-8?q?x=0D=0ABcc:_b@evil.example?=",
            "a@x.example, b@evil.example",
            "a@x.example\r\nDATA",
            '"a b"@x.example',
            ":a@x.example",
            "a@x.example(b)",
            "a@x.example>\r\nRCPT TO:<b@evil.example",
            ":a@x.example",
            "\x00",
            "a\x0bb",
        ]
    ),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=st.one_of(st.just("a@x.example"), NASTY), words=NASTY)
def send_it(app: Flask, post: Sink, address: str, words: str) -> None:
    """Send one letter and look at what came."""
    facts = dict.fromkeys(FACTS[LetterName.WITHDRAWN], words) | {"link": "/dossiers/1"}
    letter = render_letter(LetterName.WITHDRAWN, facts, base_url="http://x.example")
    outgoing = Outgoing(1, "", address, "<1@test>", 1, letter, unit=words)
    post.letters.clear()

    with sending.mail_connection() as connection:
        outcome = sending.send(connection, outgoing)

    if outcome.accepted:
        (came,) = post.letters
        assert came["X-Rcpt"] == address
        assert set(came.keys()) - {"X-Rcpt", "X-Peer", "X-MailFrom", "X-RcptTo"} == HEADERS
        assert len(came.keys()) == len(set(came.keys()))
        assert "evil" not in str(came["To"])
    else:
        assert post.letters == []
        assert outcome.permanent


def test_no_address_name_or_reason_adds_a_recipient_or_a_header(blank_sqlite_app: Flask) -> None:
    blank_sqlite_app.config["MAIL_REPLY_TO"] = "phong-cchc@so-noi-vu.example"
    post = Sink()

    with serving(post) as port:
        point_at(blank_sqlite_app, port)
        send_it(blank_sqlite_app, post)  # type: ignore[call-arg]


def test_control_a_message_put_together_by_hand_gets_a_header_from_a_name() -> None:
    words = "x\r\nBcc: b@evil.example"

    naive = message_from_bytes(f"Subject: Hồ sơ của {words}\r\nTo: a@x.example\r\n\r\nx".encode(), policy=policy.default)

    assert naive["Bcc"] == "b@evil.example"


def test_a_trial_sends_everything_to_its_own_mailbox_with_the_unit_in_the_subject(opened_sqlite_app: Flask) -> None:
    (opened_sqlite_app.config["INSTANCE"] / "live").unlink()
    opened_sqlite_app.config["MAIL_TRIAL"] = "thu@so-noi-vu.example"
    letter = render_letter(
        LetterName.WITHDRAWN, dict.fromkeys(FACTS[LetterName.WITHDRAWN], "x") | {"link": "/"}, base_url="http://x.example"
    )
    outgoing = Outgoing(1, "", "a@x.example", "<1@test>", 1, letter, unit="UBND huyện Hòn Đất\r\nBcc: b@x.example")
    post = Sink()

    with serving(post) as port:
        point_at(opened_sqlite_app, port)
        with sending.mail_connection() as connection:
            outcome = sending.send(connection, outgoing)

    (came,) = post.letters
    assert outcome.accepted
    assert (came["X-Rcpt"], came["To"], came["Bcc"]) == ("thu@so-noi-vu.example", "thu@so-noi-vu.example", None)
    assert came["Subject"].startswith("[THỬ → UBND huyện Hòn Đất")
