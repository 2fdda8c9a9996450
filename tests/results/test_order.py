from contest.results.order import Ranked, Seats, advancing, awarding


def _ranked(*ranks: int) -> list[Ranked[str]]:
    return [Ranked(letter, rank) for letter, rank in zip("abcdef", ranks, strict=False)]


def test_the_best_advance() -> None:
    made = advancing(_ranked(2, 1, 3), 2)
    assert (list(made.favoured), made.tied) == (["b", "a"], frozenset())


def test_a_tie_at_the_cut_is_named_and_a_tie_above_it_is_not() -> None:
    assert advancing(_ranked(1, 2, 2, 4), 2).tied == {"b", "c"}
    assert advancing(_ranked(1, 1, 3, 4), 2).tied == frozenset()
    assert advancing(_ranked(1, 2, 2), 5).tied == frozenset()


def test_nobody_without_a_review_is_proposed() -> None:
    assert list(advancing(_ranked(0, 1, 0), 2).favoured) == ["b"]


def test_prizes_go_down_the_order_each_to_its_track() -> None:
    ranked = [Ranked("a", 1, "x"), Ranked("b", 2, "y"), Ranked("c", 3, "x"), Ranked("d", 4, "y")]

    made = awarding(ranked, [Seats("gold", 1), Seats("best of y", 1, "y"), Seats("bronze", 1)])

    assert made.favoured == {"a": "gold", "b": "best of y", "c": "bronze"}
    assert made.tied == frozenset()


def test_a_tie_between_two_prizes_is_a_tie_at_a_cut() -> None:
    assert awarding(_ranked(1, 1, 3), [Seats("gold", 1), Seats("silver", 1)]).tied == {"a", "b"}
