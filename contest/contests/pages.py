"""What the pages show: sentences, amounts, and rows made of rounds and dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext

from contest.contests.models import (
    Aggregation,
    Answer,
    Appointment,
    Contest,
    IpTerms,
    Mode,
    Prize,
    Role,
    Round,
    RoundKind,
    RoundPhase,
    TieBreak,
    TimelineItem,
)
from contest.core.decisions import Decision
from contest.core.text import N_
from contest.core.words import Words
from contest.web.text import money, sentences

IP_SENTENCES = {
    IpTerms.TEAM_KEEPS: N_("The team keeps everything; the sponsor may only read it"),
    IpTerms.OPTION: N_("The team keeps it; the sponsor may be the first to negotiate a licence"),
    IpTerms.LICENCE: N_("Winners grant the sponsor a licence; everybody else keeps everything"),
}


def ip_sentence(terms: IpTerms) -> str:
    """Return who owns what teams hand in, as a sentence without its full stop."""
    return gettext(IP_SENTENCES[terms])


HOW_JUDGED: Mapping[tuple[Mode, Aggregation | None], str] = {
    (Mode.RUBRIC, None): N_(
        "At least %(reviews)s judges score each entry on the same weighted rubric. Its result is the"
        " mean of what they give, corrected for how strict each judge is where there are enough"
        " scores to tell; the plain mean is kept beside it."
    ),
    (Mode.PASS_FAIL, Aggregation.UNANIMOUS): N_(
        "At least %(reviews)s judges pass or fail each entry and say why. It passes when all of them"
        " pass it and fails when all of them fail it. Where they disagree, the panel talks it over;"
        " what it decides is recorded with the reason."
    ),
    (Mode.PASS_FAIL, Aggregation.MAJORITY): N_(
        "At least %(reviews)s judges pass or fail each entry and say why. What more of them say holds."
        " Where as many pass it as fail it, the panel talks it over; what it decides is recorded with"
        " the reason."
    ),
    (Mode.RANKING, Aggregation.PLACKETT_LUCE): N_(
        "Each judge puts all their entries in order; at least %(reviews)s judges see each entry. The"
        " result is the order that makes all of these orders together most likely (Plackett–Luce), so"
        " that being placed before strong entries counts for more."
    ),
    (Mode.RANKING, Aggregation.BORDA): N_(
        "Each judge puts all their entries in order; at least %(reviews)s judges see each entry. A"
        " first place counts 100, a last place 0. The result is the mean of what an entry is given,"
        " corrected for how strong the other entries of each judge are."
    ),
    (Mode.POINTS, None): N_(
        "Each judge distributes %(budget)s points over their entries; at least %(reviews)s judges see"
        " each entry. The result is the mean share of points, corrected for how many and how strong"
        " the other entries of each judge are."
    ),
    (Mode.PAIRWISE, None): N_(
        "Judges go from entry to entry and say each time which of two is better, or that they are"
        " equally good. The result is the order that fits all votes together best. A judge who often"
        " contradicts the others counts for less, and nobody counts for more than one."
    ),
}


TIE_BREAKS = {
    TieBreak.ADJUSTED: N_("the higher adjusted value"),
    TieBreak.RAW: N_("the higher plain mean"),
    TieBreak.CRITERIA: N_("the criteria, the weightiest first"),
    TieBreak.MEDIAN: N_("the higher median"),
    TieBreak.SUBMISSION: N_("the earlier submission"),
    TieBreak.LOT: N_("a lot drawn from a seed that is recorded when the judging begins"),
}


def tie_break(steps: Iterable[str]) -> str:
    """Return the steps that separate equal results, one after the other."""
    return " → ".join(gettext(TIE_BREAKS[TieBreak(step)]) for step in steps)


def how_judged(round_: Round) -> str:
    """Return how a round is judged, as a paragraph for everybody, from its settings."""
    how = HOW_JUDGED[round_.mode, round_.rule()]
    said = [gettext(how, reviews=round_.minimum_reviews, budget=round_.budget)]
    if round_.mode is Mode.RANKING:
        said.append(
            gettext("Two entries may share a place in a judge's order.")
            if round_.ties_allowed
            else gettext("In a judge's order no two entries share a place.")
        )
    said.append(gettext("Nobody judges an entry that they are connected with."))
    if round_.blind:
        said.append(gettext("Judges see codes instead of team names."))
    said.append(gettext("Equal results share a rank."))
    steps = round_.tie_breaks()
    if steps:
        said.append(
            gettext("Who of them goes first is settled by: %(steps)s.", steps=tie_break(steps))
        )
    return sentences(said)


WORK = {  # the page from which somebody does what they are appointed to
    Role.ORGANISER: "contests.manage",
    Role.SCREENER: "entries.screening",
    Role.CHAIR: "judging.panel",
    Role.JUDGE: "judging.conflicts",
    Role.OBSERVER: "contests.show",
    Role.SPONSOR: "contests.manage",
    Role.FOLLOW_UP: "followup.board",
}


def work_url(role: Role, slug: str) -> str:
    """Return the address of the page where a role's work in a contest is."""
    return url_for(WORK[role], slug=slug)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date ahead, what happens then and where it is set."""

    at: datetime
    what: str
    round_: Round


WHAT = {
    "opens_at": N_("Entries open"),
    "closes_at": N_("Entries close"),
    "judging_opens_at": N_("Judging begins"),
    "judging_closes_at": N_("Judging ends"),
}


def deadlines(rounds: Sequence[Round], at: datetime, names: Sequence[str] = ()) -> list[Deadline]:
    """Return the dates of the rounds that are still ahead, the next one first."""
    return sorted(
        (
            Deadline(instant, gettext(WHAT[name]), round_)
            for round_ in rounds
            for name in names or WHAT
            if (instant := getattr(round_, name)) is not None and instant > at
        ),
        key=lambda deadline: deadline.at,
    )


def steps(rounds: Sequence[Round], at: datetime) -> Iterator[tuple[Round, str, int]]:
    """Yield each round with its state (done, now, todo) and how much of its time has passed, in %."""
    for round_ in rounds:
        opens, closes = _span(round_)
        if round_.phase is RoundPhase.PUBLISHED:
            yield round_, "done", 100
        elif opens is None or closes is None or at < opens:
            yield round_, "todo", 0
        else:
            yield round_, "now", round(min((at - opens) / (closes - opens), 1) * 100)


def _span(round_: Round) -> tuple[datetime | None, datetime | None]:
    return (
        round_.opens_at or round_.judging_opens_at,
        round_.judging_closes_at or round_.closes_at,
    )


def standing(appointment: Appointment, at: datetime) -> tuple[str, str]:
    """Return in a word where an appointment stands, and the tone of its pill."""
    if appointment.ended_at is not None:
        return (gettext("Ended") if appointment.answer else gettext("Taken back")), "neutral"
    if appointment.answer is Answer.ACCEPTED:
        return gettext("Accepted"), "good"
    if appointment.answer is Answer.DECLINED:
        return gettext("Declined"), "bad"
    open_still: Decision = appointment.can_answer(at)
    return (gettext("Invited"), "info") if open_still else (gettext("Expired"), "warn")


def amount(prize: Prize) -> str:
    """Return what a prize is worth, the way the reader's language writes money; "" for nothing."""
    if prize.amount_minor is None:
        return ""
    return money(prize.amount_minor, prize.currency)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the public timeline: an instant, or a whole day."""

    at: datetime
    what: str
    title: Words
    is_day: bool
    over_at: datetime
    is_over: bool


def happenings(
    contest: Contest, rounds: Sequence[Round], dates: Sequence[TimelineItem], at: datetime
) -> list[Happening]:
    """Return what happens when, rounds and other dates together, earliest first."""
    zone = ZoneInfo(contest.zone)
    shown = ("opens_at", "closes_at", "judging_closes_at")
    of_rounds = [
        Happening(instant, gettext(what), round_.title, False, instant, is_over=instant <= at)
        for round_ in rounds
        for name, what in WHAT.items()
        if (name in shown or round_.kind is RoundKind.PITCH)
        and (instant := getattr(round_, name)) is not None
    ]
    of_days = [
        Happening(day, "", item.title, True, over, is_over=over <= at)
        for item in dates
        for day in (datetime.combine(item.on, time(0), zone),)
        for over in (day + timedelta(days=1),)
    ]
    return sorted(of_rounds + of_days, key=lambda happening: happening.at)
