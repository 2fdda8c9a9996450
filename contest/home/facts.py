"""Says the facts of an event in the reader's language: the word of each, and what its value means."""

import enum
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_timedelta
from flask_babel import get_locale, gettext

from contest.core.text import N_
from contest.core.words import OWN_NAMES, Words
from contest.home.queries.history import REFERS, Line, Name
from contest.web.moments import on_day, when, zone_label
from contest.web.states import SHOWN, state_word
from contest.web.text import country, decimal, listed, plain

HASH = re.compile(r"[0-9a-f]{64}")
# The word of each fact. What changes as a whole (a state, a date) is called `before` and `after`.
WORDS = {
    "added": N_("Added"),
    "advance_count": N_("How many advance"),
    "agreement_id": N_("Agreement"),
    "amount_minor": N_("Amount"),
    "answer": N_("Answer"),
    "aggregation": N_("How it is counted"),
    "appointment": N_("Judge"),
    "as_of": N_("Measured on"),
    "assignment": N_("Entry"),
    "baseline": N_("Baseline"),
    "benefits": N_("Benefits"),
    "blind": N_("Judges see codes instead of team names"),
    "bridges": N_("Judges other tracks too"),
    "brief": N_("Brief"),
    "by_number": N_("Superseded by number"),
    "closes_at": N_("Entries close"),
    "colour": N_("Colour"),
    "conflicts": N_("Conflicts"),
    "country": N_("Country"),
    "currency": N_("Currency"),
    "decision": N_("Decision"),
    "departures": N_("Departures from the order"),
    "document_id": N_("Document"),
    "domains": N_("Mail domains"),
    "due_at": N_("Due on"),
    "due_days": N_("Days after the results"),
    "due_on": N_("Due on"),
    "edited": N_("Edited"),
    "edition": N_("Edition"),
    "eligible": N_("Eligible"),
    "entries": N_("Entries"),
    "entry": N_("Entry"),
    "entry_id": N_("Entry"),
    "expected": N_("Expected answer"),
    "fails": N_("Judges who fail it"),
    "favoured": N_("Chosen"),
    "gallery_opens_at": N_("Gallery opens"),
    "grace_seconds": N_("Grace"),
    "held_since": N_("On hold since"),
    "how": N_("How"),
    "input": N_("Fingerprint of the input"),
    "ip_terms": N_("Who owns what teams hand in"),
    "is_admin": N_("Administrator"),
    "judges": N_("Judges"),
    "judging_closes_at": N_("Judging ends"),
    "judging_opens_at": N_("Judging begins"),
    "kind": N_("Kind"),
    "kpi_id": N_("Figure"),
    "ladder": N_("When results are equal"),
    "lang": N_("Language"),
    "languages": N_("Languages"),
    "lateness": N_("In time by"),
    "lead": N_("Team lead"),
    "limit": N_("Limit"),
    "locale": N_("Language"),
    "load_max": N_("Entries per judge, at most"),
    "load_min": N_("Entries per judge, at least"),
    "member": N_("Member"),
    "milestone_id": N_("Milestone"),
    "minimum_reviews": N_("Reviews per entry, at least"),
    "budget": N_("Points per judge"),
    "mode": N_("How it is judged"),
    "mood": N_("How does it go?"),
    "name": N_("Name"),
    "names": N_("Names"),
    "no": N_("Answered no"),
    "number": N_("Number"),
    "obligation_id": N_("Promise"),
    "on": N_("Day"),
    "opens_at": N_("Entries open"),
    "organisation_id": N_("Organisation"),
    "outcome": N_("Outcome"),
    "pairs": N_("Assignments"),
    "passed": N_("Passes"),
    "passes": N_("Judges who pass it"),
    "person_id": N_("Person"),
    "pitch_seconds": N_("Time for a pitch"),
    "place": N_("Place in the list"),
    "places": N_("Winners"),
    "position": N_("Place in the order"),
    "question": N_("Question"),
    "question_id": N_("Question"),
    "questions_seconds": N_("Time for questions"),
    "reason": N_("Reason"),
    "removed": N_("Removed"),
    "required": N_("Required"),
    "role": N_("Role"),
    "round": N_("Round"),
    "round_id": N_("Round"),
    "seed": N_("Seed"),
    "sha256": N_("Fingerprint"),
    "source": N_("Source"),
    "sponsor_owner": N_("Owner at the sponsor"),
    "stage": N_("Stage"),
    "starts_at": N_("Begins"),
    "summary": N_("Summary"),
    "tagline": N_("Tagline"),
    "target": N_("Target"),
    "team": N_("Team"),
    "team_id": N_("Team"),
    "team_max": N_("People per team, at most"),
    "team_owner": N_("Owner in the team"),
    "ties_allowed": N_("Two may share a place"),
    "title": N_("Title"),
    "to": N_("Given to"),
    "things": N_("How much"),
    "track_id": N_("Track"),
    "unfilled": N_("Left open"),
    "unit": N_("Unit"),
    "until": N_("Until"),
    "value": N_("Value"),
    "website": N_("Website"),
    "weights": N_("Weights"),
    "yes": N_("Answered yes"),
    "zone": N_("Time zone"),
}
# What only programs read, what a page of its own shows to those who may see it, and what has no name.
SILENT = frozenset(
    {"after", "before", "check_in_id", "fields", "file_id", "files", "method", "moved", "points",
     "ranking_id", "revision", "salt", "size_bytes", "version_id"}
)  # fmt: skip
KINDS = {  # the word of a thing, by its table
    "agreements": N_("Agreement"),
    "appointments": N_("Appointment"),
    "assignment_plans": N_("Assignment plan"),
    "assignments": N_("Assignment"),
    "ballots": N_("Ballot"),
    "calibrations": N_("Calibration"),
    "cases": N_("Follow-up"),
    "certificates": N_("Certificate"),
    "challenges": N_("Challenge"),
    "conflicts": N_("Conflict of interest"),
    "consensuses": N_("Consensus"),
    "contests": N_("Contest"),
    "draws": N_("Draw"),
    "duties": N_("Promise"),
    "eligibility_questions": N_("Eligibility question"),
    "entries": N_("Entry"),
    "extensions": N_("More time"),
    "faqs": N_("Question"),
    "messages": N_("Message"),
    "organisations": N_("Organisation"),
    "partnerships": N_("Partner"),
    "positions": N_("Position"),
    "prizes": N_("Prize"),
    "questions": N_("Question of the form"),
    "rankings": N_("Ranking"),
    "readings": N_("Anchor"),
    "result_sets": N_("Result"),
    "rounds": N_("Round"),
    "rubrics": N_("Rubric"),
    "scorecards": N_("Scorecard"),
    "signatures": N_("Signature"),
    "slots": N_("Pitch"),
    "stages": N_("Stage of the pitch day"),
    "switches": N_("Instance switch"),
    "team_invitations": N_("Invitation"),
    "teams": N_("Team"),
    "timeline_items": N_("Date"),
    "tracks": N_("Track"),
    "undertaking_texts": N_("Undertaking"),
    "users": N_("Person"),
}
WAYS = {  # how somebody came: into a team, to the site, in again
    "app": N_("with a code of their app"),
    "first": N_("as the first person here"),
    "invited": N_("invited by somebody"),
    "link": N_("by a link"),
    "mail": N_("by mail"),
    "passkey": N_("with a passkey"),
    "password": N_("with a password"),
    "recovery": N_("with a recovery code"),
    "signed up": N_("by themselves"),
    "single sign-on": N_("with single sign-on"),
    "sso": N_("with single sign-on"),
}
FACTORS = {  # what somebody proves with who they are
    "app": N_("App that shows codes"),
    "passkey": N_("Passkey"),
}
DEEDS = frozenset({"added", "edited", "removed"})  # what was done to a part of a rubric
WHOLE = frozenset({"no", "yes"})  # questions: each is a sentence of its own
PLAIN = frozenset({"colour", "edition", "name", "seed", "title", "unit", "zone"})  # never a state


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, ready to show: a value, or what it was `before` and what it became."""

    word: str
    value: str
    before: str | None = None


def told(line: Line, names: Mapping[uuid.UUID, Name], zone: str) -> tuple[Fact, ...]:
    """Return the facts of an event in the language and the zone of its reader."""
    return tuple(_told(line.facts, names, zone))


def _told(
    facts: Mapping[str, object], names: Mapping[uuid.UUID, Name], zone: str
) -> Iterator[Fact]:
    if facts.get("after") is not None:
        before = said("before", facts.get("before"), names, zone)
        yield Fact("", said("after", facts["after"], names, zone), before)
    changed = facts.get("fields")
    fields = set(changed) if isinstance(changed, list) else set()
    for name in [n for n in facts if n in WORDS and n not in SILENT]:
        value = facts[name]
        if (name in fields or name == "place") and isinstance(value, list) and len(value) == 2:
            old, new = (said(name, each, names, zone) for each in value)
            yield Fact(gettext(WORDS[name]), new, old)
        else:
            yield from _one(name, value, names, zone)
    prose = [gettext(WORDS[name]) for name in sorted(fields - facts.keys()) if name in WORDS]
    if prose:
        yield Fact(gettext("Changed"), listed(prose))


def _one(name: str, value: object, names: Mapping[uuid.UUID, Name], zone: str) -> Iterator[Fact]:
    if value is True and name in DEEDS:
        yield Fact("", gettext(WORDS[name]))
        return
    for each in value if name in WHOLE and isinstance(value, list) else [value]:
        if shown := said(name, each, names, zone):
            yield Fact(gettext(WORDS[name]), shown)


def said(name: str, value: object, names: Mapping[uuid.UUID, Name], zone: str) -> str:
    """Return a value in the reader's language; empty where the reader may not know whom it names."""
    if value is None:
        return ""
    if isinstance(value, list):
        return listed([shown for each in value if (shown := said(name, each, names, zone))])
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int | float):
        return _measured(name, value)
    return _text(name, str(value), names, zone)


