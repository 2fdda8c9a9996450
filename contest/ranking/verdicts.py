"""The ranking of a round of pass or fail: who passes stands before who does not. Pure."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from contest.judging.queries.verdicts import Verdict

METHOD, VERSION = "verdicts", "1"
WORDS = {True: "pass", False: "fail"}


def ranking(
    entries: Sequence[uuid.UUID], verdicts: Mapping[uuid.UUID, Verdict], top: int
) -> dict[str, Any]:
    """Return the entries that pass and those that fail; who waits for the panel has no place.

    `adjusted` is 100 for a pass and 0 for a fail, `raw` the percentage of the judges who pass it.
    There is no interval: a verdict is a decision, not a measurement.
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
        "input_sha256": _digest(names, verdicts),
        "code_version": VERSION,
        "seed": 0,
        "adjusted_is_official": True,
        "notes": [
            {"code": code, "facts": {"entries": found}} for code, found in notes.items() if found
        ],
        "components": {
            "mean": None, "groups": 1, "variance": None, "pool": None, "agreement": None,
            "judges": [], "depends": [], "capped": None, "wanted": [],
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


def _digest(entries: Sequence[uuid.UUID], verdicts: Mapping[uuid.UUID, Verdict]) -> str:
    lines = [*map(str, entries)]
    lines += sorted(f"{e} {v.rule} {v.passes} {v.fails} {v.passed}" for e, v in verdicts.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
