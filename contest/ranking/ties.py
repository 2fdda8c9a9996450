"""Puts entries with equal results into the order that the rules declare. Pure."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contest.contests.models import Round, TieBreak
from contest.pitchday import drawing
from contest.ranking.queries import Rungs

Standing = dict[str, Any]


def settled(computed: Mapping[str, Any], round_: Round, rungs: Rungs) -> dict[str, Any]:
    """Return the ranking with the position of every entry and what decided it, in its details.

    The declared steps and the seed of the lot go into the parameters, what the steps looked at into
    the fingerprint. Entries of different groups are never put before one another.
    """
    steps, seed = round_.tie_breaks(), round_.lot_seed or round_.id.hex
    standings = [{**s, "details": dict(s["details"])} for s in computed["standings"]]
    groups = defaultdict(list)
    for standing in standings:
        groups[standing["details"]["component"]].append(standing)
    looked = []
    for group in groups.values():
        columns = _columns(group, steps, rungs, seed)
        looked.append([*((s["entry_id"], s["rank"]) for s in group), *columns])
        _settle(group, columns)
    parameters = {**computed["parameters"], "ladder": [*map(str, steps)], "lot_seed": seed}
    seen = hashlib.sha256(f"{computed['input_sha256']} {looked!r}".encode()).hexdigest()
    return {**computed, "parameters": parameters, "standings": standings, "input_sha256": seen}


def _settle(group: Sequence[Standing], columns: Sequence[tuple[str, list[float]]]) -> None:
    from contest.ranking.model import ladder  # noqa: PLC0415 -- slow import

    found = ladder.settle([s["rank"] for s in group], [values for _, values in columns])
    names = [name for name, _ in columns]
    for standing, step in zip(group, found, strict=True):
        rung = None if step.rung is None else "" if step.rung < 0 else names[step.rung]
        standing["details"] |= {"position": step.position, "rung": rung}


def _columns(
    group: Sequence[Standing], steps: Sequence[TieBreak], rungs: Rungs, seed: str
) -> list[tuple[str, list[float]]]:
    """Return per step its name and a number for each entry of the group, larger is better."""
    ids = [uuid.UUID(s["entry_id"]) for s in group]
    columns = []
    for step in steps:
        if step is TieBreak.CRITERIA:
            for k, criterion in enumerate(rungs.criteria):
                means = (rungs.means.get(i, ()) for i in ids)
                columns.append((criterion, [m[k] if k < len(m) else 0.0 for m in means]))
        elif step is TieBreak.SUBMISSION:
            instants = sorted({rungs.submitted[i] for i in ids if i in rungs.submitted})
            late = {instant: -float(k) for k, instant in enumerate(instants)}
            last = -float(len(instants))
            came = [late[rungs.submitted[i]] if i in rungs.submitted else last for i in ids]
            columns.append((step.value, came))
        elif step is TieBreak.LOT:
            drawn = drawing.order(seed, (rungs.codes[i] for i in ids))
            columns.append((step.value, [-float(drawn.index(rungs.codes[i])) for i in ids]))
        else:
            columns.append((step.value, [s[step.value] for s in group]))
    return columns
