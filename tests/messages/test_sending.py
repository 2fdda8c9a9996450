import re
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path
from smtplib import SMTPNotSupportedError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.core.words import Words
from contest.messages import post
from contest.messages.models import LONGEST_SUBJECT, State
from contest.messages.rendering import linked, masked
from tests import make, servers
from tests.jobs import fail_promised, run_promised

pytestmark = pytest.mark.usefixtures("noon", "mails")
FACTS: dict[str, Any] = {
    "team": "Aurora",
    "title": Words(en="Clean Rivers", zh="清河"),
    "closes_at": make.NOON + make.DAY,
}


def folder(app: Flask) -> Path:
    return Path(app.config["MAIL_URL"].removeprefix("file://"))


def read(app: Flask, number: object) -> EmailMessage:
    raw = (folder(app) / f"{number}.eml").read_bytes()
    return BytesParser(EmailMessage, policy=modern).parsebytes(raw)


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_message_goes_out_and_is_kept_as_sent(app: Flask, session: Session) -> None:
    ada = make.user(session)
    message = make.message(session, ada, **FACTS)

    assert run_promised(session) == 1

    mail = read(app, message.id)
    assert mail["Subject"] == "Good news about Aurora"
    assert mail["To"] == f"Ada Lovelace <{ada.email}>"
    assert mail["Message-ID"] == f"<{message.id}@127.0.0.1>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Clean Rivers closes on 2 Jun 2030, 20:00 (UTC+8)." in text(mail)
    assert "http://127.0.0.1:8000/calendar/feed.ics" in text(mail)
    assert (message.state, message.sent_at) == (State.SENT, make.NOON)
    assert message.subject == "Good news about Aurora"


def test_a_secret_link_is_in_the_mail_and_nowhere_in_the_database(
    app: Flask, session: Session
) -> None:
    ada = make.user(session)
    message = make.message(session, ada, **FACTS)

    run_promised(session)

    [token] = re.findall(r"/calendar/([^/\s]{20,})\.ics", text(read(app, message.id)))
    with app.app_context():
        assert links.read("tests", token) == {"user": str(ada.id)}
    assert token not in message.body
    assert masked(message.body).endswith("/calendar/….ics")


def test_mail_is_written_in_the_language_of_its_recipient(app: Flask, session: Session) -> None:
    wei = make.user(session, name="李伟")
    wei.locale = "zh"
    message = make.message(session, wei, **{**FACTS, "team": "极光队"})

    run_promised(session)

    mail = read(app, message.id)
    assert "清河" in text(mail)
    assert "2030年6月2日 20:00" in text(mail)
    assert "极光队" in mail["Subject"]
    page = mail.get_body(("html",))
    assert page is not None
    assert '<html lang="zh">' in page.get_content()