def _measured(name: str, value: float) -> str:
    if name.endswith("_seconds"):
        return format_timedelta(timedelta(seconds=value), threshold=2, locale=get_locale())
    return str(value) if name == "seed" else decimal(value)


def _text(name: str, value: str, names: Mapping[uuid.UUID, Name], zone: str) -> str:
    if name in REFERS:
        found = names.get(uuid.UUID(value)) if _is_id(value) else None
        return called(found) if found is not None else ""
    if name == "country":
        return country(value)
    if name in {"lang", "languages"}:
        return OWN_NAMES.get(value, value)
    if name == "how":
        return gettext(WAYS[value]) if value in WAYS else ""
    if name == "kind" and value in FACTORS:
        return gettext(FACTORS[value])
    if HASH.fullmatch(value):
        return f"{value[:10]}…"
    if name not in PLAIN and value in SHOWN:
        return gettext(SHOWN[value][0])
    return _date(value, zone) or ("" if _is_id(value) else value)


def _date(value: str, zone: str) -> str:
    """Return an instant in the reader's zone, or a calendar day; empty for what is neither."""
    try:
        if len(value) == len("2019-02-28"):
            return on_day(date.fromisoformat(value))
        instant = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return f"{when(instant, zone)} {zone_label(instant, zone)}" if instant.tzinfo else ""


def _is_id(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def called(name: Name) -> str:
    """Return a name as the reader reads it: a text in their language, a kind by its word."""
    if isinstance(name, Words):
        return plain(name)
    if isinstance(name, int):
        return gettext("Result %(number)s", number=name)
    return state_word(name) if isinstance(name, enum.StrEnum) else name
