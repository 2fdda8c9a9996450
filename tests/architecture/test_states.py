import ast
import enum
import re
import sys
from pathlib import Path
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


STATE = {"state", "phase"}


def _assigned(node: ast.AST) -> bool:
    """Say whether a statement assigns somebody's state, alone or among others."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(
        isinstance(each, ast.Attribute) and each.attr in STATE and isinstance(each.ctx, ast.Store)
        for target in targets
        for each in ast.walk(target)
    )


def _goes_through_a_life(node: ast.AST) -> bool:
    return any(
        isinstance(call, ast.Call) and re.search(r"LIFE\.next$", ast.unparse(call.func))
        for call in ast.walk(node)
    )


def test_a_state_is_assigned_by_its_life_alone() -> None:
    """In the scenes of the permissions nothing happens: each is put up as it is asked about."""
    found = {
        f"{path}: {ast.unparse(node)}": _goes_through_a_life(node)
        for path in Path("contest").rglob("*.py")
        if path != Path("contest/permissions/stage.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if _assigned(node)
    }
    assert len(found) >= 12
    assert [place for place, through in found.items() if not through] == []


def test_a_life_begins_in_one_state_at_most() -> None:
    assert len(_lives()) >= 12
    for life in _lives():
        entered = {target for _, target in life.moves.values()}
        left = {state for sources, _ in life.moves.values() for state in sources}
        assert len(left - entered) <= 1, left - entered
