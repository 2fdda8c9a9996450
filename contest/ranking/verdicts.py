"""The ranking of a round of pass or fail: who passes stands before who does not. Pure."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from contest.contests.models import Aggregation
from contest.judging.queries.verdicts import Verdict
from contest.judging.queries.work import Mark
from contest.judging.verdicts import verdict

METHOD, VERSION = "verdicts", "2"
WORDS = {True: "pass", False: "fail", None: "wait"}


def ranking(
    entries: Sequence[uuid.UUID],
    verdicts: Mapping[uuid.UUID, Verdict],
    marks: Sequence[Mark],
    top: int,
    busy: Collection[uuid.UUID] = (),
) -> dict[str, Any]:
    """Return the entries that pass and those that fail; who waits for the panel has no place.

    `adjusted` is 100 for a pass and 0 for a fail, `raw` the percentage of the judges who pass it.
    There is no interval: a verdict is a decision, not a measurement. `marks` are the votes one by one;
    of an entry in `busy` a verdict is still to come.
    """
    names = sorted(entries, key=str)
    settled = {e: v for e, v in verdicts.items() if v.passed is not None}
    shares = {e: 100.0 * v.passes / (v.passes + v.fails) for e, v in settled.items()}
    places = {True: 1, False: 1 + sum(v.passed is True for v in settled.values())}
    notes = {
        "unreviewed": [str(e) for e in names if e not in verdicts],
        "awaiting_consensus": [str(e) for e in names if e in verdicts and e not in settled],
    }
    return {
        "method": METHOD,
        "parameters": {"top_k": top, "decimals": 2},
        "input_sha256": _digest(names, verdicts, marks, busy),
        "code_version": VERSION,
        "seed": 0,
        "adjusted_is_official": True,
        "notes": [
            {"code": code, "facts": {"entries": found}} for code, found in notes.items() if found
        ],
        "components": {
            "mean": None, "groups": 1, "variance": None, "pool": None, "judges": [], "depends": [],
            "capped": None, "wanted": _wanted(verdicts, busy), **_panel(names, verdicts, marks),
        },
        "standings": [
            {
                "entry_id": str(e),
                "reviews": v.passes + v.fails,
                "raw": shares[e],
                "median": shares[e],
                "adjusted": 100.0 if v.passed else 0.0,
                "sd": 0.0,
                "rank": (place := places[v.passed is True]),
                "raw_rank": 1 + sum(share > shares[e] for share in shares.values()),
                "rank_low": place,
                "rank_high": place,
                "p_top": 1.0 if v.passed else 0.0,
                "tie_band": 1 if v.passed else 2,
                "details": {"component": 0, "verdict": WORDS[v.passed is True],
                            "passes": v.passes, "fails": v.fails,
                            "by_panel": v.consensus is not None},
            }
            for e, v in sorted(settled.items(), key=lambda item: str(item[0]))
        ],
    }  # fmt: skip


def _wanted(
    verdicts: Mapping[uuid.UUID, Verdict], busy: Collection[uuid.UUID]
) -> list[dict[str, Any]]:
    """Return the entries that one more verdict settles: a majority that is split into halves."""
    return [
        {"entry": str(e), "reviews": 1, "gain": 0.25, "in_all": v.passes + v.fails + 1}
        for e, v in sorted(verdicts.items(), key=lambda item: str(item[0]))
        if v.rule is Aggregation.MAJORITY and v.passed is None and e not in busy
    ]


def _panel(
    names: Sequence[uuid.UUID],
    verdicts: Mapping[uuid.UUID, Verdict],
    marks: Sequence[Mark],
) -> dict[str, Any]:
    """Return how far the judges agree, and of each how strict they are and what hangs on them."""
    from contest.ranking import agreement, concord  # noqa: PLC0415 -- slow import

    place = {e: i for i, e in enumerate(names)}
    known = [m for m in marks if m.entry_id in place]
    judges = sorted({m.appointment_id for m in known}, key=str)
    entry = [place[m.entry_id] for m in known]
    passed = [float(m.value > 0) for m in known]
    found = concord.votes(entry, [judges.index(m.appointment_id) for m in known], passed,
                          len(names), len(judges))  # fmt: skip
    alpha = agreement.alpha(entry, passed)
    return {
        "agreement": {
            "alpha": {"value": alpha.value, "reason": alpha.reason and alpha.reason.value}
        },
        "votes": [
            {"judge": str(judges[v.judge]), "verdicts": v.entries, "shared": v.shared,
             "passes": v.passes, "others": v.others,
             "flags": [name for name, is_so in (("stricter", v.stricter), ("milder", v.milder))
                       if is_so],
             "hangs": _hangs(verdicts, [m for m in known if m.appointment_id == judges[v.judge]])}
            for v in found
        ],
    }  # fmt: skip


def _hangs(verdicts: Mapping[uuid.UUID, Verdict], mine: Sequence[Mark]) -> dict[str, list[str]]:
    """Return what the others alone would say where it is not what holds: word -> entries."""
    found: dict[str, list[str]] = {}
    for m in sorted(mine, key=lambda m: str(m.entry_id)):
        v = verdicts[m.entry_id]
        passes, fails = (v.passes - 1, v.fails) if m.value > 0 else (v.passes, v.fails - 1)
        if not passes + fails:
            found.setdefault("none", []).append(str(m.entry_id))
        elif (now := verdict(passes, fails, v.rule)) is not v.passed:
            found.setdefault(WORDS[now], []).append(str(m.entry_id))
    return found


def _digest(
    entries: Sequence[uuid.UUID],
    verdicts: Mapping[uuid.UUID, Verdict],
    marks: Sequence[Mark],
    busy: Collection[uuid.UUID],
) -> str:
    lines = [*map(str, entries), repr(sorted(map(str, busy)))]
    lines += sorted(f"{m.appointment_id} {m.entry_id} {m.value}" for m in marks)
    lines += sorted(f"{e} {v.rule} {v.passes} {v.fails} {v.passed}" for e, v in verdicts.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
