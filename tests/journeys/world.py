"""A contest's world for one test: a served instance, its clock, its worker and its people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from contest.accounts import links
from contest.accounts.models import User
from contest.app import create_app
from contest.core import clock
from contest.demo import cast
from contest.jobs import engine
from contest.jobs.registry import HANDLERS, PERIODS
from contest.web.db import begin_writing, db
from tests import databases, servers
from tests.browser import DESKTOP, Device, Visit
from tests.looking import look_at

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(wall: str) -> datetime:
    """Return a wall-clock time of Shanghai, like "2019-03-01 18:00", as an instant."""
    return datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI).astimezone(UTC)


class SettingsForJourneys(Settings):
    """As in production, but that many people come from one address within a minute."""

    RATELIMIT_ENABLED: bool = False
    SESSION_IDLE_MINUTES: int = 10**6  # a journey lasts for months
    SESSION_HOURS: int = 10**6
    ADMIN_SESSION_IDLE_MINUTES: int = 10**6
    ADMIN_SESSION_HOURS: int = 10**6


def new_app(folder: Path, port: int, database_url: str | None = None) -> Flask:
    """Make an instance whose links point at `port` and whose files stand in `folder`.

    Without a database it gets an empty one.
    """
    return create_app(
        SettingsForJourneys(
            SECRET_KEY="a secret for the tests",
            BASE_URL=f"http://{servers.HOST}:{port}",
            DATABASE_URL=database_url or databases.new(folder),
            FILES_URL=f"file://{folder}/files",
            MAIL_URL=f"file://{folder}/mail",
            DEVELOPMENT=True,
        )
    )


class World:
    """What a test holds in its hand: it moves the clock, and people act through their browsers."""

    def __init__(self, app: Flask, url: str, visit: Visit) -> None:
        self.app, self.url, self._visit = app, url, visit
        self._turn = clock.now()

    def at(self, when: datetime | str) -> datetime:
        """Move the clock on (a text is Shanghai's time) and do what became due meanwhile."""
        instant = shanghai(when) if isinstance(when, str) else when
        clock.stop(instant)
        for kind, period in PERIODS.items():
            turn = instant - (instant - datetime.min.replace(tzinfo=UTC)) % period
            if turn != self._turn - (self._turn - datetime.min.replace(tzinfo=UTC)) % period:
                self._do(kind, {"at": turn.isoformat()})
        self._turn = instant
        self.work()
        return instant

    def later(self, **span: float) -> datetime:
        """Let some time pass: `later(minutes=5)`."""
        return self.at(clock.now() + timedelta(**span))

    def work(self) -> None:
        """Do what is promised and due, each step in a transaction of its own, as the worker does."""
        while due := self._due():
            for promise in due:
                self._do(promise.kind, dict(promise.ids))
                with self._transaction() as session:
                    engine.mark_done(session.connection(), promise.number)

    def _due(self) -> list[engine.Promise]:
        with self.app.app_context():
            promised = engine.promised(db.session().connection())
        return [promise for promise in promised if promise.at <= clock.now()]

    def _do(self, kind: str, ids: dict[str, Any]) -> None:
        for handler in HANDLERS[kind]:
            if handler.writes:
                with self._transaction():
                    ids |= handler.do(**ids) or {}
            else:
                with self.app.app_context():
                    ids |= handler.do(**ids) or {}

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self.app.app_context():
            begin_writing()
            yield db.session()
            db.session.commit()

    def person(
        self, name: str, email: str = "", *, device: Device = DESKTOP, **screen: Any
    ) -> "Person":
        """Give somebody a browser of their own."""
        page = self._visit(device=device, base_url=self.url, **screen)
        return Person(self, page, name, email)

    def comes(self, somebody: cast.Person, *, device: Device = DESKTOP) -> "Person":
        """Give somebody of the demonstration a browser in which they are signed in."""
        who = self.person(somebody.name, somebody.email, device=device)
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.email == who.email)).one()
            token = links.entrance(user.id)
        return who.goes(f"/enter/{token}").goes("/language?lang=en&next=/")


