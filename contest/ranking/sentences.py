"""Says what a ranking's codes and figures mean, in the language of the reader."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from contest.core.text import N_
from contest.ranking import queries
from contest.ranking.models import Ranking
from contest.ranking.queries import Severity, VerdictsOf, Voter
from contest.web.text import decimal, listed

NOTES: Mapping[str, str] = {
    "no_scores": N_("Nobody has handed in scores yet."),
    "few_judges": N_(
        "Only %(judges)s judges scored; at least %(needed)s are needed to tell strictness from"
        " merit. The plain mean leads."
    ),
    "one_judge": N_(
        "Only one judge scored; at least %(needed)s are needed to tell strictness from merit. The"
        " plain mean leads."
    ),
    "small_panel": N_(
        "Judges in the smallest of these groups: %(judges)s; at least %(needed)s are needed to tell"
        " strictness from merit. The plain mean leads."
    ),
    "small_group": N_(
        "Entries in the smallest of these groups: %(entries)s; at least %(needed)s are needed to adjust"
        " for strictness. The plain mean leads."
    ),
    "one_entry": N_("Only one entry was scored. The plain mean leads."),
    "few_entries": N_(
        "Only %(entries)s entries were scored; at least %(needed)s are needed to adjust for"
        " strictness. The plain mean leads."
    ),
    "thin_overlap": N_(
        "Judges share too few entries (%(comparisons)s spare comparisons, %(needed)s needed), so"
        " nothing is adjusted. The plain mean leads."
    ),
    "disconnected": N_(
        "The panel falls into %(components)s groups without a common judge. Ranks count inside each"
        " group; across groups nothing can be said."
    ),
    "compared_across": N_(
        "%(components)s groups without a common judge are compared as if their judges were equally"
        " strict."
    ),
    "all_equal": N_("Every score is the same: nobody can be preferred. The plain mean leads."),
    "no_differences": N_("The scores do not tell the entries apart. The plain mean leads."),
    "unreviewed": N_("Without any review, and so without a place: %(entries)s."),
    "single_review": N_("With a single review, and so drawn strongly to the middle: %(entries)s."),
    "single_score_judge": N_("Gave one score only, so their strictness is unknown: %(judges)s."),
    "few_scores_judge": N_(
        "Scored far fewer entries than the others, late or for a while only, so their strictness is"
        " known less well: %(judges)s."
    ),
    "constant_judge": N_("Gave all their entries the same: %(judges)s."),
    "set_aside": N_(
        "Scorecards that were set aside, or whose judge stepped back, and so do not count: %(cards)s."
    ),
    "missing_criterion": N_(
        "Scorecards without a view on some criterion: %(cards)s. The other criteria carry its weight."
    ),
    "one_ballot": N_(
        "Fewer than two ballots count, so how far judges agree cannot be known; the intervals say little."
    ),
    "awaiting_consensus": N_(
        "The judges disagree and the panel has yet to decide, so without a place: %(entries)s."
    ),
    "pools_differ": N_("Some judges had stronger entries than others; this is taken into account."),
}
USUAL_LEAD = N_(
    "An estimate to decide by, not the result. The adjusted value takes out how strict each"
    " entry's judges are, and draws entries with few reviews to the middle; the bar holds the true"
    " value with a probability of nine in ten."
)
LEADS: Mapping[str, str] = {
    "pairwise": N_(
        "An estimate to decide by, not the result. Adjusted is the chance, in percent, that an entry"
        " is taken before an average one, from all comparisons together and each judge weighed by how"
        " well they agree with the panel; raw is the share of its comparisons that it won. The bar"
        " holds the true value with a probability of nine in ten."
    ),
    "points": N_(
        "An estimate to decide by, not the result. Raw is the mean percentage of a judge's points in"
        " a slate of the usual size; adjusted also takes into account how strong the other entries of"
        " each judge are. The bar holds the true value with a probability of nine in ten."
    ),
    "borda": N_(
        "An estimate to decide by, not the result. Raw is the mean place, 100 for the first of a"
        " judge's entries and 0 for the last; adjusted also takes into account how strong these"
        " entries are. The bar holds the true value with a probability of nine in ten."
    ),
    "plackett-luce": N_(
        "An estimate to decide by, not the result. Adjusted is the chance, in percent, that a judge"
        " places the entry before an average one; raw is the mean place, 100 for the first of a"
        " judge's entries and 0 for the last. The bar holds the true value with a probability of nine"
        " in ten."
    ),
}
UNKNOWN: Mapping[str, str] = {
    "nothing_shared": N_("No entry has two scores, so agreement cannot be known."),
    "all_equal": N_("Every score is the same, so agreement cannot be known."),
    "not_complete": N_("Not every judge scored every entry."),
    "too_small": N_("Too few judges or entries to speak of agreement."),
    "no_spare": N_("There are too few scores to speak of agreement."),
    "perfect": N_("The judges agree perfectly."),
    "too_alike": N_(
        "The entries' means differ less than chance would make them, so how reliable the panel is"
        " cannot be known."
    ),
}
LEVELS: tuple[tuple[float, str], ...] = (
    (0.8, N_("The judges agree closely.")),
    (0.6, N_("The judges agree well.")),
    (0.4, N_("The judges agree moderately. Neighbours in the order are often interchangeable.")),
    (0.2, N_("The judges agree little. Talk about the entries before you decide.")),
    (float("-inf"), N_("The judges hardly agree. The order says little by itself.")),
)


def lead(ranking: Ranking) -> str:
    """Return what the values of the ranking are, by its method."""
    sentence = LEADS.get(ranking.method, USUAL_LEAD)
    return gettext(sentence)


def remarks(session: Session, ranking: Ranking) -> list[str]:
    """Return the ranking's notes as sentences, with names of entries and judges."""
    people = queries.names_of(session, _listed(ranking, "judges"))
    entries = queries.titles_of(session, _listed(ranking, "entries"))
    said = []
    for note in ranking.notes:
        facts: dict[str, Any] = dict(note["facts"])
        for name, names in (("judges", people), ("entries", entries)):
            if _is_list(note, name):
                facts[name] = listed([names.get(i, "–") for i in facts[name]])
        sentence = NOTES[_which(note)]
        said.append(gettext(sentence) % facts)
    return said


