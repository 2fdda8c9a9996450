"""The times and texts of each edition, and the moments at which a demonstration can stand."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contest.core.words import Words
from contest.demo import call, cast
from contest.demo.cast import JudgeCast, TeamCast

NAMES = ("hitachi-shanghai", "hitachi-us")
MOMENTS = ("collecting", "judging", "demo-tables", "pitch-day", "published", "follow-up")


@dataclass(frozen=True, slots=True)
class Script:
    """What differs from one edition to the next."""

    slug: str
    edition: str
    country: str
    zone: str
    stage: str
    languages: tuple[str, ...]
    title: Words
    tagline: Words
    brief: Words
    teams: tuple[TeamCast, ...]
    judges: tuple[JudgeCast, ...]
    colour: str
    places: int
    advance: int
    reviews: int
    announced: datetime
    opens: datetime
    closes: datetime
    judging_ends: datetime
    pitch: datetime
    published: datetime
    tables: datetime | None = None  # a round between desk and stage, where it is held
    seats: int = 0  # how many pitch of those who stand at a table
    anchors: tuple[str, ...] = ()  # teams whose entries everybody scores before the work is dealt
    ready: int = 0  # how many are found ready to pitch by a jury that writes ballots and no scores

    def moment(self, name: str) -> datetime:
        """Return the instant at which a demonstration of `name` stands."""
        return {
            "collecting": self.closes - timedelta(days=2, hours=8),
            "judging": self.judging_ends - timedelta(days=3, hours=8),
            "demo-tables": (self.tables or self.judging_ends + timedelta(days=1, hours=20))
            + timedelta(minutes=100),
            "pitch-day": self.pitch + timedelta(minutes=70),
            "published": self.published + timedelta(hours=1),
            "follow-up": self.published + timedelta(days=170),
        }[name]


def local(zone: str, *when: int) -> datetime:
    """Return a wall-clock time of `zone` as an instant."""
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


def shanghai() -> Script:
    """Return the script of the Shanghai contest of March 2019."""
    zone = "Asia/Shanghai"
    return Script(
        slug="shanghai-2019", edition="Shanghai 2019", country="CN", zone=zone,
        stage="XNode, 2/F, Jing’an",
        languages=("en", "zh"), title=call.TITLE, tagline=call.TAGLINE, brief=call.BRIEF,
        teams=cast.TEAMS, judges=cast.JUDGES, colour="#b3001b", places=3, advance=12, reviews=3,
        announced=local(zone, 2019, 1, 14, 10), opens=local(zone, 2019, 1, 21, 9),
        closes=local(zone, 2019, 2, 28, 18), judging_ends=local(zone, 2019, 3, 15, 18),
        pitch=local(zone, 2019, 3, 22, 13), published=local(zone, 2019, 3, 25, 10),
        tables=local(zone, 2019, 3, 17, 14), seats=8,
        anchors=("PortLedger", "Silk Audit", "Mekong Fresh"),
    )  # fmt: skip


def by_jury() -> Script:
    """Return the first edition as its jury judged it: by orders, by pass or fail, and by points."""
    return replace(united_states(), reviews=3, advance=4, ready=3)


def united_states() -> Script:
    """Return the script of the first edition, in Santa Clara."""
    zone = "America/Los_Angeles"
    return Script(
        slug="us-2018", edition="Santa Clara 2018", country="US", zone=zone,
        stage="Hitachi, Santa Clara",
        languages=("en", "zh"), title=call.US_TITLE, tagline=call.US_TAGLINE, brief=call.US_BRIEF,
        teams=cast.US_TEAMS, judges=cast.JUDGES[:4], colour="#0b5394",
        places=2, advance=3, reviews=2,
        announced=local(zone, 2018, 4, 9, 9), opens=local(zone, 2018, 4, 16, 9),
        closes=local(zone, 2018, 5, 25, 18), judging_ends=local(zone, 2018, 6, 8, 18),
        pitch=local(zone, 2018, 6, 15, 13), published=local(zone, 2018, 6, 18, 9),
    )  # fmt: skip
