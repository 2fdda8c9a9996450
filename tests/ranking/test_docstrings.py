"""What the arithmetic of judging offers says what it takes, gives, refuses, stands on and costs."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

ENTRIES = {
    "contest.judging.assignment": None,  # all that the package names in __all__
    "contest.judging.scoring": ("total",),
    "contest.ranking.agreement": ("agreement", "alpha", "icc", "icc_of"),
    "contest.ranking.model": None,
    "contest.ranking.model.ladder": ("settle",),
    "contest.ranking.model.power": ("power",),
    "contest.ranking.model.sensitivity": ("capped", "without_each_judge"),
    "contest.ranking.model.wanted": ("more_reviews",),
    "contest.ranking.pairwise": ("fit", "lessons", "next_entry", "standings"),
}
REFUSES_NOTHING = {"capped"}  # whatever could be estimated can be estimated so
PLAIN = {"places", "published"}  # ranks and rounding: nobody is to be cited
LINEAR = {"published"}  # and no more to say of the cost


def offered() -> list[tuple[str, Callable[..., Any]]]:
    modules = [(importlib.import_module(name), names) for name, names in ENTRIES.items()]
    return [
        (each, getattr(module, each))
        for module, names in modules
        for each in names or module.__all__
        if inspect.isfunction(getattr(module, each))
    ]


def sections(function: Callable[..., Any]) -> dict[str, str]:
    """The lines of its docstring by the word that each begins with, read from its source."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    parts = re.split(r"^(Takes|Returns|Raises|Source|Cost) {2,}", ast.get_docstring(tree) or "",
                     flags=re.MULTILINE)  # fmt: skip
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("name", "function"), offered(), ids=[name for name, _ in offered()])
def test_an_entry_point_says_all_that_its_caller_must_know(
    name: str, function: Callable[..., Any]
) -> None:
    told = sections(function)
    needed = {"Takes", "Returns", "Raises", "Source", "Cost"}
    needed -= {"Raises"} if name in REFUSES_NOTHING else set()
    needed -= {"Source"} if name in PLAIN else set()
    needed -= {"Cost"} if name in LINEAR else set()
    assert needed - told.keys() == set()
    referred = re.search(r"what `\w+` takes", told["Takes"])
    missing = {p for p in inspect.signature(function).parameters
               if not re.search(rf"\b{p}\b", told["Takes"])}  # fmt: skip
    assert referred or missing == set()


def test_every_function_of_a_module_of_entry_points_is_one_of_them() -> None:
    """A new public function is documented too, or its name says that it is not for others."""
    for name in ("contest.ranking.agreement", "contest.ranking.pairwise"):
        module = importlib.import_module(name)
        tree = ast.parse(inspect.getsource(module))
        public = {f.name for f in tree.body
                  if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")}  # fmt: skip
        assert public == set(ENTRIES[name] or ())
