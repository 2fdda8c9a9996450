"""Every thing that cannot be known is said in a sentence; one panel for each."""

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.ranking.account import Names
from contest.ranking.agreement import Unknown
from contest.ranking.model import Code, Options, rank
from contest.ranking.models import Ranking
from contest.ranking.queries import Severity, VerdictsOf
from contest.ranking.sentences import (
    NOTES,
    UNKNOWN,
    agreement,
    depends,
    hangs,
    method,
    remarks,
)
from tests import make
from tests.ranking.panels import Scores, contest

QUICK = Options(draws=50)
PEOPLE = ("Ada", "Bea", "Cem", "Dan", "Eva", "Fay", "Gil")


def crossed(n: int, m: int, *, spread: float = 10) -> Scores:
    """Every judge scores every entry."""
    entry, judge = np.divmod(np.arange(n * m), m)
    r = np.random.default_rng(1)
    score = 50 + spread * (r.normal(size=n)[entry] + 0.5 * r.normal(size=m)[judge])
    return entry, judge, score + 0.2 * spread * r.normal(size=n * m)


def one_review_each() -> Scores:
    return np.arange(6), np.arange(6) // 2, np.arange(6.0)


def constant_judge() -> Scores:
    entry, judge, score = contest(7)[0]
    return entry, judge, np.where(judge == 2, 3.0, score)


def one_score() -> Scores:
    entry, judge, score = contest(7)[0]
    return np.append(entry, 3), np.append(judge, 6), np.append(score, 9.0)


def late_judge() -> Scores:
    entry, judge, score = crossed(12, 4)
    return np.append(entry, [0, 1]), np.append(judge, [4, 4]), np.append(score, [40.0, 60.0])


def noise_only() -> Scores:
    entry, judge, _ = crossed(10, 6)
    table = np.random.default_rng(0).normal(size=(10, 6))
    return entry, judge, (table - 0.9 * table.mean(axis=1, keepdims=True)).ravel()


def two_tracks() -> Scores:
    entry, judge, score = crossed(12, 6)
    inside = (entry < 6) == (judge < 3)
    return entry[inside], judge[inside], score[inside]


def small_tracks() -> Scores:
    entry, judge, score = crossed(12, 6)
    inside = (entry < 10) == (judge < 5)
    return entry[inside], judge[inside], score[inside]


def nobody() -> Scores:
    return np.array([], dtype=int), np.array([], dtype=int), np.array([])


def all_equal() -> Scores:
    entry, judge, score = crossed(8, 4)
    return entry, judge, np.full(len(score), 5.0)


CASES = [
    (nobody(), "Nobody has handed in scores yet."),
    (crossed(6, 1), "Only one judge scored; at least 3 are needed to tell strictness from merit."),
    (crossed(10, 2), "Only 2 judges scored; at least 3 are needed"),
    (crossed(4, 5), "Only 4 entries were scored; at least 5 are needed to adjust for strictness."),
    (one_review_each(), "Judges share too few entries (0 spare comparisons, 1 needed)"),
    (one_review_each(), "With a single review, and so drawn strongly to the middle: Entry 0"),
    (two_tracks(), "The panel falls into 2 groups without a common judge."),
    (small_tracks(), "Judges in the smallest of these groups: 1; at least 3 are needed"),
    (small_tracks(), "Entries in the smallest of these groups: 2; at least 5 are needed"),
    (crossed(1, 5), "Only one entry was scored. The plain mean leads."),
    (all_equal(), "Every score is the same: nobody can be preferred. The plain mean leads."),
    (noise_only(), "The scores do not tell the entries apart. The plain mean leads."),
    (constant_judge(), "Gave all their entries the same: Cem."),
    (one_score(), "Gave one score only, so their strictness is unknown: Gil."),
    (late_judge(), "late or for a while only, so their strictness is known less well: Eva."),
    (one_score(), "Without any review, and so without a place: Entry 15."),
]


@pytest.mark.parametrize(("scores", "says"), CASES, ids=[says[:40] for _, says in CASES])
def test_what_cannot_be_known_is_said(
    app: Flask, session: Session, scores: Scores, says: str
) -> None:
    place = make.contest(session)
    judges = [make.appointment(session, place, make.user(session, name=p)).id for p in PEOPLE]
    entries = [
        make.entry(session, make.user(session), contest=place, title=f"Entry {i}").id
        for i in range(16)
    ]
    n = 16 if says.startswith("Without") else int(scores[0].max(initial=0)) + 1
    names = Names(entries, judges)

    notes = rank(*scores, n, len(PEOPLE), QUICK).notes
    stored = [{"code": note.code.value, "facts": names.facts(note.facts)} for note in notes]

    with app.test_request_context("/?lang=en"):
        said = remarks(session, Ranking(notes=stored))
    assert any(says in sentence for sentence in said), said


def test_there_is_a_sentence_for_every_code() -> None:
    assert {code.value for code in Code} <= NOTES.keys()
    assert {reason.value for reason in Unknown} <= UNKNOWN.keys()


def test_a_panel_whose_reliability_cannot_be_known_is_not_called_unanimous(app: Flask) -> None:
    figures = {"alpha": {"value": -0.3, "reason": None}, "icc": {"value": -0.3, "reason": None},
               "icc_k": {"value": None, "reason": Unknown.TOO_ALIKE.value}}  # fmt: skip
    with app.test_request_context("/?lang=en"):
        said = agreement(Ranking(components={"agreement": figures, "variance": None}))
    assert len(said) == 2
    assert said[1].startswith("The entries' means differ less than chance would make them")


def test_who_leaves_the_first_because_nobody_else_judged_them_is_told(app: Flask) -> None:
    ada = Severity("Ada", 3, 0.0, 1.0, None, (), None, 1.0, ("Dune",), ("Cedar",), ("Dune",))
    ranking = Ranking(components={"depends": [], "capped": None}, standings=[])
    with app.test_request_context("/?lang=en"):
        assert depends(ranking, [ada]) == [
            "Without Ada: Cedar instead of Dune. Nobody else has judged Dune."
        ]


def test_what_hangs_on_a_verdict_is_told_by_what_it_would_be(app: Flask) -> None:
    bea = VerdictsOf("Bea", 2, 1.0, 0.5, (), {"wait": ("Dune", "Ember"), "pass": ("Cedar",)})
    with app.test_request_context("/?lang=en"):
        assert hangs(bea) == "would pass: Cedar; would wait for the panel: Dune and Ember"


@pytest.mark.parametrize(
    ("pool", "says"),
    [
        ({"gamma": 0.9, "t": 4.126, "used": True}, "takes it into account (t of γ = 4.13)."),
        ({"gamma": 0.2, "t": 1.4, "used": False}, "nothing is taken into account for it (t of γ = 1.40;"),
        ({"gamma": -5.0, "t": None, "used": False}, "(t of γ ≤ 0; it takes more than 2,"),
    ],
)  # fmt: skip
def test_whether_judges_had_stronger_entries_is_told_with_its_figure(
    app: Flask, pool: dict[str, object], says: str
) -> None:
    with app.test_request_context("/?lang=en"):
        (said,) = method(Ranking(components={"pool": pool}))
    assert says in said


def test_where_one_of_raw_and_adjusted_has_no_order_nothing_is_said_of_both(app: Flask) -> None:
    order = {"pairs": 3, "opposite": 0, "tau": None}
    with app.test_request_context("/?lang=en"):
        assert method(Ranking(components={"raw_adjusted": order, "pool": None})) == []
