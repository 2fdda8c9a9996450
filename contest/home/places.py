"""The lines of the sidebar in a contest's workspace, in the order in which a contest runs.

A place appears when its page exists and the reader's roles lead there.
"""

from contest.contests import policy
from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.core.text import N_
from contest.results.models import OFFICERS
from contest.web.navigation import Place

CONTEST, SET_UP = N_("Contest"), N_("Set-up")


def runs(actor: Actor) -> bool:
    return actor.runs()


def competes(actor: Actor) -> bool:
    return actor.user is not None and not actor.roles and not actor.user.is_admin


def takes_part(actor: Actor) -> bool:
    return competes(actor) or actor.has(Role.JUDGE)


def screens(actor: Actor) -> bool:
    return actor.runs() or actor.has(Role.SCREENER)


def staff(actor: Actor) -> bool:
    return actor.is_staff()


def oversees(actor: Actor) -> bool:
    return bool(policy.may_oversee(actor))


def on_the_day(actor: Actor) -> bool:
    return actor.is_staff() or actor.has(Role.JUDGE)


def chairs(actor: Actor) -> bool:
    return actor.runs() or actor.has(Role.CHAIR)


def judges(actor: Actor) -> bool:
    return actor.has(Role.JUDGE)


def officer(actor: Actor) -> bool:
    return actor.runs() or actor.has(*OFFICERS)


def carries_on(actor: Actor) -> bool:
    return actor.runs() or actor.has(Role.SPONSOR, Role.FOLLOW_UP)


SET_UP_PAGES = frozenset(
    f"contests.{page}"
    for page in (
        "settings", "partners", "challenges", "tracks", "rounds", "round_create", "round_edit",
        "round_remove", "prizes", "duties", "undertakings", "undertaking_edit", "ip_terms",
        "timeline", "faqs", "eligibility", "part_edit", "part_remove",
    )
) | frozenset(
    f"entries.{page}" for page in ("form_edit", "question_add", "question_edit", "question_remove")
)  # fmt: skip
PLACES = (  # each with its icon on a line that says so: the build looks for that
    Place(CONTEST, N_("Overview"), "layout-dashboard", "contests.manage", oversees,  # icon
          frozenset({"contests.announce", "contests.move"})),
    Place(CONTEST, N_("Public page"), "globe", "contests.show", takes_part),  # icon
    Place(CONTEST, N_("Your team"), "users", "teams.mine", competes,  # icon
          frozenset({"teams.show", "teams.create", "teams.edit", "teams.invite", "teams.leave",
                     "teams.eligibility", "teams.remove", "teams.hand_over", "entries.write",
                     "entries.submit", "entries.show", "entries.withdraw", "vault.ledger",
                     "results.consent", "results.feedback", "followup.*"})),
    Place(CONTEST, N_("Teams"), "users", "teams.index", staff,  # icon
          frozenset({"teams.show", "teams.eligibility"})),
    Place(CONTEST, N_("Entries"), "inbox", "entries.index", staff,  # icon
          frozenset({"entries.show", "entries.extend", "vault.ledger"})),
    Place(CONTEST, N_("Screening"), "list-checks", "entries.screening", screens,  # icon
          frozenset({"entries.screen", "entries.find"})),
    Place(CONTEST, N_("Judging"), "gavel", "judging.panel", chairs,  # icon
          frozenset({"judging.rubric", "judging.criterion_add", "judging.criterion_edit",
                     "judging.criterion_remove", "judging.plan", "judging.assign",
                     "judging.plan_apply", "judging.begin", "judging.progress", "judging.close",
                     "judging.waive", "judging.release", "judging.extend", "judging.entry",
                     "judging.set_aside", "judging.consensus", "judging.ballots",
                     "judging.ballot_set_aside", "judging.calibrations", "ranking.panel_drift",
                     "comparing.chair", "judging.conflict_add",
                     "judging.conflict_lift", "ranking.show", "ranking.explain"})),
    Place(CONTEST, N_("My conflicts"), "shield-check", "judging.conflicts", judges),  # icon
    Place(CONTEST, N_("Pitch day"), "presentation", "pitchday.index", on_the_day,  # icon
          frozenset({"pitchday.stage", "pitchday.draw", "pitchday.arrange"})),
    Place(CONTEST, N_("Results"), "trophy", "results.certify", officer,  # icon
          frozenset({"results.decide", "results.take_back", "results.sign", "results.embargo",
                     "results.discard", "results.correct", "results.publish"})),
    Place(CONTEST, N_("Follow-up"), "sprout", "followup.board", carries_on,  # icon
          frozenset({"followup.*"})),
    Place(CONTEST, N_("Messages"), "mail", "messages.index", chairs,  # icon
          frozenset({"messages.show", "messages.annotate", "messages.drop"})),
    Place(CONTEST, N_("History"), "history", "home.history", runs),  # icon
    Place(SET_UP, N_("Set-up"), "sliders-horizontal", "contests.edit", runs, SET_UP_PAGES),  # icon
    Place(SET_UP, N_("People"), "users-round", "contests.people", runs,  # icon
          frozenset({"contests.appointment_edit", "contests.appointment_end"})),
    Place(SET_UP, N_("Keeping and forgetting"), "calendar-x", "privacy.keep", runs),  # icon
)  # fmt: skip
