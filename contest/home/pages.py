"""What the pages say about each matter that waits, and where it is done."""

from collections.abc import Callable, Mapping

from flask import url_for
from flask_babel import gettext, ngettext

from contest.home.models import Matter
from contest.home.queries.needs import Need
from contest.web.text import plain

MATTER_ICONS = {
    Matter.ANSWER: "mail",
    Matter.ANNOUNCE: "megaphone",
    Matter.INVITATIONS: "user-plus",
    Matter.COMPLETE: "pencil",
    Matter.SCREEN: "list-checks",
    Matter.BEGIN_JUDGING: "play",
    Matter.CALIBRATE: "scale",
    Matter.SCORE: "gavel",
    Matter.FIND_JUDGES: "user-search",  # icon
    Matter.CLOSE_JUDGING: "lock",
    Matter.DECIDE: "scale",
    Matter.COMPUTE: "trophy",
    Matter.SIGN: "signature",
    Matter.SET_DATE: "calendar-clock",
    Matter.LETTERS: "mail",
    Matter.CONCLUDE: "flag",
    Matter.OWNERS: "users-round",
    Matter.GATE: "milestone",
    Matter.MILESTONES: "clock",
    Matter.PROMISES: "handshake",
}
# matter -> the address of the page where it is done
PLACES: Mapping[Matter, Callable[[Need], str]] = {
    Matter.ANSWER: lambda n: url_for("contests.appointment_mine", appointment_id=n.thing_id),
    Matter.ANNOUNCE: lambda n: url_for("contests.announce", slug=n.slug),
    Matter.INVITATIONS: lambda n: url_for("contests.people", slug=n.slug),
    Matter.COMPLETE: lambda n: url_for("entries.write", team_id=n.thing_id),
    Matter.SCREEN: lambda n: url_for("entries.screening", slug=n.slug),
    Matter.BEGIN_JUDGING: lambda n: url_for("judging.plan", round_id=n.thing_id),
    Matter.CALIBRATE: lambda _: url_for("judging.queue"),
    Matter.SCORE: lambda _: url_for("judging.queue"),
    Matter.FIND_JUDGES: lambda n: url_for("judging.plan", round_id=n.thing_id),
    Matter.CLOSE_JUDGING: lambda n: url_for("judging.close", round_id=n.thing_id),
    Matter.DECIDE: lambda n: url_for("results.decide", round_id=n.thing_id),
    Matter.COMPUTE: lambda n: url_for("results.certify", slug=n.slug),
    Matter.SIGN: lambda n: url_for("results.certify", slug=n.slug),
    Matter.SET_DATE: lambda n: url_for("results.certify", slug=n.slug),
    Matter.LETTERS: lambda n: url_for("messages.index", slug=n.slug),
    Matter.CONCLUDE: lambda n: url_for("contests.move", slug=n.slug, step="conclude"),
    Matter.OWNERS: lambda n: url_for("followup.board", slug=n.slug),
    Matter.GATE: lambda n: url_for("followup.show", case_id=n.thing_id),
    Matter.MILESTONES: lambda n: url_for("followup.show", case_id=n.thing_id),
    Matter.PROMISES: lambda n: url_for("followup.show", case_id=n.thing_id),
}


def need_url(need: Need) -> str:
    """Return the address of the page where it is done."""
    return PLACES[need.matter](need)


def need_sentence(need: Need) -> str:
    """Return what waits, as a sentence without its full stop."""
    return SENTENCES[need.matter](need)


def _round(need: Need) -> str:
    return plain(need.round) if need.round is not None else ""


SENTENCES: Mapping[Matter, Callable[[Need], str]] = {
    Matter.ANSWER: lambda _: gettext("You are invited: accept or decline"),
    Matter.ANNOUNCE: lambda _: gettext("It is not announced yet: see what is missing"),
    Matter.INVITATIONS: lambda n: ngettext(
        "%(num)s invitation has had no answer for a week",
        "%(num)s invitations have had no answer for a week",
        n.count,
    ),
    Matter.COMPLETE: lambda _: gettext("The screeners asked about your entry: answer and hand in"),
    Matter.SCREEN: lambda n: ngettext(
        "%(num)s entry to screen", "%(num)s entries to screen", n.count
    ),
    Matter.BEGIN_JUDGING: lambda n: gettext(
        "“%(round)s” can be judged: assign the entries and begin", round=_round(n)
    ),
    Matter.CALIBRATE: lambda n: gettext(
        "Score the anchors of “%(round)s”, as the whole panel does", round=_round(n)
    ),
    Matter.SCORE: lambda n: ngettext(
        "%(num)s entry to score in “%(round)s”",
        "%(num)s entries to score in “%(round)s”",
        n.count,
        round=_round(n),
    ),
    Matter.FIND_JUDGES: lambda n: ngettext(
        "%(num)s entry of “%(round)s” lacks a judge: give it to somebody",
        "%(num)s entries of “%(round)s” lack a judge: give them to somebody",
        n.count,
        round=_round(n),
    ),
    Matter.CLOSE_JUDGING: lambda n: gettext(
        "The time for judging “%(round)s” is over: close it", round=_round(n)
    ),
    Matter.DECIDE: lambda n: gettext(
        "The decisions on “%(round)s” are not applied yet", round=_round(n)
    ),
    Matter.COMPUTE: lambda _: gettext("Everything is decided: compute the result"),
    Matter.SIGN: lambda _: gettext("A result waits for your signature"),
    Matter.SET_DATE: lambda _: gettext("A signed result has no day of publication yet"),
    Matter.LETTERS: lambda n: ngettext(
        "%(num)s letter waits to be read and released",
        "%(num)s letters wait to be read and released",
        n.count,
    ),
    Matter.CONCLUDE: lambda _: gettext("All results are out: conclude the contest"),
    Matter.OWNERS: lambda n: ngettext(
        "%(num)s follow-up has no owner on one side",
        "%(num)s follow-ups have no owner on one side",
        n.count,
    ),
    Matter.GATE: lambda n: gettext("“%(case)s” stands at a gate: go, pivot or stop", case=n.case),
    Matter.MILESTONES: lambda n: ngettext(
        "%(num)s milestone of “%(case)s” is overdue",
        "%(num)s milestones of “%(case)s” are overdue",
        n.count,
        case=n.case,
    ),
    Matter.PROMISES: lambda n: ngettext(
        "%(num)s promise to “%(case)s” is overdue",
        "%(num)s promises to “%(case)s” are overdue",
        n.count,
        case=n.case,
    ),
}
