"""The word and the tone under which each state and kind is shown. One place, so one word per concept."""

import enum

from flask import Flask
from flask_babel import gettext

from contest.core.text import N_

# value -> (word, tone); the values of all enums share this table, as they share the glossary
SHOWN: dict[str, tuple[str, str]] = {
    # contest
    "draft": (N_("Draft"), "neutral"),
    "announced": (N_("Announced"), "info"),
    "running": (N_("Running"), "good"),
    "concluded": (N_("Concluded"), "neutral"),
    "archived": (N_("Archived"), "neutral"),
    "suspended": (N_("Suspended"), "warn"),
    "cancelled": (N_("Cancelled"), "bad"),
    # round
    "planned": (N_("Planned"), "neutral"),
    "collecting": (N_("Collecting"), "info"),
    "screening": (N_("Screening"), "info"),
    "judging": (N_("Judging"), "accent"),
    "deliberation": (N_("Deliberation"), "warn"),
    "certified": (N_("Certified"), "good"),
    "published": (N_("Published"), "good"),
    "pass-fail": (N_("Pass or fail"), "neutral"),
    "unanimous": (N_("all judges agree, or the panel decides"), "neutral"),
    "majority": (N_("the majority decides"), "neutral"),
    "ranking": (N_("All entries of a judge put in order"), "neutral"),
    "plackett-luce": (N_("the order that fits all judges best (Plackett–Luce)"), "neutral"),
    "borda": (N_("the mean place (Borda)"), "neutral"),
    "points": (N_("Points to distribute"), "neutral"),
    "pairwise": (N_("Two compared at a time"), "neutral"),
    "adjusted": (N_("The higher adjusted value"), "neutral"),
    "raw": (N_("The higher plain mean"), "neutral"),
    "criteria": (N_("The criteria, the weightiest first"), "neutral"),
    "median": (N_("The higher median"), "neutral"),
    "submission": (N_("The earlier submission"), "neutral"),
    "lot": (N_("A drawn lot"), "neutral"),
    "desk": (N_("Desk judging"), "neutral"),
    "pitch": (N_("Pitch day"), "neutral"),
    # entry
    "submitted": (N_("Submitted"), "info"),
    "info-requested": (N_("Information requested"), "warn"),
    "eligible": (N_("Eligible"), "good"),
    "ineligible": (N_("Ineligible"), "bad"),
    "reconsidered": (N_("Reconsidered"), "neutral"),
    "advanced": (N_("Advanced"), "good"),
    "not-advanced": (N_("Not advanced"), "neutral"),
    "awarded": (N_("Awarded"), "accent"),
    "not-awarded": (N_("Not awarded"), "neutral"),
    "withdrawn": (N_("Withdrawn"), "neutral"),
    "disqualified": (N_("Disqualified"), "bad"),
    "on-time": (N_("On time"), "good"),
    "grace": (N_("In grace"), "warn"),
    "extension": (N_("By extension"), "warn"),
    "requested": (N_("On request"), "info"),
    # answers to invitations
    "accepted": (N_("Accepted"), "good"),
    "declined": (N_("Declined"), "neutral"),
    # assignment
    "proposed": (N_("Proposed"), "neutral"),
    "active": (N_("Not opened"), "neutral"),
    "opened": (N_("Opened"), "info"),
    "in-progress": (N_("In progress"), "info"),
    "scored": (N_("Scored"), "good"),
    "locked": (N_("Locked"), "good"),
    "abstained": (N_("Abstained"), "neutral"),
    "recused": (N_("Recused"), "warn"),
    "deferred": (N_("Deferred"), "warn"),
    "reassigned": (N_("Reassigned"), "neutral"),
    "waived": (N_("Waived"), "neutral"),
    "applied": (N_("Applied"), "good"),
    "computing": (N_("Being computed"), "info"),
    "discarded": (N_("Discarded"), "neutral"),
    # conflicts
    "organisation": (N_("Same organisation"), "warn"),
    "domain": (N_("Same mail domain"), "warn"),
    "family": (N_("Family or friends"), "warn"),
    "investment": (N_("Investment"), "warn"),
    "adviser": (N_("Adviser"), "warn"),
    "other": (N_("Other"), "warn"),
    "found": (N_("Found by the system"), "info"),
    "recusal": (N_("Stepped back"), "info"),
    # pitch day
    "waiting": (N_("Waiting"), "neutral"),
    "pitching": (N_("Pitching"), "accent"),
    "questions": (N_("Questions"), "info"),
    "done": (N_("Done"), "good"),
    "left": (N_("The first is better"), "neutral"),
    "right": (N_("The second is better"), "neutral"),
    "tie": (N_("Equally good"), "neutral"),
    "skipped": (N_("Skipped"), "neutral"),
    # results
    "advance": (N_("Advance"), "good"),
    "not-advance": (N_("Not advance"), "neutral"),
    "award": (N_("Award"), "accent"),
    "not-award": (N_("No award"), "neutral"),
    "computed": (N_("Computed"), "neutral"),
    "embargoed": (N_("Embargoed"), "warn"),
    "superseded": (N_("Superseded"), "neutral"),
    # follow-up
    "contracting": (N_("Contracting"), "info"),
    "poc": (N_("Proof of concept"), "info"),
    "poc-gate": (N_("Gate after the proof of concept"), "warn"),
    "pilot": (N_("Pilot"), "accent"),
    "pilot-gate": (N_("Gate after the pilot"), "warn"),
    "service": (N_("Service"), "good"),
    "closed": (N_("Closed"), "neutral"),
    "success": (N_("Success"), "good"),
    "stopped": (N_("Stopped"), "bad"),
    "lapsed": (N_("Lapsed"), "neutral"),
    "go": (N_("Go"), "good"),
    "pivot": (N_("Pivot"), "warn"),
    "stop": (N_("Stop"), "bad"),
    "good": (N_("Going well"), "good"),
    "slow": (N_("Slow"), "warn"),
    "stuck": (N_("Stuck"), "bad"),
    "nda": (N_("Confidentiality"), "neutral"),
    "licence": (N_("Licence"), "neutral"),
    "memorandum": (N_("Memorandum"), "neutral"),
    # roles
    "organiser": (N_("Organiser"), "neutral"),
    "screener": (N_("Screener"), "neutral"),
    "chair": (N_("Chair"), "neutral"),
    "judge": (N_("Judge"), "neutral"),
    "observer": (N_("Observer"), "neutral"),
    "sponsor": (N_("Sponsor"), "neutral"),
    "follow-up": (N_("Follow-up owner"), "neutral"),
    "lead": (N_("Team lead"), "neutral"),
    "member": (N_("Member"), "neutral"),
    # organisations and teams
    "company": (N_("Company"), "neutral"),
    "startup": (N_("Startup"), "neutral"),
    "university": (N_("University"), "neutral"),
    "incubator": (N_("Incubator"), "neutral"),
    "association": (N_("Association"), "neutral"),
    "media": (N_("Media partner"), "neutral"),
    "partner": (N_("Partner"), "neutral"),
    "student": (N_("Students"), "neutral"),
    "open": (N_("Open category"), "neutral"),
    # undertakings and terms
    "rules": (N_("Contest rules"), "neutral"),
    "ip": (N_("IP terms"), "neutral"),
    "conflict": (N_("Conflict declaration"), "neutral"),
    "team-keeps": (N_("The team keeps everything"), "neutral"),
    "option": (N_("The sponsor may negotiate first"), "neutral"),
    # questions of a form
    "line": (N_("One line"), "neutral"),
    "text": (N_("Text"), "neutral"),
    "choice": (N_("Choice"), "neutral"),
    "number": (N_("A number"), "neutral"),
    "link": (N_("Link"), "neutral"),
    "deck": (N_("Deck (PDF)"), "neutral"),
    # messages and files
    "queued": (N_("Queued"), "info"),
    "sent": (N_("Sent"), "good"),
    "failed": (N_("Failed"), "bad"),
    "ready": (N_("Ready"), "good"),
    "fetched": (N_("Fetched"), "neutral"),
    "dropped": (N_("Dropped"), "neutral"),
    "pending": (N_("Being checked"), "info"),
    "clean": (N_("Checked"), "good"),
    "refused": (N_("Refused"), "bad"),
    "rubric": (N_("Rubric"), "neutral"),
    # what a contest keeps for a time
    "access": (N_("Access of judges"), "neutral"),
    "drafts": (N_("Drafts that were never handed in"), "neutral"),
    "invitations": (N_("Addresses of invited members"), "neutral"),
    "notes": (N_("Private notes"), "neutral"),
    "messages": (N_("Mail"), "neutral"),
    "ledger": (N_("Ledger of documents"), "neutral"),
    "entries": (N_("Entries that won nothing"), "neutral"),
    # what was refused
    "wrong-proof": (N_("Wrong password, code, passkey or sign-on"), "warn"),
    "forged-link": (N_("Forged link"), "warn"),
    "unknown-form": (N_("Form that is not ours, or too old"), "neutral"),
    "too-often": (N_("Too many tries"), "warn"),
    "not-allowed": (N_("Not allowed"), "neutral"),
    "bad-file": (N_("Refused file"), "neutral"),
}


def state_word(state: enum.StrEnum | str) -> str:
    """Return the word of a state or kind, in the language of the reader. A template filter."""
    return gettext(SHOWN[str(state)][0])


def state_tone(state: enum.StrEnum) -> str:
    """Return the tone of a state: neutral, info, good, warn, bad or accent. A template filter."""
    return SHOWN[state.value][1]


def choices(kind: type[enum.StrEnum]) -> list[tuple[str, str]]:
    """Return the values of `kind` for a select or radio field, each with its word."""
    return [(value.value, state_word(value)) for value in kind]


def init_app(app: Flask) -> None:
    app.add_template_filter(state_word)
    app.add_template_filter(state_tone)
