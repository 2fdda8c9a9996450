"""Every address of the program that can be read, with the ids of a world: made from its routes."""

import itertools
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import literal, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from contest.accounts.models import Identity, Passkey, SignIn, User
from contest.contests.models import Appointment, Contest, Eligibility, Prize, Round, Series, Track
from contest.entries.models import Attachment, Entry, Question, Receipt, Version
from contest.followup.models import (
    Agreement,
    Case,
    CaseDocument,
    Kpi,
    Milestone,
    Obligation,
)
from contest.judging.models import (
    Anchor,
    Assignment,
    Ballot,
    Calibration,
    Comparison,
    Conflict,
    Criterion,
    Rubric,
    Scorecard,
)
from contest.judging.models.assignment import AssignmentPlan
from contest.messages.models import Message
from contest.organisations.models import Organisation, Position
from contest.pitchday.models import Slot
from contest.privacy.models import Export
from contest.results.models import Certificate, ResultSet
from contest.teams.models import Member, Team, TeamInvitation
from contest.undertakings.models import UndertakingText

NOWHERE = uuid.UUID(int=0)  # an id of nothing: for tables that are empty in a world
# What an argument of a route stands for.
IDS: dict[str, type[Any]] = {
    "agreement_id": Agreement, "anchor_id": Anchor, "appointment_id": Appointment,
    "assignment_id": Assignment, "ballot_id": Ballot, "calibration_id": Calibration,
    "case_id": Case, "comparison_id": Comparison, "conflict_id": Conflict,
    "document_id": CaseDocument, "entry_id": Entry, "invitation_id": TeamInvitation,
    "kpi_id": Kpi, "message_id": Message, "milestone_id": Milestone, "number": SignIn,
    "export_id": Export, "obligation_id": Obligation, "passkey_id": Passkey, "identity_id": Identity,
    "plan_id": AssignmentPlan, "position_id": Position,
    "question_id": Question, "round_id": Round, "scorecard_id": Scorecard, "slot_id": Slot, "user_id": User,
    "team_id": Team, "text_id": UndertakingText,
}  # fmt: skip
# Arguments that mean something only together; those not named here are combined as they come.
TOGETHER: dict[frozenset[str], Any] = {
    frozenset({"assignment_id", "file_id"}): select(
        Assignment.id.label("assignment_id"), Attachment.file_id.label("file_id")
    ).join_from(Assignment, Version, Version.entry_id == Assignment.entry_id).join(
        Attachment, Attachment.version_id == Version.id
    ),
    frozenset({"anchor_id", "file_id"}): select(
        Anchor.id.label("anchor_id"), Attachment.file_id.label("file_id")
    ).join_from(Anchor, Version, Version.entry_id == Anchor.entry_id).join(
        Attachment, Attachment.version_id == Version.id
    ),
    frozenset({"version_id", "file_id"}): select(Attachment.version_id, Attachment.file_id),
    frozenset({"team_id", "question_id", "file_id"}): select(
        Entry.team_id, Attachment.question_id, Attachment.file_id
    ).join_from(Entry, Version, Version.entry_id == Entry.id).join(
        Attachment, Attachment.version_id == Version.id
    ),
    frozenset({"entry_id", "file_id"}): select(
        Version.entry_id, Attachment.file_id
    ).join_from(Version, Attachment, Attachment.version_id == Version.id),
    frozenset({"team_id", "question_id"}): select(
        Entry.team_id, Attachment.question_id
    ).join_from(Entry, Version, Version.entry_id == Entry.id).join(
        Attachment, Attachment.version_id == Version.id
    ),
    frozenset({"team_id", "member_id"}): select(Member.team_id, Member.id.label("member_id")),
    frozenset({"team_id", "invitation_id"}): select(
        TeamInvitation.team_id, TeamInvitation.id.label("invitation_id")
    ),
    frozenset({"slug", "message_id"}): select(
        Contest.slug, Message.id.label("message_id")
    ).join_from(Message, Contest, Contest.id == Message.contest_id),
    frozenset({"slug", "entry_id"}): select(
        Contest.slug, Entry.id.label("entry_id")
    ).join_from(Entry, Contest, Contest.id == Entry.contest_id),
    frozenset({"slug", "number"}): select(Contest.slug, ResultSet.number).join_from(
        ResultSet, Contest, Contest.id == ResultSet.contest_id
    ),
    frozenset({"round_id", "criterion_id"}): select(
        Rubric.round_id, Criterion.id.label("criterion_id")
    ).join_from(Rubric, Criterion, Criterion.rubric_id == Rubric.id),
    frozenset({"round_id", "slot_id"}): select(
        Round.id.label("round_id"), Slot.id.label("slot_id")
    ).join_from(Round, Slot, literal(value=True)),
}  # fmt: skip
PLAIN = {"page": 1, "act": "start"}
PARTS = {"tracks": Track, "prizes": Prize, "eligibility": Eligibility}  # as far as a world has them
HISTORIES = {
    "entries": Entry, "teams": Team, "cases": Case, "rounds": Round, "result_sets": ResultSet,
}  # fmt: skip


