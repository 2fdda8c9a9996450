"""Which rows are about a person, what a copy shows of them, and what becomes of them at an erasure.

Every table stands here, as a `Kind` or in `IMPERSONAL`, and every column of a kind is shown unless it
is named as hidden; `tests/privacy/columns.csv` is the same again, reviewed by hand, so that a new
column is thought about before it is copied to anybody.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Table, false, or_, select

from contest.accounts.models import User
from contest.core.orm import Base
from contest.core.text import N_

PEOPLE = User.__tablename__
DIRECT = {"actor_id", "subject_id"}  # name a person without a foreign key: events are never changed
STAYS = N_("what a team handed in or agreed on belongs to the team")
PROOF = N_("a proof must name the same people for ever; it does so by a number")
WORK = N_("a result rests on what was given, whoever gave it")


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table that are about a person.

    `ways` are the columns that make a row theirs: they name the person, their address, or a row of
    another kind that is theirs. `hides` are columns that hold a secret or what is others'. At an
    erasure rows are deleted, lose what is in `blanks`, or stay as they are because of `stays`.
    """

    table: str
    ways: tuple[str, ...]
    hides: frozenset[str] = frozenset()
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    but: Mapping[str, Sequence[str]] = field(default_factory=dict)
    blanks: Mapping[str, object] = field(default_factory=dict)
    deleted: bool = False
    stays: str = ""
    name: str = ""

    def called(self) -> str:
        """Return the name of the file that lists these rows."""
        return self.name or self.table

    def of(self) -> Table:
        return Base.metadata.tables[self.table]

    def shown(self) -> list[str]:
        return [c.name for c in self.of().columns if c.name not in self.hides]

    def mine(self, user_id: uuid.UUID, email: str) -> ColumnElement[bool]:
        """Return the condition on the table's rows."""
        table = self.of()
        found = or_(false(), *(_leads(table, way, user_id, email) for way in self.ways))
        for name, values in self.only.items():
            found = found & table.c[name].in_(values)
        for name, values in self.but.items():
            found = found & table.c[name].not_in(values)
        return found


def _leads(table: Table, way: str, user_id: uuid.UUID, email: str) -> ColumnElement[bool]:
    column = table.c[way]
    if way == "email":
        return column == email
    if way in DIRECT or way == "id":
        return column == user_id
    [key] = column.foreign_keys
    target = key.column.table
    if target.name == PEOPLE:
        return column == user_id
    theirs = next(kind for kind in KINDS if kind.table == target.name)
    return column.in_(select(key.column).where(theirs.mine(user_id, email)))


def _kind(table: str, *ways: str, hides: str = "", **more: object) -> Kind:
    return Kind(table, ways, frozenset(hides.split()), **more)  # type: ignore[arg-type]


