"""What a page lets several people change is merged: no form about a row forgets what was seen."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contest.web.forms import Form
from contest.web.merging import MergingForm

IDLE = {"prefix", "formdata", "resume"}  # what a form is handed besides what it is about
SAVES = {"save", "save_unversioned", "answer", "_edit"}  # of web.merging, and what shares it
BEGINS = re.compile(r"create|add|invit|index")  # views that make a row from an empty form
NOT_MERGED = {
    "merges word by word itself, while it is typed": {"draft_form", "score_form"},
    "is one person's own, who sees what they typed last": {"ProfileForm.of", "declare_form"},
    "begins something new, or notes one act more: nothing that stands is written over": {
        "ArrivalForm", "AnswerForm", "ResetForm", "WelcomeForm", "DrawForm", "ExtensionForm", "InfoForm",
        "PlanForm", "ConflictForm", "AssignForm", "CalibrationForm", "MeasureForm", "invite_form",
        "EraseForm",
        "FoundForm",
    },
    "moves a date with its reason, each time one act more in the record": {
        "MoveForm", "extend_form",
    },
}  # fmt: skip
EXCEPT = frozenset[str]().union(*NOT_MERGED.values())


def _views() -> Iterator[tuple[Any, ast.FunctionDef]]:
    for path in Path("contest").rglob("*.py"):
        if "views" in path.parts or path.stem == "views":
            module = importlib.import_module(".".join(path.with_suffix("").parts))
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef):
                    yield module, node


def _meant(module: Any, node: ast.expr) -> Any:
    """Return what a name in the source stands for in its module, None for what only a run knows."""
    match node:
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=value, attr=name):
            holder = _meant(module, value)
            is_known = inspect.ismodule(holder) or inspect.isclass(holder)
            return getattr(holder, name, None) if is_known else None
    return None


def _form(meant: Any) -> type[Form] | None:
    """Return the kind of form that a call makes, None where it makes none."""
    if inspect.isclass(meant):
        return meant if issubclass(meant, Form) else None
    if inspect.isfunction(meant) or inspect.ismethod(meant):
        made = inspect.get_annotations(meant).get("return")
        if isinstance(made, str):
            made = inspect.unwrap(meant).__globals__.get(made)
        return made if inspect.isclass(made) and issubclass(made, Form) else None
    return None


def _filled() -> Iterator[tuple[str, ast.FunctionDef, str, type[Form]]]:
    """Yield where a view makes a form of something that is there: place, view, its name, the form."""
    for module, view in _views():
        for call in ast.walk(view):
            if not isinstance(call, ast.Call):
                continue
            target: ast.expr = call.func
            given: list[ast.AST] = [*call.args]
            if ast.unparse(target) == "partial":
                target, given = call.args[0], [*call.args[1:]]
            about = [*given, *(k for k in call.keywords if k.arg not in IDLE)]
            form = _form(_meant(module, target))
            name = ast.unparse(target).removeprefix("forms.")
            if about and form is not None and not name.startswith("_"):
                yield f"{module.__name__}.{view.name}", view, name, form


def test_a_form_about_what_is_there_knows_what_its_reader_saw() -> None:
    filled = list(_filled())
    assert {name for _, _, name, form in filled if issubclass(form, MergingForm)} >= {
        "criterion_form", "AskedForm", "TeamForm", "OwnersForm", "OrganisationForm", "NoteForm",
    }  # fmt: skip
    plain = {name for _, _, name, form in filled if not issubclass(form, MergingForm)}
    assert plain - EXCEPT == set()


def test_what_its_reader_saw_is_compared_before_it_is_saved() -> None:
    edits = {
        place: _is_saved(view)
        for place, view, _, form in _filled()
        if issubclass(form, MergingForm) and not BEGINS.search(view.name) and not _makes(view)
    }
    assert len(edits) > 15
    assert [place for place, is_saved in edits.items() if not is_saved] == []


def _makes(view: ast.FunctionDef) -> bool:
    return view.returns is not None and ast.unparse(view.returns).endswith("Form")


def _is_saved(view: ast.FunctionDef) -> bool:
    called = {
        ast.unparse(n.func).rpartition(".")[2] for n in ast.walk(view) if isinstance(n, ast.Call)
    }
    return bool(called & SAVES)


def test_no_exception_has_outlived_its_form() -> None:
    assert {name for _, _, name, _ in _filled()} >= EXCEPT
