"""What each verb of the record means to a reader of the history."""

import re
from collections.abc import Mapping

from flask import Flask
from flask_babel import gettext

from contest.core.text import N_
from contest.events.log import Verb
from contest.web.states import SHOWN

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
INSTANT = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>\d\d:\d\d):\d\d(\.\d+)?\+00:00")
HASH = re.compile(r"[0-9a-f]{64}")
SENTENCES: dict[Verb, str] = {
    Verb.USER_CHANGED: N_("Profile changed"),
    Verb.USER_CONFIRMED: N_("Mail address confirmed"),
    Verb.USER_CREATED: N_("Account created"),
    Verb.USER_FEED_RENEWED: N_("Calendar address renewed"),
    Verb.USER_PASSWORD_SET: N_("Password set"),
    Verb.USER_SIGNED_IN: N_("Signed in"),
    Verb.USER_SIGNED_OUT_EVERYWHERE: N_("Signed out everywhere"),
    Verb.APPOINTMENT_ACCEPTED: N_("Role accepted"),
    Verb.APPOINTMENT_DECLINED: N_("Role declined"),
    Verb.APPOINTMENT_ENDED: N_("Role ended"),
    Verb.APPOINTMENT_OFFERED: N_("Role offered"),
    Verb.CONTEST_ANNOUNCED: N_("Contest announced"),
    Verb.CONTEST_BEGUN: N_("Contest begun"),
    Verb.CONTEST_CANCELLED: N_("Contest cancelled"),
    Verb.CONTEST_CONCLUDED: N_("Contest concluded"),
    Verb.CONTEST_CREATED: N_("Contest created"),
    Verb.CONTEST_EDITED: N_("Contest edited"),
    Verb.CONTEST_PART_ADDED: N_("Part of the call added"),
    Verb.CONTEST_PART_EDITED: N_("Part of the call edited"),
    Verb.CONTEST_PART_MOVED: N_("Part of the call moved"),
    Verb.CONTEST_PART_REMOVED: N_("Part of the call removed"),
    Verb.CONTEST_RESUMED: N_("Contest resumed"),
    Verb.CONTEST_SUSPENDED: N_("Contest suspended"),
    Verb.ROUND_CERTIFIED: N_("Round certified"),
    Verb.ROUND_EDITED: N_("Round edited"),
    Verb.ROUND_JUDGING_BEGUN: N_("Judging begun"),
    Verb.ROUND_JUDGING_CLOSED: N_("Judging closed"),
    Verb.ROUND_JUDGING_REOPENED: N_("Judging reopened"),
    Verb.ROUND_OPENED: N_("Round opened for entries"),
    Verb.ROUND_PUBLISHED: N_("Round published"),
    Verb.ROUND_SCREENING_BEGUN: N_("Screening begun"),
    Verb.CASE_AGREEMENT_ADDED: N_("Agreement added"),
    Verb.CASE_AGREEMENT_SIGNED: N_("Agreement signed"),
    Verb.CASE_CHECKED_IN: N_("Check-in written"),
    Verb.CASE_CLOSED: N_("Follow-up closed"),
    Verb.CASE_DOCUMENT_ADDED: N_("Document added"),
    Verb.CASE_GATE_DECIDED: N_("Gate decided"),
    Verb.CASE_HELD: N_("Follow-up put on hold"),
    Verb.CASE_KPI_ADDED: N_("Figure to measure added"),
    Verb.CASE_KPI_EDITED: N_("Figure changed"),
    Verb.CASE_KPI_MEASURED: N_("Figure measured"),
    Verb.CASE_KPI_WAIVED: N_("Figure waived"),
    Verb.CASE_MILESTONE_ADDED: N_("Milestone added"),
    Verb.CASE_MILESTONE_DONE: N_("Milestone reached"),
    Verb.CASE_MILESTONE_EDITED: N_("Milestone changed"),
    Verb.CASE_MOVED: N_("Follow-up moved to another stage"),
    Verb.CASE_OBLIGATION_KEPT: N_("Promise kept"),
    Verb.CASE_OPENED: N_("Follow-up opened"),
    Verb.CASE_OWNED: N_("Owners named"),
    Verb.CASE_RESUMED: N_("Follow-up resumed"),
    Verb.ASSIGNMENT_ABSTAINED: N_("Judge abstained"),
    Verb.ASSIGNMENT_ADDED: N_("Entry given to a judge"),
    Verb.ASSIGNMENT_DEFERRED: N_("Entry deferred"),
    Verb.ASSIGNMENT_OPENED: N_("Entry opened by its judge"),
    Verb.ASSIGNMENT_REASSIGNED: N_("Entry given to another judge"),
    Verb.ASSIGNMENT_RECUSED: N_("Judge recused"),
    Verb.ASSIGNMENT_RESUMED: N_("Abstention taken back"),
    Verb.CONFLICT_DECLARED: N_("Conflict of interest declared"),
    Verb.CONFLICT_FOUND: N_("Conflict of interest found"),
    Verb.CONFLICT_LIFTED: N_("Conflict of interest lifted"),
    Verb.CONFLICTS_REVIEWED: N_("Names checked for conflicts"),
    Verb.JUDGES_NUDGED: N_("Judges reminded"),
    Verb.JUDGING_EXTENDED: N_("Judging extended"),
    Verb.PLAN_APPLIED: N_("Assignment applied"),
    Verb.PLAN_COMPUTED: N_("Assignment computed"),
    Verb.PLAN_DISCARDED: N_("Assignment discarded"),
    Verb.REVIEWS_WAIVED: N_("Missing reviews waived"),
    Verb.RUBRIC_EDITED: N_("Rubric edited"),
    Verb.SCORECARD_AMENDED: N_("Scores amended"),
    Verb.SCORECARD_RESTORED: N_("Scores restored"),
    Verb.SCORECARD_SET_ASIDE: N_("Scores set aside"),
    Verb.SCORECARD_TAKEN_BACK: N_("Scores taken back"),
    Verb.RANKING_COMPUTED: N_("Ranking computed"),
    Verb.SCORECARD_SUBMITTED: N_("Scores handed in"),
    Verb.ENTRY_BEGUN: N_("Entry begun"),
    Verb.ENTRY_FILE_ATTACHED: N_("File attached"),
    Verb.ENTRY_FILE_DETACHED: N_("File removed"),
    Verb.ENTRY_FOUND_ELIGIBLE: N_("Found eligible"),
    Verb.ENTRY_FOUND_INELIGIBLE: N_("Found ineligible"),
    Verb.ENTRY_GALLERY_JOINED: N_("Agreed to be shown in the gallery"),
    Verb.ENTRY_GALLERY_LEFT: N_("No longer shown in the gallery"),
    Verb.ENTRY_INFO_REQUESTED: N_("Information requested"),
    Verb.ENTRY_RECONSIDERED: N_("Screening reconsidered"),
    Verb.ENTRY_SUBMITTED: N_("Entry handed in"),
    Verb.ENTRY_WITHDRAWN: N_("Entry withdrawn"),
    Verb.EXTENSION_GIVEN: N_("More time given"),
    Verb.QUESTION_ADDED: N_("Question added"),
    Verb.QUESTION_EDITED: N_("Question edited"),
    Verb.QUESTION_MOVED: N_("Question moved"),
    Verb.QUESTION_REMOVED: N_("Question removed"),
    Verb.MESSAGE_DROPPED: N_("Message dropped"),
    Verb.MESSAGE_EDITED: N_("Message edited"),
    Verb.MESSAGE_RELEASED: N_("Message released"),
    Verb.ORGANISATION_CREATED: N_("Organisation created"),
    Verb.ORGANISATION_EDITED: N_("Organisation edited"),
    Verb.POSITION_ADDED: N_("Position added"),
    Verb.POSITION_ENDED: N_("Position ended"),
    Verb.ORDER_DRAWN: N_("Running order drawn"),
    Verb.PITCH_FINISHED: N_("Pitch finished"),
    Verb.PITCH_QUESTIONED: N_("Questions to a pitch begun"),
    Verb.PITCH_REPEATED: N_("Pitch to be held again"),
    Verb.PITCH_SKIPPED: N_("Pitch skipped"),
    Verb.PITCH_STARTED: N_("Pitch started"),
    Verb.STAGE_ARRANGED: N_("Place and time of the pitches set"),
    Verb.TEAM_DISSOLVED: N_("Team dissolved"),
    Verb.TEAM_EDITED: N_("Team edited"),
    Verb.TEAM_ELIGIBILITY_ANSWERED: N_("Eligibility answered"),
    Verb.TEAM_FOUNDED: N_("Team founded"),
    Verb.TEAM_HANDED_OVER: N_("Lead of the team handed over"),
    Verb.TEAM_INVITATION_REVOKED: N_("Invitation taken back"),
    Verb.TEAM_INVITED: N_("Member invited"),
    Verb.TEAM_JOINED: N_("Member joined"),
    Verb.TEAM_LEFT: N_("Member left"),
    Verb.TEAM_MEMBER_REMOVED: N_("Member removed"),
    Verb.CERTIFICATE_MADE: N_("Certificate made"),
    Verb.DECISIONS_APPLIED: N_("Decisions applied"),
    Verb.DECISIONS_PROPOSED: N_("Decisions proposed"),
    Verb.DECISIONS_TAKEN_BACK: N_("Decisions taken back"),
    Verb.ENTRY_DECIDED: N_("Decision takes effect"),
    Verb.ENTRY_REINSTATED: N_("Entry reinstated"),
    Verb.RESULTS_CERTIFIED: N_("Results certified"),
    Verb.RESULTS_COMPUTED: N_("Results computed"),
    Verb.RESULTS_DISCARDED: N_("Results discarded"),
    Verb.RESULTS_EMBARGOED: N_("Publication set"),
    Verb.RESULTS_PUBLISHED: N_("Results published"),
    Verb.RESULTS_SIGNED: N_("Results signed"),
    Verb.RESULTS_SUPERSEDED: N_("Results superseded"),
    Verb.UNDERTAKING_PUBLISHED: N_("Undertaking published"),
    Verb.UNDERTAKING_SIGNED: N_("Undertaking signed"),
}


def verb_sentence(verb: str) -> str:
    """Return the sentence of a verb in the language of the reader. A template filter."""
    return gettext(SENTENCES[Verb(verb)])


def in_short(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return an event's facts for a reader: ids are left out, hashes shortened. A template filter."""
    told = []
    for name, value in facts.items():
        if value is None:
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if isinstance(value, list) and any(ID.fullmatch(str(v)) for v in value):
            shown = str(len(value))
        if shown and not ID.fullmatch(shown):
            told.append((name.replace("_", " "), _readable(shown)))
    return told


def _readable(value: str) -> str:
    """Return a hash shortened, an instant to the minute, and a state as its word."""
    if HASH.fullmatch(value):
        return f"{value[:10]}…"
    if found := INSTANT.fullmatch(value):
        return f"{found['day']} {found['time']} UTC"
    return gettext(SHOWN[value][0]) if value in SHOWN else value


def init_app(app: Flask) -> None:
    app.add_template_filter(verb_sentence)
    app.add_template_filter(in_short)
