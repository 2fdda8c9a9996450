"""Asks a policy about everybody in every state, and says in short what it answered."""

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Any

from contest.permissions.stage import DIMENSIONS, PARTS, Dimension, Part, Scene

Answers = Mapping[tuple[str, ...], bool]  # a value of each dimension -> allowed
ALWAYS, NEVER = "✓", "–"


@cache
def answers(policy: FunctionType) -> dict[str, str]:
    """Return for each part (by name) when the policy allows: always, never, or a condition.

    Raises LookupError when the policy asks for something that is not on the stage.
    """
    known = set(Scene(PARTS[0]).things).union(*(dimension.about for dimension in DIMENSIONS))
    if strange := inspect.signature(policy).parameters.keys() - known:
        raise LookupError(
            f"{policy.__name__} asks for {strange}: let contest.permissions.stage show it"
        )
    return {part.name: _when(policy, part) for part in PARTS}


def _when(policy: FunctionType, part: Part) -> str:
    asked = inspect.signature(policy).parameters
    scene = Scene(part)
    if part.is_visitor and "user" in asked and "None" not in str(asked["user"].annotation):
        return NEVER  # only asked for somebody who is signed in
    dimensions = [d for d in DIMENSIONS if not d.about.isdisjoint(asked)]
    found: dict[tuple[str, ...], bool] = {}
    for values in _settings(scene, dimensions):
        found[values] = bool(policy(**{n: scene.things[n] for n in asked if n in scene.things}))
    return said(found, [dimension.name for dimension in dimensions])


def _settings(scene: Scene, dimensions: Sequence[Dimension]) -> Any:
    if not dimensions:
        yield ()
        return
    for word in dimensions[0].settings(scene):
        for rest in _settings(scene, dimensions[1:]):
            yield word, *rest


def said(found: Answers, names: Sequence[str]) -> str:
    """Return the condition under which `found` is true: what does not matter is not named."""
    for position in range(len(names)):
        if len(groups := _split(found, position)) == 1:
            return said(groups[0][0], [*names[:position], *names[position + 1 :]])
    if not names:
        return ALWAYS if found[()] else NEVER
    return min((_cases(found, names, position) for position in range(len(names))), key=len)


def _cases(found: Answers, names: Sequence[str], position: int) -> str:
    """Say it by one dimension first; the shortest way to say it wins."""
    every = list(dict.fromkeys(values[position] for values in found))
    cases = []
    for rest, words in _split(found, position):
        condition = said(rest, [*names[:position], *names[position + 1 :]])
        if condition != NEVER:
            more = f"; {condition}" if condition != ALWAYS else ""
            cases.append(f"{names[position]}: {_listed(words, every)}{more}")
    return cases[0] if len(cases) == 1 else f"({' *or* '.join(cases)})"


def _split(found: Answers, position: int) -> list[tuple[dict[tuple[str, ...], bool], list[str]]]:
    """Return the answers without one dimension, and for which of its values each of them holds."""
    parts: dict[str, dict[tuple[str, ...], bool]] = {}
    for values, allowed in found.items():
        rest = (*values[:position], *values[position + 1 :])
        parts.setdefault(values[position], {})[rest] = allowed
    groups: list[tuple[dict[tuple[str, ...], bool], list[str]]] = []
    for word, rest_answers in parts.items():
        for known, words in groups:
            if known == rest_answers:
                words.append(word)
                break
        else:
            groups.append((rest_answers, [word]))
    return groups


def _listed(words: Sequence[str], every: Sequence[str]) -> str:
    others = [word for word in every if word not in words]
    if len(others) < len(words) and len(every) > 2:
        return "not " + ", ".join(others)
    return ", ".join(words)