def _which(note: Mapping[str, Any]) -> str:
    """Return the name of the note's sentence: one of few may be alone, or the fewest of a group."""
    code, facts = str(note["code"]), note["facts"]
    if code == "few_judges":
        return "small_panel" if "groups" in facts else "one_judge" if facts["judges"] == 1 else code
    if code == "few_entries":
        return (
            "small_group" if "groups" in facts else "one_entry" if facts["entries"] == 1 else code
        )
    return code


def _listed(ranking: Ranking, name: str) -> list[uuid.UUID]:
    return [uuid.UUID(i) for n in ranking.notes if _is_list(n, name) for i in n["facts"][name]]


def _is_list(note: Mapping[str, Any], name: str) -> bool:
    return isinstance(note["facts"].get(name), list)


def agreement(ranking: Ranking) -> list[str]:
    """Return what is known about how the judges agree."""
    found = ranking.components.get("agreement")
    if found is None:
        return _concord(ranking.components.get("concord"))
    alpha, share = found["alpha"], ranking.components["variance"]
    said = []
    if alpha["value"] is None:
        why = UNKNOWN[alpha["reason"]]
        said.append(gettext(why))
    else:
        words = next(text for least, text in LEVELS if alpha["value"] >= least)
        said.append(
            gettext("%(words)s (Krippendorff's α = %(alpha)s)", words=gettext(words),
                    alpha=f"{alpha['value']:.2f}")
        )  # fmt: skip
    panel = found.get("icc_k", {})
    if panel.get("reason") == "too_alike":
        why = UNKNOWN["too_alike"]
        said.append(gettext(why))
    elif panel.get("value") is not None:
        said.append(
            gettext("The panel's mean is reliable to %(share)s %%, a single judge to %(one)s %%.",
                    share=_percent(panel["value"]), one=_percent(found["icc"]["value"]))
        )  # fmt: skip
    if share is not None:
        said.append(
            gettext("%(share)s %% of the differences between scores come from strict and lenient"
                    " judges.", share=_percent(share["judge_share"]))
        )  # fmt: skip
    groups = ranking.components.get("groups", 1)
    if groups > 1:
        said.append(
            gettext("%(groups)s groups share no judge: their levels cannot be compared.",
                    groups=groups)
        )  # fmt: skip
    return said