class Addresses:
    """The addresses of one world. `few` limits how many things of a kind are asked for."""

    def __init__(
        self, app: Flask, session: Session, *, few: int, first: Collection[str] = ()
    ) -> None:
        self._app, self._session, self._few = app, session, few
        self._first = first

    def of(self, method: str = "GET") -> list[str]:
        """Return them all, in the order of the routes. Raises LookupError for a route we cannot ask."""
        return list({url: None for urls in self.by_route(method).values() for url in urls})

    def by_route(self, method: str) -> dict[str, list[str]]:
        """Return the addresses of each route."""
        return {
            rule.rule: [self._built(rule, values) for values in self._values(rule)]
            for rule in self._app.url_map.iter_rules()
            if method in (rule.methods or ()) and rule.endpoint != "static"
        }

    def _built(self, rule: Rule, values: dict[str, Any]) -> str:
        built = rule.build(values)
        if built is None:
            raise LookupError(f"{rule.rule} takes no {values}")
        return built[1]

    def _values(self, rule: Rule) -> Iterator[dict[str, Any]]:
        asked = set(rule.arguments) - set(rule.defaults or ())
        groups: list[list[dict[str, Any]]] = []
        for names in sorted(TOGETHER, key=len, reverse=True):
            if names <= asked and not (rule.rule.startswith("/history") and names):
                groups.append(self._rows(TOGETHER[names], names))
                asked -= names
        if {"kind", "part_id"} <= asked:
            groups.append(self._of_kinds(PARTS, "part_id"))
            asked -= {"kind", "part_id"}
        if {"kind", "thing_id"} <= asked:
            groups.append(self._of_kinds(HISTORIES, "thing_id"))
            asked -= {"kind", "thing_id"}
        groups += [self._single(rule, name) for name in sorted(asked)]
        for chosen in itertools.product(*groups):
            yield {
                **(rule.defaults or {}),
                **{name: value for values in chosen for name, value in values.items()},
            }

    def _single(self, rule: Rule, name: str) -> list[dict[str, Any]]:
        if name in IDS:
            return self._rows(select(IDS[name].id.label(name)), frozenset({name}))
        if name == "slug":
            table: Any = {"organisations": Organisation, "series": Series}.get(
                rule.rule.split("/")[1], Contest
            )
            return self._rows(select(table.slug), frozenset({name}))
        if name == "code":
            table = Certificate if rule.rule.startswith("/certificates") else Receipt
            return self._rows(select(table.code), frozenset({name}))
        if name == "token":
            return [{name: value} for value in self._tokens()]
        if name in PLAIN:
            return [{name: PLAIN[name]}]
        converter = rule._converters[name]  # noqa: SLF001 -- werkzeug tells it nowhere else
        if hasattr(converter, "items"):  # any(…): each of them
            return [{name: value} for value in sorted(converter.items)]
        raise LookupError(
            f"{rule.rule}: nobody knows what “{name}” is; name its table in tests/worlds/addresses.py"
        )

    def _tokens(self) -> list[str]:
        """Return tokens of some people; whom the secret is about may know it."""
        known = self._session.execute(select(User.id, User.feed_token).order_by(User.email))
        told = [token for number, token in known if str(number) not in self._first]
        return ["nothing-signed", *told[: self._few]]

    def _of_kinds(self, kinds: dict[str, type[Any]], name: str) -> list[dict[str, Any]]:
        return [
            {"kind": kind, name: row[name]}
            for kind, table in kinds.items()
            for row in self._rows(select(table.id.label(name)), frozenset({name}))
        ]

    def _rows(self, wanted: Any, names: frozenset[str]) -> list[dict[str, Any]]:
        """Return the first few rows, those that the secret is about before the others."""
        rows = [dict(row._mapping) for row in self._session.execute(wanted)]  # noqa: SLF001
        rows.sort(key=lambda row: (-self._concern(row), str(sorted(row.items(), key=str))))
        blank: dict[str, Any] = {
            name: "nothing" if name in {"slug", "code"} else NOWHERE for name in names
        }
        blank |= {"number": 1} if {"slug", "number"} <= names else {}
        return rows[: self._few] or [blank]

    def _concern(self, row: dict[str, Any]) -> int:
        return sum(str(value) in self._first for value in row.values())
