from datetime import timedelta

from sqlalchemy.orm import Session

from contest.contests import queries
from contest.contests.models import Contest, Phase
from contest.contests.queries import readiness
from contest.core.decisions import Blocker
from contest.core.words import Words
from tests import make
from tests.contests import ready


def reasons(session: Session, contest: Contest) -> list[str]:
    return [b.reason for b in readiness.blockers(session, contest, make.NOON)]


def test_an_empty_draft_lacks_everything(session: Session) -> None:
    contest = make.contest(session, phase=Phase.DRAFT, languages=["en", "zh"])
    contest.ip_terms = None

    blockers = readiness.blockers(session, contest, make.NOON)

    assert [(b.place, b.facts.get("languages", [])) for b in blockers] == [
        ("contests.edit", ["中文"]),
        ("contests.edit", ["中文"]),
        ("contests.partners", []),
        ("contests.rounds", []),
        ("contests.prizes", []),
        ("contests.ip_terms", []),
        ("contests.undertaking_edit", ["English", "中文"]),
        ("contests.undertaking_edit", ["English", "中文"]),
        ("contests.undertaking_edit", ["English", "中文"]),
        ("contests.undertaking_edit", ["English", "中文"]),
        ("contests.people", []),
        ("contests.people", []),
    ]


def test_a_whole_contest_lacks_nothing(session: Session) -> None:
    assert reasons(session, ready.to_announce(session)) == []


def test_a_new_language_asks_for_every_text_again(session: Session) -> None:
    contest = ready.to_announce(session)
    contest.languages = ["en", "de"]

    found = readiness.blockers(session, contest, make.NOON)

    assert len(found) == 6
    assert [b.facts["languages"] for b in found] == [["Deutsch"]] * len(found)


def test_dates_are_in_order_and_ahead(session: Session) -> None:
    contest = ready.to_announce(session)
    (round_,) = queries.rounds(session, contest.id)
    make.round_(session, contest, number=2, closes_at=make.NOON - make.DAY)
    round_.judging_closes_at = round_.closes_at
    round_.judging_opens_at = make.NOON

    assert reasons(session, contest) == [
        "The judging of “%(round)s” ends before entries are in.",
        "“%(round)s” closes in the past.",
        "“%(round)s” begins before the round ahead of it has ended.",
    ]


def test_a_first_round_without_a_window_takes_nothing(session: Session) -> None:
    contest = ready.to_announce(session)
    (round_,) = queries.rounds(session, contest.id)
    round_.opens_at = round_.closes_at = None
    round_.judging_opens_at = round_.judging_closes_at = None

    assert reasons(session, contest) == [
        "No round takes entries yet.",
        "“%(round)s” has no dates for handing in.",
        "“%(round)s” has no dates for judging.",
    ]


def test_a_text_that_is_not_in_force_yet_does_not_count(session: Session) -> None:
    contest = ready.to_announce(session)

    found = readiness.blockers(session, contest, make.NOON - timedelta(days=31))

    assert [b.place for b in found] == ["contests.undertaking_edit"] * 4


def test_features_above_add_their_checks(session: Session) -> None:
    contest = ready.to_announce(session)
    blocker = Blocker("No rubric.", "judging.rubric", {"title": Words(en="Ideas")})
    readiness.register([lambda _session, _contest: [blocker]])

    assert readiness.blockers(session, contest, make.NOON) == [blocker]
