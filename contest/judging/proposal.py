"""A computed assignment in the words of a round: ids instead of numbers. Pure."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import rfc8785

from contest.judging.queries.plans import Design

if TYPE_CHECKING:
    from contest.judging.assignment import Plan, Precision, Repair

EMPTY: dict[str, Any] = {
    "pairs": [], "why": [], "added": [], "removed": [], "objective": 0.0, "bound": 0.0,
    "unfilled": [], "shortages": [], "underused": [], "components": 0, "connection_cost": 0.0,
    "impossible": False, "links": [], "apart": [], "worst": None, "precision": None,
}  # fmt: skip


def digest(design: Design) -> str:
    """Return the hash of what a plan is computed from."""
    body: dict[str, Any] = {
        "entries": list(map(str, design.entry_ids)),
        "judges": list(map(str, design.judge_ids)),
        "eligible": [list(row) for row in design.eligible],
        "fixed": [list(row) for row in design.fixed],
        "before": [list(row) for row in design.before],
        "reviews": list(design.reviews),
        "bounds": [design.lower, design.upper],
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def report(
    design: Design, found: "Repair", precision: "Precision | None", tracks: Sequence[uuid.UUID]
) -> dict[str, Any]:
    """Return what the chair is shown, as it is stored. `tracks` are named by number in `found`."""
    entries, judges = design.entry_ids, design.judge_ids
    plan = found.plan
    return {
        "pairs": _pairs(design, plan.pairs),
        "why": list(plan.why),
        "added": _pairs(design, found.added),
        "removed": _pairs(design, found.removed),
        "objective": round(plan.objective, 6),
        "bound": round(plan.bound, 6),
        "unfilled": [
            {"entry": str(entries[m.entry]), "missing": m.missing, "eligible": m.eligible,
             "full": m.full}
            for m in plan.unfilled
        ],
        "shortages": [
            {"entries": _ids(entries, s.entries), "judges": _ids(judges, s.judges),
             "missing": s.missing}
            for s in plan.shortages
        ],
        "underused": [
            {"judge": str(judges[u.judge]), "short": u.short, "eligible": u.eligible}
            for u in plan.underused
        ],
        "components": len(plan.components),
        "connection_cost": round(plan.connection.cost, 6),
        "impossible": plan.connection.impossible,
        "links": [
            {"tracks": _ids(tracks, link.tracks), "judges": link.judges, "strong": link.is_strong}
            for link in plan.connection.links
        ],
        "apart": [_ids(tracks, group) for group in plan.connection.apart],
        "worst": _worst(plan, entries),
        "precision": None
        if precision is None
        else {"order": round(precision.order, 4), "typical": round(precision.typical, 4)},
    }  # fmt: skip


def _worst(plan: "Plan", entries: Sequence[uuid.UUID]) -> dict[str, Any] | None:
    if plan.worst is None:
        return None
    bound = plan.worst.bound
    return {
        "entry": str(entries[plan.worst.entry]),
        "affinity": round(plan.worst.affinity, 6),
        "bound": None if bound is None else round(bound, 6),
    }


def _ids(names: Sequence[uuid.UUID], numbers: Iterable[int]) -> list[str]:
    return [str(names[number]) for number in numbers]


def _pairs(design: Design, pairs: Iterable[tuple[int, int]]) -> list[list[str]]:
    return [[str(design.entry_ids[i]), str(design.judge_ids[j])] for i, j in pairs]
