"""What keeps a contest from being announced, each with the page that mends it.

Features above know more (forms, rubrics): they hand in their checks when the app is made. See
docs/decisions/0010-checks-of-upper-features.md.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from contest.contests import queries
from contest.contests.models import Contest, PartnerRole, Role, Round, RoundKind
from contest.core.decisions import Blocker
from contest.core.text import N_
from contest.core.words import OWN_NAMES, Words
from contest.undertakings import queries as promises
from contest.undertakings.models import Kind

Check = Callable[[Session, Contest], Iterable[Blocker]]
REQUIRED = (Kind.RULES, Kind.IP, Kind.NDA, Kind.CONFLICT)
_further: list[Check] = []


def register(checks: Iterable[Check]) -> None:
    """Take over the checks of the features above. Called once, when the app is made."""
    _further[:] = checks


def registered() -> list[Check]:
    """Return the checks of the features above."""
    return list(_further)


def blockers(session: Session, contest: Contest, at: datetime) -> list[Blocker]:
    """Return everything that is still missing, in the order of the set-up pages."""
    return [
        *_texts(contest),
        *_partners(session, contest),
        *_rounds(session, contest, at),
        *_prizes(session, contest),
        *_promises(session, contest, at),
        *_people(session, contest),
        *(blocker for check in _further for blocker in check(session, contest)),
    ]


def _texts(contest: Contest) -> Iterator[Blocker]:
    if missing := contest.title.missing(contest.languages):
        yield Blocker(N_("The title is missing in: %(languages)s."), "contests.edit", _in(missing))
    if missing := contest.brief.missing(contest.languages):
        yield Blocker(N_("The brief is missing in: %(languages)s."), "contests.edit", _in(missing))


def _in(languages: list[str]) -> dict[str, list[str]]:
    return {"languages": [OWN_NAMES[lang] for lang in languages]}


def _partners(session: Session, contest: Contest) -> Iterator[Blocker]:
    roles = {partnership.role for partnership in queries.partnerships(session, contest.id)}
    if PartnerRole.SPONSOR not in roles:
        yield Blocker(N_("There is no sponsor yet."), "contests.partners")


def _rounds(session: Session, contest: Contest, at: datetime) -> Iterator[Blocker]:
    rounds = queries.rounds(session, contest.id)
    if not any(round_.collects() for round_ in rounds):
        yield Blocker(N_("No round takes entries yet."), "contests.rounds")
    for round_ in rounds:
        for reason in _faults(round_, at):
            yield Blocker(
                reason, "contests.round_edit", {"round": round_.title}, {"round_id": round_.id}
            )
    for before, after in pairwise(rounds):
        if (ends := _end(before)) and (begins := _begin(after)) and begins < ends:
            yield Blocker(
                N_("“%(round)s” begins before the round ahead of it has ended."),
                "contests.round_edit",
                {"round": after.title},
                {"round_id": after.id},
            )


def _faults(round_: Round, at: datetime) -> Iterator[str]:
    if round_.kind is RoundKind.DESK and round_.number == 1 and not round_.collects():
        yield N_("“%(round)s” has no dates for handing in.")
    if round_.closes_at is not None and round_.closes_at <= at:
        yield N_("“%(round)s” closes in the past.")
    if round_.judging_opens_at is None or round_.judging_closes_at is None:
        yield N_("“%(round)s” has no dates for judging.")
    elif round_.closes_at is not None and round_.judging_closes_at <= round_.closes_at:
        yield N_("The judging of “%(round)s” ends before entries are in.")


def _begin(round_: Round) -> datetime | None:
    return round_.opens_at or round_.judging_opens_at


def _end(round_: Round) -> datetime | None:
    return round_.judging_closes_at or round_.closes_at


def _prizes(session: Session, contest: Contest) -> Iterator[Blocker]:
    if not queries.prizes(session, contest.id):
        yield Blocker(N_("There is nothing to win yet."), "contests.prizes")


MISSING = {
    Kind.RULES: N_("The contest rules are missing in: %(languages)s."),
    Kind.IP: N_("The text of the IP terms is missing in: %(languages)s."),
    Kind.NDA: N_("The confidentiality undertaking is missing in: %(languages)s."),
    Kind.CONFLICT: N_("The conflict declaration is missing in: %(languages)s."),
}


def _promises(session: Session, contest: Contest, at: datetime) -> Iterator[Blocker]:
    if contest.ip_terms is None:
        yield Blocker(N_("It is not settled who owns what teams hand in."), "contests.ip_terms")
    texts = {
        text.undertaking.kind: text
        for text in promises.current_texts(session, "contest", contest.id, REQUIRED, at)
    }
    for kind in REQUIRED:
        body = texts[kind].body if kind in texts else Words()
        if missing := body.missing(contest.languages):
            yield Blocker(
                MISSING[kind], "contests.undertaking_edit", _in(missing), {"kind": kind.value}
            )


NOBODY = {
    Role.ORGANISER: N_("Nobody is appointed as organiser, whom people can turn to."),
    Role.SCREENER: N_("Nobody is appointed to screen the entries."),
}


def _people(session: Session, contest: Contest) -> Iterator[Blocker]:
    people = queries.appointments(session, contest.id)
    for role, reason in NOBODY.items():
        if not queries.active(people, role):
            yield Blocker(reason, "contests.people")
