"""Builds a demonstration into an empty database."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts.models import User
from contest.core import clock
from contest.demo import calling, cast, ending, entering, jury, reading, scoring, tables
from contest.demo.play import Play, repeatable
from contest.demo.script import MOMENTS, NAMES, Script, by_jury, shanghai, united_states
from contest.files.store import Store
from contest.jobs import engine
from contest.jobs.registry import HANDLERS

STEPS: tuple[tuple[str, Callable[[Play], None]], ...] = (
    ("collecting", calling.announce),
    ("collecting", entering.collect),
    ("judging", entering.close_and_screen),
    ("judging", reading.calibrate),
    ("judging", scoring.assign),
    ("judging", scoring.score_some),
    ("demo-tables", scoring.finish_desk),
    ("demo-tables", tables.open_tables),
    ("pitch-day", tables.close_tables),
    ("pitch-day", jury.check_readiness),
    ("pitch-day", scoring.begin_pitch_day),
    ("published", scoring.finish_pitch_day),
    ("published", ending.publish),
    ("follow-up", ending.follow_up),
)
SCENARIOS = dict(zip(NAMES, ((by_jury, shanghai), (united_states,)), strict=True))
LATER = frozenset({"messages.send", "files.render", "files.scan"})  # left to the worker


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody to sign in as."""

    role: str
    name: str
    user_id: uuid.UUID


def build(
    session: Session, name: str, until: str, *, store: Store, key: Ed25519PrivateKey
) -> datetime:
    """Play the scenario's editions, the last one up to the moment `until`; return that instant.

    Earlier editions are played to their end. Everything is the same each time but secrets.
    """
    scripts = [script() for script in SCENARIOS[name]]
    with repeatable(2019):
        begin = scripts[0].announced - timedelta(days=14)
        clock.stop(begin)
        accounts.first_administrator(
            session, email=cast.ADMINISTRATOR.email, name=cast.ADMINISTRATOR.name, locale="en",
            password="*", at=begin,  # noqa: S106 -- no hash: nobody signs in by it
        )  # fmt: skip
        for script in scripts:
            last = script is scripts[-1]
            play(session, script, until if last else MOMENTS[-1], store, key)
    clock.stop(None)
    return scripts[-1].moment(until)


def play(
    session: Session, script: Script, until: str, store: Store, key: Ed25519PrivateKey
) -> Play:
    """Play one edition up to a moment."""
    made = Play(session, script, store=store, key=key, run_promised=lambda: run_promised(session))
    for moment, step in STEPS:
        if MOMENTS.index(moment) <= MOMENTS.index(until):
            made.renew()
            step(made)
            run_promised(session)
    made.at(script.moment(until))
    return made


def run_promised(session: Session, leave: frozenset[str] = LATER) -> None:
    """Do what is due by now, as the worker would; mail and pictures are left to the real one."""
    while due := [
        p
        for p in engine.promised(session.connection())
        if p.at <= clock.now() and p.kind not in leave
    ]:
        for promise in due:
            ids = dict(promise.ids)
            for handler in HANDLERS[promise.kind]:
                ids |= handler.do(**ids) or {}
            session.flush()
            engine.mark_done(session.connection(), promise.number)


def faces(session: Session, name: str) -> list[Face]:
    """Return one person per role of the scenario's last edition, in the order of the story."""
    script = SCENARIOS[name][-1]()
    lead, member, *_ = script.teams[0].people
    wanted = [
        ("organiser", cast.ORGANISER),
        ("screener", cast.SCREENER),
        ("chair", cast.CHAIR),
        ("judge", script.judges[:5][-1].person),
        ("team lead", lead),
        ("team member", member),
        ("sponsor", cast.SPONSOR),
        ("follow-up owner", cast.FOLLOW_UP),
        ("administrator", cast.ADMINISTRATOR),
    ]
    people = {
        u.email: u
        for u in session.scalars(select(User).where(User.email.in_([p.email for _, p in wanted])))
    }
    return [Face(role, person.name, people[person.email].id) for role, person in wanted]
