import enum
import re
import sys
from typing import Any

from sqlalchemy import Enum

import contest.schema  # noqa: F401 -- loads every model
from contest.contests.models import TieBreak
from contest.core.orm import Base
from contest.core.states import Life
from contest.web.states import SHOWN


def _enums() -> set[type[enum.Enum]]:
    return {
        column.type.enum_class
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum) and column.type.enum_class is not None
    } | {TieBreak}  # which is stored as a list


def test_every_state_and_kind_has_a_word_and_a_tone() -> None:
    values = {member.value for kind in _enums() for member in kind}
    assert values - SHOWN.keys() == set()
    assert SHOWN.keys() - values == set()
    assert {tone for _, tone in SHOWN.values()} <= {
        "neutral", "info", "good", "warn", "bad", "accent",
    }  # fmt: skip


def _lives() -> list[Life[Any]]:
    modules = [m for name, m in sys.modules.items() if re.match(r"contest\..*models", name)]
    return list(
        {id(t): t for m in modules for t in vars(m).values() if isinstance(t, Life)}.values()
    )


def test_a_life_begins_in_one_state_at_most() -> None:
    assert len(_lives()) >= 7
    for life in _lives():
        entered = {target for _, target in life.moves.values()}
        left = {state for sources, _ in life.moves.values() for state in sources}
        assert len(left - entered) <= 1, left - entered
