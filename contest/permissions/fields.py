"""Writes `docs/security/fields.md`: what each field of each form takes, read from the forms themselves."""

import sys
from collections.abc import Iterator
from typing import Any

import click
from wtforms import Field
from wtforms.fields.core import UnboundField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Regexp

from contest.web.forms import Form, SomeWords, WordsField

INTRODUCTION = """\
# What each field takes

Written by `make docs` from the program; do not edit. The server checks all of it, whatever the page says.

* *needed*: an empty field is refused. *most*, *least*: characters of a text, else the number itself.
  A choice takes what the page offers and nothing else; an instant is wall-clock time of the contest's
  zone, and none that its clocks skip or show twice.
* Texts in several languages have their limit in each. No field takes a character that no database stores.
* Hidden fields that carry what somebody had seen or typed before are left out: they are compared or
  sent again, never stored.
* The questions of an entry and the criteria of a rubric are made by organisers; their answers are
  checked by `contest/entries/answers.py` and `contest/judging/scoring.py`.
* Rules between fields stand in the [inventory](inventory.md).
"""


@click.command()
def fields() -> None:
    """Print what each field of each form takes, as Markdown."""
    click.echo(describe(), nl=False)


def describe() -> str:
    """Return the document. Every form is known, because the application has imported its feature."""
    forms = {one for one in _under(Form) if _is_written(one)}
    lines = [INTRODUCTION, "| form | field | kind | rules |", "|---|---|---|---|"]
    for form in sorted(forms, key=lambda f: (f.__module__, f.__name__)):
        feature = form.__module__.split(".")[1]
        for name, field in sorted(_fields(form), key=lambda pair: pair[1].creation_counter):
            kind = field.field_class.__name__.removesuffix("Field")
            rules = ", ".join(_rules(field))
            if rules or kind != "Hidden":
                lines.append(f"| {feature}: {form.__name__} | {name} | {kind} | {rules or '–'} |")
    return "\n".join(lines) + "\n"


def _under(kind: type[Form]) -> Iterator[type[Form]]:
    for each in kind.__subclasses__():
        yield each
        yield from _under(each)


def _is_written(form: type[Form]) -> bool:
    """Tell a form of a module from one that a request has made, for a rubric say, and not yet dropped."""
    module = form.__module__
    return module.startswith("contest.") and vars(sys.modules[module]).get(form.__name__) is form


def _fields(form: type[Form]) -> Iterator[tuple[str, Any]]:
    for name in dir(form):
        field = getattr(form, name, None)
        if isinstance(field, UnboundField):
            yield name, field


def _rules(field: Any) -> Iterator[str]:
    """Yield what the validators of a field ask for; one of our own is named as it is called."""
    kind: type[Field] = field.field_class
    given = [arg for arg in field.args[1:2] if isinstance(arg, list | tuple)]
    validators = given[0] if given else field.kwargs.get("validators", ())
    for one in validators:
        match one:
            case DataRequired() | InputRequired() | SomeWords():
                yield "needed"
            case Length(min=least, max=most) | NumberRange(min=least, max=most):
                yield from (f"least {least}" for _ in (1,) if least not in {None, -1})
                yield from (f"most {most}" for _ in (1,) if most not in {None, -1})
            case AnyOf(values=values):
                yield "one of " + " ".join(map(str, values))
            case Regexp(regex=regex):
                yield f"like `{regex.pattern}`"
            case _:
                name = getattr(one, "__name__", type(one).__name__)
                yield from (name.strip("_").replace("_", " ") for _ in (1,) if name != "Optional")
    if issubclass(kind, WordsField):
        yield f"most {field.kwargs.get('max_length', 200)}"
