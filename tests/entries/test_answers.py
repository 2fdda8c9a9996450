import pytest

from contest.core.words import Words
from contest.entries import answers
from contest.entries.models import Question, QuestionKind
from contest.files.models import File, Scan


def question(kind: str, *, limit: int = 10, required: bool = True) -> Question:
    return Question(
        kind=QuestionKind(kind),
        title=Words(en="Q"),
        limit=limit,
        required=required,
        choices=["red", "blue"],
    )


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("text", "", "not answered"),
        ("text", " \n ", "not answered"),
        ("text", "x" * 11, "has %(length)s characters"),
        ("line", "x" * 10, ""),
        ("text", "河" * 10, ""),
        ("choice", "green", "not offered"),
        ("choice", "red", ""),
        ("number", "twelve", "needs a number"),
        ("number", "10.5", "up to %(limit)s"),
        ("number", "9,5", ""),
        ("number", "1e3", "needs a number"),
        ("link", "https://video.example.org/1", ""),
        ("link", "http://video.example.org/1", "https://"),
        ("link", "javascript:alert(1)", "https://"),
        ("link", "https://you@example.org/", "https://"),
        ("link", "https://[::1", "https://"),
        ("deck", "", "has no file"),
    ],
)
def test_what_may_be_handed_in(kind: str, value: str, sentence: str) -> None:
    decision = answers.can_submit(question(kind), value, None)
    assert (sentence in decision.reason) if sentence else decision


def test_an_optional_answer_may_stay_empty() -> None:
    for kind in QuestionKind:
        assert answers.can_submit(question(kind, required=False), "", None)


@pytest.mark.parametrize(
    ("scan", "pages", "sentence"),
    [
        (Scan.CLEAN, 10, ""),
        (Scan.CLEAN, 11, "has %(pages)s pages"),
        (Scan.PENDING, 3, "still being checked"),
        (Scan.REFUSED, 3, "was refused"),
    ],
)
def test_a_deck_must_be_checked_and_short_enough(scan: Scan, pages: int, sentence: str) -> None:
    decision = answers.can_submit(question("deck"), "", File(scan=scan, pages=pages))
    assert (sentence in decision.reason) if sentence else decision


def test_a_draft_keeps_unfinished_answers_but_not_everything() -> None:
    assert answers.can_keep(question("text"), "x" * 40_000)
    assert not answers.can_keep(question("text"), "x" * 40_001)
    assert answers.can_keep(question("link"), "htt")
    assert not answers.can_keep(question("choice"), "green")
    assert answers.plain(QuestionKind.TEXT, "a\r\nb\x00") == "a\nb"
    assert answers.plain(QuestionKind.LINE, " a\n b ") == "a b"