OWN = ("judge", "recusal")  # conflicts that a judge told of
# In an order in which rows can be deleted.
KINDS: tuple[Kind, ...] = (
    _kind("users", "id", hides="password fs_uniquifier feed_token version"),
    # signing in
    _kind("used_links", "user_id", hides="number", deleted=True),
    _kind("sign_ins", "user_id", hides="device", deleted=True),
    _kind("authenticators", "user_id", hides="secret last_step", deleted=True),
    _kind("recovery_codes", "user_id", hides="hash", deleted=True),
    _kind("passkeys", "user_id", hides="credential public_key", deleted=True),
    _kind("identities", "user_id", deleted=True),
    _kind("refusals", "user_id", hides="source", deleted=True),
    # what the instance wrote to them
    _kind("messages", "recipient_id", hides="facts links dedupe_key", only={"state": ("sent",)},
          deleted=True),
    _kind("exports", "user_id", hides="sign_in file_id", deleted=True),
    _kind("erasures", "user_id", blanks={"reason": ""}),
    # who they are
    _kind("positions", "user_id", deleted=True),
    _kind("signatures", "user_id", stays=PROOF),
    _kind("appointments", "user_id",
          blanks={"title": "", "reason": "", "public": False, "organisation_id": None, "languages": []}),
    _kind("officer_signatures", "user_id", stays=PROOF),
    # teams and entries
    _kind("members", "user_id", stays=STAYS),
    _kind("team_invitations", "invited_by", hides="email", stays=STAYS, name="team_invitations_sent"),
    _kind("team_invitations", "email", hides="invited_by", blanks={"email": None}),
    _kind("eligibility_answers", "answered_by", stays=STAYS),
    _kind("entries", "gallery_consent_by", hides="version state code", stays=STAYS),
    _kind("draft_answers", "saved_by", stays=STAYS),
    _kind("draft_answer_history", "by_id", stays=STAYS),
    _kind("versions", "submitted_by", stays=STAYS),
    _kind("files", "uploaded_by", blanks={"uploaded_by": None}),
    # judging
    _kind("declarations", "appointment_id", stays=WORK),
    _kind("conflicts", "appointment_id", only={"source": OWN}, blanks={"note": ""}),
    _kind("conflicts", "appointment_id", hides="entry_id note", but={"source": OWN}, stays=WORK,
          name="conflicts_found"),
    _kind("conflicts", "lifted_by", hides="appointment_id note", stays=WORK, name="conflicts_lifted"),
    _kind("assignments", "appointment_id", hides="version plan_id", blanks={"reason": ""}),
    _kind("voices", "assignment_id", stays=WORK),
    _kind("scorecards", "assignment_id", hides="version", blanks={"note": ""}),
    _kind("scorecards", "set_aside_by", name="scorecards_set_aside", stays=WORK,
          hides="version comment note rubric_id version_id saved_at submitted_at superseded_at"),
    _kind("scores", "scorecard_id", stays=WORK),
    _kind("ballots", "appointment_id", hides="version", stays=WORK),
    _kind("ballots", "set_aside_by", name="ballots_set_aside", stays=WORK,
          hides="version appointment_id saved_at submitted_at superseded_at"),
    _kind("choices", "ballot_id", stays=WORK),
    _kind("comparisons", "appointment_id", stays=WORK),
    _kind("visits", "appointment_id", stays=WORK),
    _kind("readings", "appointment_id", stays=WORK),
    _kind("consensuses", "by_id", stays=WORK),
    _kind("waivers", "by_id", stays=WORK),
    _kind("assignment_plans", "computed_by", hides="report seed input_sha256", stays=WORK),
    # running a contest
    _kind("draws", "drawn_by", stays=WORK),
    _kind("ranking_runs", "asked_by", stays=WORK),
    _kind("screenings", "by_id", hides="outcome rule", stays=WORK),
    _kind("info_requests", "by_id", stays=WORK),
    _kind("extensions", "given_by", stays=WORK),
    _kind("decisions", "proposed_by", hides="outcome rank prize_id departs ranking_id", stays=WORK),
    _kind("awards", "given_by", hides="version prize_id place", stays=WORK),
    _kind("result_sets", "computed_by", hides="version body sealed sha256 salt", stays=WORK),
    # what happens with winners
    _kind("cases", "sponsor_owner_id", "team_owner_id", hides="version", stays=STAYS),
    _kind("case_documents", "by_id", stays=STAYS),
    _kind("check_ins", "by_id", stays=STAYS),
    _kind("gates", "decided_by", stays=STAYS),
    _kind("measurements", "by_id", stays=STAYS),
    _kind("milestones", "done_by", hides="version", stays=STAYS),
    _kind("obligations", "kept_by", hides="version", stays=STAYS),
    _kind("obligation_moves", "by_id", stays=STAYS),
    # the record
    _kind("document_views", "user_id", stays=PROOF),
    _kind("events", "actor_id", "subject_id", stays=PROOF),
)  # fmt: skip
# Tables that name no person. Job queues and counts of tries are not tables of ours: `erasing` and
# `web.tries` see to them.
IMPERSONAL = frozenset(
    {
        *("agreements", "anchors", "attachments", "calibrations", "certificates", "chain_heads"),
        *(
            "checkpoints",
            "challenges",
            "contests",
            "criteria",
            "drafts",
            "duties",
            "eligibility_questions",
        ),
        *("faqs", "forms", "idempotency_keys", "kpis", "levels", "organisations", "partnerships"),
        *("prizes", "questions", "rankings", "receipts", "removals", "renditions", "retentions"),
        *("rounds", "rubrics", "series", "slots", "stage_entries", "stages", "standings"),
        *("switches", "teams", "timeline_items", "tracks", "undertaking_texts", "undertakings"),
        "workers",
    }
)


def rows(user_id: uuid.UUID, email: str) -> Iterator[tuple[Kind, ColumnElement[bool]]]:
    """Return each kind with the condition on its rows."""
    for kind in KINDS:
        yield kind, kind.mine(user_id, email)