class Person:
    """Somebody at a browser. Words stand in for the controls they name."""

    def __init__(self, world: World, page: Page, name: str, email: str) -> None:
        self.world, self.page, self.name, self.email = world, page, name, email

    @cached_property
    def main(self) -> Locator:
        """The page without what stands around it."""
        return self.page.get_by_role("main")

    def goes(self, where: str) -> "Person":
        """Open an address."""
        self.page.goto(where)
        return self

    def sees(self, title: str | re.Pattern[str]) -> "Person":
        """Be on the page of this title; the first time anybody is, look closely at it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        look_at(self.page, self.world.app)
        return self

    def reads(self, *texts: str | re.Pattern[str]) -> "Person":
        """Find these texts on the page."""
        for text in texts:
            expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def misses(self, *texts: str | re.Pattern[str]) -> "Person":
        """Find these texts nowhere on the page."""
        for text in texts:
            expect(self.page.get_by_text(text)).to_have_count(0)
        return self

    def follows(self, link: str | re.Pattern[str], *, within: Locator | None = None) -> "Person":
        """Click a link by its words."""
        (within or self.page).get_by_role(
            "link", name=link, exact=isinstance(link, str)
        ).first.click()
        return self

    def presses(self, button: str | re.Pattern[str], *, within: Locator | None = None) -> "Person":
        """Click a button by its words."""
        (within or self.page).get_by_role(
            "button", name=button, exact=isinstance(button, str)
        ).first.click()
        return self

    def fills(self, fields: dict[str, Any] | None = None, **named: Any) -> "Person":
        """Fill in fields by their labels.

        A text, a date (datetime: wall-clock as given), a tick (bool), a choice of a list or of radio
        buttons; a dict of language -> text for what is written in several languages.
        """
        for label, value in {**(fields or {}), **named}.items():
            self._fill(label, value)
        return self

    def _fill(self, label: str, value: Any) -> None:
        group = self.main.get_by_role(
            "group", name=re.compile(rf"^{re.escape(label)}( optional)?$")
        )
        if isinstance(value, dict):
            for lang, text in value.items():
                control = group.locator(f"[name$='-{lang}']")
                if not control.is_visible():
                    group.locator(f"button[lang={lang}]").click()
                control.fill(text)
            return
        if group.count():
            group.get_by_label(value, exact=True).check()
            return
        control = self.main.get_by_label(label, exact=True).filter(visible=True).first
        kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.select_option(label=value)
        elif kind in {"checkbox", "radio"}:
            control.set_checked(bool(value))
        elif kind == "datetime-local":
            control.fill(str(value).replace(" ", "T"))
        else:
            control.fill(str(value))

    def writes(self, label: str, text: str) -> "Person":
        """Fill in a field that saves itself, and wait until it did."""
        control = self.main.get_by_label(label, exact=True)
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            control.fill(text)
            control.blur()
        expect(self.main.locator("[data-autosave-target=status]")).to_have_text(
            re.compile(r"^Saved \d\d:\d\d:\d\d$")
        )
        return self

    def attaches(self, label: str, name: str, content: bytes) -> "Person":
        """Choose a file to hand in, and let the worker draw its pages."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.get_by_label(label, exact=True).set_input_files(
                {"name": name, "mimeType": "application/pdf", "buffer": content}
            )
        self.world.work()
        return self

    def row(self, text: str | re.Pattern[str]) -> Locator:
        """Return the line of a table or list that contains a text."""
        return self.main.locator("tr, li").filter(has_text=text).last

    def is_told(self, *texts: str | re.Pattern[str]) -> "Person":
        """Read the message after an act."""
        for text in texts:
            expect(self.page.get_by_role("status").filter(has_text=text).first).to_be_visible()
        return self

    def is_refused(self, *reasons: str | re.Pattern[str]) -> "Person":
        """Read why a form was not taken."""
        for reason in reasons:
            expect(self.page.get_by_role("alert").filter(has_text=reason).first).to_be_visible()
        return self

    def mail(self, subject: str) -> list[str]:
        """Return the links in the newest letter to this person whose subject contains the text."""
        self.world.work()
        ask = self.page.request
        rows = re.findall(r"<tr>(.*?)</tr>", ask.get("/-mail").text(), re.DOTALL)
        for row in rows:
            if self.email in row and subject in _plain(row):
                address = re.search(r'href="(/-mail/[^"]+)"', row)
                assert address is not None
                body = ask.get(address[1]).text().partition("<main")[2].partition("</main>")[0]
                return [_plain(a) for a in re.findall(r'href="([^"]+)"', body)]
        listed = [" ".join(_plain(re.sub("<[^>]+>", " ", row)).split()) for row in rows]
        raise AssertionError(f"no letter “{subject}” to {self.email}; there are: {listed}")

    def opens_mail(self, subject: str, *, containing: str = "") -> "Person":
        """Follow the first link (that contains a text) of the newest letter with this subject."""
        links = [a for a in self.mail(subject) if containing in a and not a.endswith("/-mail")]
        assert links, f"no link with “{containing}” in “{subject}”"
        return self.goes(links[0])


def _plain(html: str) -> str:
    return (
        html.replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", '"').replace("\xa0", " ")
    )
