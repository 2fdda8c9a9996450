from datetime import datetime

import icalendar
import pytest
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.messages import calendar
from contest.messages.calendar import Occasion
from tests import make
from tests.pages import Client

CLOSES = Occasion(
    uid="round-1-closes",
    starts_at=make.NOON + make.DAY,
    ends_at=None,
    zone="Asia/Shanghai",
    title="清河: entries close",
    url="http://127.0.0.1:8000/contests/rivers",
)


@pytest.fixture
def dates(monkeypatch: pytest.MonkeyPatch) -> list[Occasion]:
    found = [CLOSES]

    def source(_session: Session, user: User, _at: datetime) -> list[Occasion]:
        return found if user.name == "Ada Lovelace" else []

    monkeypatch.setattr(calendar, "_sources", [source])
    return found


@pytest.mark.usefixtures("dates")
def test_a_calendar_has_the_persons_dates_in_their_own_zones(
    client: Client, session: Session
) -> None:
    ada = make.user(session)

    answer = client.get(f"/calendar/{ada.feed_token}.ics")

    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    made = icalendar.Calendar.from_ical(answer.data)
    [event] = made.walk("VEVENT")
    assert event["UID"] == "round-1-closes@127.0.0.1"
    assert event["SUMMARY"] == "清河: entries close"
    assert event["DTSTART"].to_ical() == b"20300602T200000"
    assert [zone["TZID"] for zone in made.walk("VTIMEZONE")] == ["Asia/Shanghai"]


def test_a_calendar_is_sent_again_only_when_it_changed(
    client: Client, session: Session, dates: list[Occasion]
) -> None:
    url = f"/calendar/{make.user(session).feed_token}.ics"
    first = client.get(url)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(url, headers=known).status_code == 304

    dates[:] = [
        Occasion(CLOSES.uid, make.NOON + 2 * make.DAY, None, CLOSES.zone, CLOSES.title, CLOSES.url)
    ]

    assert client.get(url, headers=known).status_code == 200


@pytest.mark.usefixtures("dates")
def test_only_the_secret_address_opens_a_calendar(client: Client, session: Session) -> None:
    gone = make.user(session)
    gone.active = False
    session.flush()

    assert client.get("/calendar/guess.ics").status_code == 404
    assert client.get(f"/calendar/{gone.feed_token}.ics").status_code == 404
    assert (
        b"BEGIN:VEVENT"
        not in client.get(f"/calendar/{make.user(session, name='Bob').feed_token}.ics").data
    )