def _concord(found: Mapping[str, Any] | None) -> list[str]:
    """Return how often two judges put two entries in the same order, of which Kendall's tau is made."""
    if found is None:
        return []
    if found["same"] is None:
        return [gettext("No two judges had the same two entries, so agreement cannot be known.")]
    words = next(text for least, text in LEVELS if 2 * found["same"] - 1 >= least)
    return [
        gettext(words),
        gettext("Two judges with the same two entries put them in the same order %(share)s %% of"
                " the time; by chance it would be 50 %%.", share=_percent(found["same"])),
    ]  # fmt: skip


def method(ranking: Ranking) -> list[str]:
    """Return what the method changed: the order, and for judges who had stronger entries than others.

    A ranking that was stored before these were tells what it can.
    """
    said, panel = [], ranking.components
    order, pool = panel.get("raw_adjusted"), panel.get("pool")
    if order and order["tau"] is not None:
        said.append(
            gettext("Pairs of entries that raw and adjusted value have the other way round: %(turned)s"
                    " of %(pairs)s (Kendall's τ = %(tau)s).", turned=order["opposite"],
                    pairs=order["pairs"], tau=decimal(order["tau"], 2))
        )  # fmt: skip
    if pool:
        is_above = pool["gamma"] > 0 and pool["t"] is not None
        t = f"= {decimal(pool['t'], 2)}" if is_above else "≤ 0"
        sentence = POOLS[pool["used"]]
        said.append(gettext(sentence) % {"t": t})
    return said


POOLS: Mapping[bool, str] = {
    True: N_(
        "Some judges had stronger entries than others; the adjusted value takes it into account"
        " (t of γ %(t)s)."
    ),
    False: N_(
        "No sign that some judges had stronger entries than others, so nothing is taken into account"
        " for it (t of γ %(t)s; it takes more than 2, in a small contest more than 3)."
    ),
}
HANGS: Mapping[str, str] = {
    "pass": N_("would pass: %(entries)s"),
    "fail": N_("would fail: %(entries)s"),
    "wait": N_("would wait for the panel: %(entries)s"),
    "none": N_("would have no verdict: %(entries)s"),
}


def hangs(judge: VerdictsOf) -> str:
    """Return what would be otherwise without a judge of pass or fail."""
    told = ((HANGS[word], judge.hangs[word]) for word in HANGS if judge.hangs.get(word))
    return "; ".join(gettext(sentence) % {"entries": listed(titles)} for sentence, titles in told)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * max(0.0, value):.0f}"


def depends(ranking: Ranking, judges: Sequence[Severity | Voter]) -> list[str]:
    """Return what decides about a place among the first: the method, single judges, weights."""
    panel, titles = ranking.components, queries.titles_in(ranking)
    said = []
    if panel["depends"]:
        said.append(
            gettext("By one of raw mean and adjusted value only: %(entries)s.",
                    entries=_titles(titles, panel["depends"]))
        )  # fmt: skip
    for judge in judges:
        if change := _exchange(judge.gained, judge.lost):
            sentence = gettext("Without %(judge)s: %(change)s", judge=judge.name, change=change)
            if judge.only:
                alone = gettext("Nobody else has judged %(entries)s.", entries=listed(judge.only))
                sentence = f"{sentence} {alone}"
            said.append(sentence)
    capped = panel.get("capped") or {"gained": [], "lost": []}
    gained, lost = ([titles.get(i, "–") for i in capped[way]] for way in ("gained", "lost"))
    if change := _exchange(gained, lost):
        said.append(gettext("If erratic judges counted less: %(change)s", change=change))
    return said


def _exchange(gained: Sequence[str], lost: Sequence[str]) -> str:
    """Say who would stand among the first instead of whom; a tie lets one come or go alone."""
    if gained and lost:
        return gettext("%(gained)s instead of %(lost)s.", gained=listed(gained), lost=listed(lost))
    if gained:
        return gettext("%(gained)s as well.", gained=listed(gained))
    return gettext("not %(lost)s.", lost=listed(lost)) if lost else ""


def _titles(titles: Mapping[str, str], entries: list[str]) -> str:
    return listed([titles.get(i, "–") for i in entries]) or "–"
