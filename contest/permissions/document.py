"""Writes `docs/permissions.md`.

For each declared action: the policies that its views ask, what these answer to everybody in every
state, and every sentence with which they can refuse. A view is followed into the helpers of its own
feature's edge, a policy into other policies.
"""

import ast
import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import click
from flask import Flask, current_app
from werkzeug.routing import Rule

from contest.permissions import play
from contest.permissions.stage import PARTS, Part
from contest.web import access

INTRODUCTION = """\
# Who may do what

Written by `make docs` from the program; do not edit. Every policy was asked about everybody, in every
state of the things it looks at:

* ✓ yes, in every state · – no · a number: yes where the note of that number holds.
* An action that asks several policies asks each where it applies; they stand in one row, one below the other.
* *Member* and *lead* are of the team that is asked about, the *judge* holds the assignment, the *owner*
  carries the case on; signatures and positions are one's own.

Below stand the addresses, and the sentences with which an action is refused; what is secret answers
"no such page" instead.
"""
EDGE = re.compile(r"contest\.\w+\.(views|pages|signedin|sending)\b")
GATES = {"authorize", "reveal"}
DEVELOPERS = "/-"  # pages that only a development instance has
ANYBODY, SIGNED_IN = "*anybody*", "*signed in*"


@dataclass
class Permission:
    """One action: where it is done, who decides, and what they say when the answer is no."""

    addresses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    policies: dict[str, FunctionType | None] = field(default_factory=dict)
    sentences: dict[str, None] = field(default_factory=dict)  # an ordered set
    needs_account: bool = True


@click.command()
def permissions() -> None:
    """Print who may do what, as Markdown."""
    click.echo(describe(current_app), nl=False)


def describe(app: Flask) -> str:
    """Return the whole document."""
    features: dict[str, dict[str, Permission]] = defaultdict(lambda: defaultdict(Permission))
    access.declared(app)  # every address has its action
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or rule.rule.startswith(DEVELOPERS):
            continue
        view = app.view_functions[rule.endpoint]
        feature, _, verb = str(vars(view)["action"]).partition(".")
        _note(features[feature][verb], view, rule)
    return INTRODUCTION + "".join(_section(name, features[name]) for name in sorted(features))


def _section(feature: str, actions: dict[str, Permission]) -> str:
    alike: dict[tuple[bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for verb in sorted(actions):
        alike[actions[verb].needs_account, tuple(actions[verb].policies)].append(verb)
    conditions: dict[str, int] = {}
    who = "".join(_who(verbs, actions[verbs[0]], conditions) for verbs in alike.values())
    where = "".join(_where(verb, actions[verb]) for verb in sorted(actions))
    notes = "".join(f"{number}. {condition}\n" for condition, number in conditions.items())
    columns = " | ".join(part.name for part in PARTS)
    return (
        f"\n## {feature}\n\n| to | asks | {columns} |\n|---|---|{':-:|' * len(PARTS)}\n{who}"
        + (f"\n{notes}" if notes else "")
        + f"\n| to | at | which may refuse |\n|---|---|---|\n{where}"
    )


def _note(permission: Permission, view: Callable[..., Any], rule: Rule) -> None:
    permission.addresses[rule.rule] += sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    permission.needs_account = not getattr(view, "is_public", False)
    policies = _policies(inspect.unwrap(view))
    if not policies:
        permission.policies[SIGNED_IN if permission.needs_account else ANYBODY] = None
    for policy in policies:
        permission.policies[_name(policy)] = policy
        permission.sentences.update(dict.fromkeys(_sentences(policy)))


def _who(verbs: list[str], permission: Permission, conditions: dict[str, int]) -> str:
    """Return the row of actions that ask the same; a new condition gets the next number."""

    def mark(policy: FunctionType | None, part: Part) -> str:
        answer = play.ALWAYS if policy is None else play.answers(policy)[part.name]
        if answer == play.NEVER or (part.is_visitor and permission.needs_account):
            return "–"
        if answer == play.ALWAYS:
            return answer
        return str(conditions.setdefault(answer, len(conditions) + 1))

    cells = [
        ", ".join(verb.replace("_", " ") for verb in verbs),
        "<br>".join(permission.policies),
        *("<br>".join(mark(p, part) for p in permission.policies.values()) for part in PARTS),
    ]
    return f"| {' | '.join(cells)} |\n"


def _where(verb: str, permission: Permission) -> str:
    cells = (
        verb.replace("_", " "),
        "<br>".join(
            f"{', '.join(how)} `{rule}`" for rule, how in sorted(permission.addresses.items())
        ),
        "<br>".join(permission.sentences),
    )
    return f"| {' | '.join(cells)} |\n"


def _name(policy: Callable[..., Any]) -> str:
    return f"{policy.__module__.removeprefix('contest.').removesuffix('.policy')}.{policy.__name__}"


@cache
def _policies(function: Callable[..., Any], depth: int = 4) -> tuple[FunctionType, ...]:
    """Return the policies that a view or its helpers go by; not those that only hide a button."""
    return tuple(dict.fromkeys(_asked(function, depth)))


def _asked(function: Callable[..., Any], depth: int) -> Iterator[FunctionType]:
    tree = _tree(function)
    gates = [
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GATES
        for argument in node.args
    ]
    for gate in gates:
        for called in _calls(function, _value(gate, tree)):
            yield from [called] if _decides(called) else _policies(called, depth)
            yield from (c for c in _calls(called) if not _decides(called) and _decides(c))
    for called in _calls(function, tree):
        if depth and EDGE.match(called.__module__) and called is not function:
            yield from _policies(called, depth - 1)


def _decides(function: FunctionType) -> bool:
    return function.__module__.endswith(".policy")


def _value(node: ast.expr, tree: ast.AST) -> ast.AST:
    """Return what a local name was set to, or the expression itself."""
    if isinstance(node, ast.Name):
        for other in ast.walk(tree):
            if isinstance(other, ast.Assign) and ast.dump(other.targets[0]) == ast.dump(
                ast.Name(node.id, ast.Store())
            ):
                return other.value
    return node


@cache
def _sentences(policy: FunctionType) -> tuple[str, ...]:
    """Return what the policy, and the rules it stands on, can say when the answer is no."""
    found: dict[str, None] = {}
    for node in ast.walk(_tree(policy)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "deny"
        ):
            found.update(dict.fromkeys(_said(node.args[0], policy)))
    for called in _calls(policy):
        if called is not policy and re.match(r"(may|can|_)", called.__name__):
            found.update(dict.fromkeys(_sentences(called)))
    return tuple(found)


def _said(node: ast.expr, policy: FunctionType) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            value = policy.__globals__.get(part.id)
            if isinstance(value, str):
                yield value


def _calls(function: Callable[..., Any], part: ast.AST | None = None) -> Iterator[FunctionType]:
    """Yield our functions that `function`, or a part of it, names by itself or by module."""
    for node in ast.walk(part or _tree(function)):
        named = _resolve(node, inspect.unwrap(function).__globals__)
        if isinstance(named, FunctionType) and named.__module__.startswith("contest."):
            yield inspect.unwrap(named)


def _resolve(node: ast.AST, names: dict[str, Any]) -> object:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = names.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


@cache
def _tree(function: Callable[..., Any]) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))