def test_a_mail_server_receives_it_with_a_chinese_subject(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers.Mailbox()
    monkeypatch.setitem(app.config, "MAIL_URL", f"smtp://{server.host}:{server.port}")
    make.message(session, make.user(session, name="Jürgen Groß"), **{**FACTS, "team": "极光队"})

    run_promised(session)
    server.close()

    [mail] = server.messages
    assert mail["Subject"] == "Good news about 极光队"
    assert str(mail["To"]).startswith("Jürgen Groß <")
    assert "Hello Jürgen Groß," in text(mail)


def test_a_mail_server_elsewhere_gets_nothing_in_the_clear_unless_the_settings_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = servers.Mailbox()  # which offers no STARTTLS
    monkeypatch.setattr(post, "LOCAL", frozenset())
    mail = EmailMessage(policy=modern)
    mail["From"], mail["To"] = "a@example.org", "b@example.org"
    url = f"smtp://{server.host}:{server.port}"

    with pytest.raises(SMTPNotSupportedError):
        post.post(url, mail)
    assert server.messages == []

    post.post(url, mail, plain_hosts=f"db,{server.host}")
    server.close()
    assert len(server.messages) == 1


def test_names_and_subjects_cannot_add_headers(app: Flask, session: Session) -> None:
    mallory = make.user(session, name="Mallory\r\nBcc: everybody@example.org")
    message = make.message(session, mallory, **{**FACTS, "team": "X\r\nBcc: all@example.org"})

    run_promised(session)

    mail = read(app, message.id)
    assert mail["Bcc"] is None
    assert [a.addr_spec for a in mail["To"].addresses] == [mallory.email]


SMUGGLED = (
    "\r\nBcc: all@example.org", "\nBcc: all@example.org", "\rBcc: all@example.org", "\r\n\r\n<b>body</b>",
    "\u2028Bcc: all@example.org", "\x0bBcc: all@example.org", "\x85Bcc: all@example.org",
    '" <all@example.org>, "x', "<all@example.org>", "=?utf-8?q?=0D=0ABcc:_all@example.org?=", "\ue0001\ue001",
    "\r\nContent-Type: text/html", "%s%(to)s{to.email}{{ to.email }}${to}", "A" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("text", SMUGGLED, ids=range(len(SMUGGLED)))
def test_nothing_that_people_write_becomes_a_header_a_recipient_or_a_command(
    app: Flask, session: Session, text: str
) -> None:
    """W9, flaw-101, flaw-104, flaw-122."""
    mallory = make.user(session, name=f"Mallory{text}"[:120])
    message = make.message(session, mallory, **{**FACTS, "team": f"X{text}"})

    run_promised(session)

    mail = read(app, message.id)
    assert set(mail.keys()) == {
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Language",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [a.addr_spec for a in mail["To"].addresses] == [mallory.email]
    assert len(mail["Subject"]) <= LONGEST_SUBJECT
    assert mail.get_content_type() == "multipart/alternative"
    assert mallory.email not in body_of(mail, "plain")


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ("http://evil.example/pay", False), ("<a href='http://evil.example'>x</a>", False),
        ("http://127.0.0.1:8000.evil.example", False), ("http://127.0.0.1:8000@evil.example", False),
        ("[x](http://evil.example)", False), ("<img src=x onerror=alert(1)>", False),
        ("http://127.0.0.1:8000/contests", True),
    ],
)  # fmt: skip
def test_what_people_write_is_no_link_in_our_name(
    app: Flask, session: Session, words: str, leads: bool
) -> None:
    """flaw-101: letters of ours carried links of strangers."""
    message = make.message(session, make.user(session), **FACTS | {"title": Words(en=words)})

    run_promised(session)

    page = body_of(read(app, message.id), "html")
    assert ('contests"' in page) is leads
    assert not re.search(r"href=.http://(evil|127\.0\.0\.1:8000[.@])|<img", page)


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_what_failed_shows_why_and_goes_when_tried_again(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make.message(session, make.user(session), **FACTS)
    with monkeypatch.context() as broken:
        broken.setitem(app.config, "MAIL_URL", f"smtp://127.0.0.1:{servers.free_port()}")
        with pytest.raises(ConnectionRefusedError):
            run_promised(session)
    fail_promised(session, "ConnectionRefusedError: refused")
    assert (message.state, message.error) == (State.FAILED, "ConnectionRefusedError: refused")

    assert run_promised(session) == 1  # the job was not done and is still promised

    assert (message.state, message.error) == (State.SENT, "")


def test_nobody_is_written_to_who_is_gone(app: Flask, session: Session) -> None:
    ada = make.user(session)
    message = make.message(session, ada, **FACTS)
    ada.erased_at = make.NOON

    run_promised(session)

    assert message.state is State.DROPPED
    assert not (folder(app) / f"{message.id}.eml").exists()


def test_a_draft_waits(app: Flask, session: Session) -> None:
    message = make.message(session, make.user(session), hold=True, **FACTS)

    assert run_promised(session) == 0
    assert message.state is State.DRAFT
    assert not (folder(app) / f"{message.id}.eml").exists()


def test_a_message_for_later_goes_at_its_time(session: Session) -> None:
    later = make.NOON + timedelta(hours=3)
    message = make.message(session, make.user(session), due_at=later, **FACTS)

    assert run_promised(session) == 0
    assert run_promised(session, at=later) == 1
    assert message.state is State.SENT


def test_the_same_key_is_written_once(session: Session) -> None:
    ada = make.user(session)
    first = make.message(session, ada, dedupe_key="remind 1", **FACTS)

    assert make.message(session, ada, dedupe_key="remind 1", **FACTS) is first
    assert run_promised(session) == 1


def test_plain_text_becomes_safe_html(app: Flask) -> None:
    with app.app_context():
        assert linked("a <b>\nsee http://127.0.0.1:8000/x?a=1&b=2.") == (
            'a &lt;b&gt;<br>\nsee <a class="link" href="http://127.0.0.1:8000/x?a=1&amp;b=2">'
            "http://127.0.0.1:8000/x?a=1&amp;b=2</a>."
        )
