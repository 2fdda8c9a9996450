"""Makes the text of a message from its template and facts, in the language of its recipient."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, gettext
from jinja2 import Template
from markupsafe import Markup, escape

from contest.accounts import links
from contest.messages.models import LONGEST_SUBJECT, Message, unpacked
from contest.web.moments import on_day, when, zone_label
from contest.web.states import SHOWN
from contest.web.text import plain

# A secret link stands in the text as its number between two characters that no text has.
MARKS = "\ue000", "\ue001"
HIDDEN = "…"
_MARKED = re.compile(f"{MARKS[0]}(\\d+){MARKS[1]}")
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]。，、）」]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out, but for its secret links: `links` says how each is made."""

    subject: str
    body: str
    links: tuple[dict[str, Any], ...]


def link(endpoint: str, **args: object) -> str:
    """Return the address of a page as it is written in mail: from the settings, not from a request."""
    adapter = current_app.url_map.bind("contest.invalid")
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + adapter.build(endpoint, args)


def render(message: Message) -> Letter:
    """Return the message's subject and text, made of what the template says at this moment."""
    made: list[dict[str, Any]] = []

    def signed_link(
        endpoint: str,
        purpose: str,
        *,
        argument: str = "token",
        days: int | None = None,
        **payload: Any,
    ) -> str:
        made.append({"purpose": purpose, "days": days, "payload": _plain(payload)})
        return link(endpoint, **{argument: "-mark-"}).replace(
            "-mark-", f"{MARKS[0]}{len(made)}{MARKS[1]}"
        )

    facts = {name: _without_marks(unpacked(value)) for name, value in message.facts.items()}
    with force_locale(message.lang):
        text = _template(f"mail/{message.kind}.txt").render(
            **facts,
            to=message.recipient,
            name=_without_marks(message.recipient.name),
            message_id=str(message.id),
            note=_without_marks(message.note),
            link=link,
            signed_link=signed_link,
            said=plain,
            moment=moment,
            day=day,
            word=word,
        )
    subject, _, body = text.strip().partition("\n")
    body = re.sub(r"\n{3,}", "\n\n", body.strip())
    if message.note and message.note not in body:
        body = f"{_without_marks(message.note)}\n\n{body}"
    return Letter(_in_a_header(subject)[:LONGEST_SUBJECT], body, tuple(made))


def _in_a_header(text: str) -> str:
    """Return the text on one line and without the code by which mail hides characters in headers.

    The library would decode it, line ends included, and write what it found.
    """
    return _CONTROL.sub(" ", text).replace("=?", "= ?").strip()


def day(fact: str) -> str:
    """Return a calendar date, that a fact holds as 2019-03-22, for readers."""
    return on_day(date.fromisoformat(fact))


def word(value: str) -> str:
    """Return the word of a state, role or kind that came as a fact."""
    return gettext(SHOWN[value][0])


def moment(instant: datetime, zone: str) -> str:
    """Return an instant for plain text, in the contest's zone and with its distance from UTC."""
    return f"{when(instant, zone)} ({zone_label(instant, zone)})"


def filled(body: str, made: Sequence[dict[str, Any]]) -> str:
    """Return the text with its secret links, signed now."""

    def sign(mark: re.Match[str]) -> str:
        wanted = made[int(mark[1]) - 1]
        days = timedelta(days=wanted["days"]) if wanted["days"] else None
        return links.sign(wanted["purpose"], wanted["payload"], expires_in=days)

    return _MARKED.sub(sign, body)


def masked(body: str) -> str:
    """Return the text as others than its recipient may read it."""
    return _MARKED.sub(HIDDEN, body)


def mail(message: Message, *, at: datetime) -> EmailMessage:
    """Return the frozen message as one mail to one person, the same number each time."""
    text = filled(message.body, message.links)
    host = urlsplit(current_app.config["BASE_URL"]).hostname
    made = EmailMessage(policy=SMTP)
    made["Message-ID"] = f"<{message.id}@{host}>"
    made["Date"] = format_datetime(at)
    made["From"] = current_app.config["MAIL_FROM"]
    to = message.address or message.recipient.email
    made["To"] = Address(_in_a_header(message.recipient.name), addr_spec=to)
    made["Subject"] = message.subject
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text + "\n")
    made.add_alternative(html(message, text), subtype="html")
    made["Content-Language"] = message.lang  # last: of the whole, not of its first part
    return made


def html(message: Message, text: str) -> str:
    """Return the same text as a page for mail readers."""
    with force_locale(message.lang):
        return _template("mail/frame.html").render(
            subject=message.subject,
            lang=message.lang,
            paragraphs=[linked(part) for part in re.split(r"\n\s*\n", text)],
            home=current_app.config["BASE_URL"],
        )


def unlinked(text: str) -> Markup:
    """Return plain text as HTML for others than its recipient, who may not open what it leads to."""
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


def linked(text: str) -> Markup:
    """Return plain text as HTML: addresses of ours become links, line ends stay.

    Others' do not: what a team calls itself leads nobody anywhere in our name.
    """
    made, end, home = Markup(), 0, current_app.config["BASE_URL"].rstrip("/")
    for url in _URL.finditer(text):
        if f"{url[0]}/".startswith(f"{home}/"):
            made += escape(text[end : url.start()])
            made += Markup('<a class="link" href="{0}">{0}</a>').format(url[0])
            end = url.end()
    made += escape(text[end:])
    return Markup("<br>\n").join(made.split("\n"))


def _template(name: str) -> Template:
    """Return the template by itself: what pages are given (a request, who is signed in) is not here."""
    return current_app.jinja_env.get_template(name)


def _without_marks(value: Any) -> Any:
    return value.replace(MARKS[0], "").replace(MARKS[1], "") if isinstance(value, str) else value


def _plain(payload: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, bool | int | str) or value is None else str(value)
        for key, value in payload.items()
    }
