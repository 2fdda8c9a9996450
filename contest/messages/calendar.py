"""A person's dates, as a calendar that their own program subscribes to."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contest.accounts.models import User


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date. `uid` stays the same when it moves, so that calendars move it instead of adding one."""

    uid: str
    starts_at: datetime
    ends_at: datetime | None
    zone: str
    title: str
    url: str
    place: str = ""


Source = Callable[[Session, User, datetime], Iterable[Occasion]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a feature add the dates it knows of a person. Also a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def occasions(session: Session, user: User, at: datetime) -> tuple[Occasion, ...]:
    """Return all dates of a person, the earliest first."""
    found = {o.uid: o for source in _sources for o in source(session, user, at)}
    return tuple(sorted(found.values(), key=lambda o: (o.starts_at, o.uid)))


def tag(dates: Sequence[Occasion], lang: str) -> str:
    """Return what changes when, and only when, the calendar does."""
    return hashlib.sha256(repr((lang, dates)).encode()).hexdigest()[:32]


def written(dates: Sequence[Occasion], *, host: str, name: str, at: datetime) -> bytes:
    """Return the dates as iCalendar, each at the wall-clock time of its own zone."""
    from icalendar import Calendar, Event  # noqa: PLC0415 -- slow import

    calendar = Calendar()
    calendar.add("prodid", f"-//Contest//{host}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", "PT1H")
    for occasion in dates:
        zone = ZoneInfo(occasion.zone)
        event = Event()
        event.add("uid", f"{occasion.uid}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", occasion.starts_at.astimezone(zone))
        event.add("dtend", (occasion.ends_at or occasion.starts_at).astimezone(zone))
        event.add("summary", occasion.title)
        event.add("url", occasion.url)
        if occasion.place:
            event.add("location", occasion.place)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    made: bytes = calendar.to_ical()
    return made
