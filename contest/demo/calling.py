"""Step one: the organiser writes the call and announces it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from contest.accounts.models import User
from contest.contests.actions import edition, parts, people, rounds
from contest.contests.models import (
    Challenge,
    Duty,
    Eligibility,
    Faq,
    IpTerms,
    Mode,
    PartnerRole,
    Partnership,
    Prize,
    Role,
    Round,
    RoundKind,
    Series,
    TimelineItem,
    Track,
)
from contest.core.words import Words
from contest.demo import call, cast
from contest.demo.play import Play
from contest.demo.tables import HOURS
from contest.entries.actions import forms
from contest.entries.models import QuestionKind
from contest.judging.actions import rubric
from contest.organisations import actions as organisations
from contest.organisations.models import Kind
from contest.undertakings import actions as undertakings
from contest.undertakings.models import Kind as Promise


def announce(play: Play) -> None:
    """The organiser writes the call and announces it."""
    s, script = play.session, play.script
    at = play.at(script.announced - timedelta(days=7))
    for p in (cast.ORGANISER, cast.CHAIR, cast.SCREENER, cast.SPONSOR, cast.FOLLOW_UP,
              cast.SECOND_ORGANISER):  # fmt: skip
        play.person(p, at)
    _directory(play, at)
    by = play.organiser
    series = s.scalar(select(Series).where(Series.slug == "hitachi-blockchain-challenge"))
    play.contest = contest = edition.create(
        s,
        edition.Founding(
            series=series,
            series_name=Words(en="Hitachi Blockchain Challenge", zh="日立区块链创新挑战赛"),
            slug=script.slug, edition=script.edition, country=script.country,
            zone=script.zone, languages=list(script.languages), title=script.title,
        ),
        by=by,
        at=at,
    )  # fmt: skip
    edition.edit(
        s, contest,
        {"tagline": script.tagline, "brief": script.brief, "colour": script.colour,
         "ip_terms": IpTerms.TEAM_KEEPS},
        seen=contest.version, by=by, at=at,
    )  # fmt: skip
    _parts(play, by, at)
    _rounds(play, by, at)
    _promises(play, by, at)
    _appoint(play, by, at)
    edition.announce(s, contest, by=by, at=play.at(script.announced))


def _directory(play: Play, at: datetime) -> None:
    for slug, en, zh, ja, kind, country, domains, website in cast.ORGANISATIONS:
        if slug not in play.firms:
            play.firms[slug] = organisations.create(
                play.session,
                organisations.Entry(
                    name=Words(en=en, zh=zh, ja=ja), kind=Kind(kind), country=country,
                    slug=slug, website=website, domains=tuple(domains),
                ),
                by=play.organiser,
                at=at,
            )  # fmt: skip


def _parts(play: Play, by: User, at: datetime) -> None:
    def add(*given: object) -> None:
        for part in given:
            parts.add(play.session, play.contest, part, by=by, at=at)  # type: ignore[type-var]

    sponsor = play.firms["hitachi"]
    partners = [("hitachi", PartnerRole.SPONSOR), ("xnode", PartnerRole.INCUBATOR),
                ("shanghai-fintech", PartnerRole.PARTNER), ("ledger-weekly", PartnerRole.MEDIA)]  # fmt: skip
    add(*(Partnership(organisation=play.firms[o], role=role) for o, role in partners))
    title, brief = call.CHALLENGE
    add(Challenge(organisation=sponsor, title=title, brief=brief))
    play.tracks = {
        name: Track(title=t, summary=summary) for name, (t, summary) in call.TRACKS.items()
    }
    add(*play.tracks.values())
    for t, benefits, places, minor, currency in call.PRIZES[: 2 if play.script.places > 2 else 1]:
        amount = call.US_PRIZE if currency and play.script.country == "US" else (minor, currency)
        add(Prize(title=t, benefits=benefits, amount_minor=amount[0], currency=amount[1],
                  places=play.script.places if places > 1 else 1))  # fmt: skip
    add(*(Duty(organisation=sponsor, title=t, due_days=days) for t, days in call.DUTIES))
    add(*(Faq(question=q, answer=a) for q, a in call.FAQS))
    add(*(TimelineItem(on=date(*on), title=t) for on, t in call.TIMELINE
          if play.script.country == "CN"))  # fmt: skip
    add(*(Eligibility(question=q, expected=e, reason=r)
              for q, e, r in call.ELIGIBILITY[play.script.country == "US" :]))  # fmt: skip


def _rounds(play: Play, by: User, at: datetime) -> None:
    script = play.script
    writes_ballots = script.ready > 0
    play.desk = rounds.plan(
        play.session, play.contest,
        Round(kind=RoundKind.DESK, mode=Mode.RANKING if writes_ballots else Mode.RUBRIC,
              title=Words(en="Desk round", zh="初评"),
              opens_at=script.opens, closes_at=script.closes, grace_seconds=600,
              judging_opens_at=script.closes + timedelta(days=4),
              judging_closes_at=script.judging_ends, minimum_reviews=script.reviews,
              load_min=2, load_max=10, advance_count=script.advance),
        by=by, at=at,
    )  # fmt: skip
    if script.tables is not None:
        play.tables = rounds.plan(
            play.session, play.contest,
            Round(kind=RoundKind.DESK, mode=Mode.PAIRWISE, title=Words(en="Demo tables", zh="展台体验"),
                  judging_opens_at=script.tables, judging_closes_at=script.tables + HOURS,
                  advance_count=script.seats),
            by=by, at=at,
        )  # fmt: skip
    if writes_ballots:
        judged = script.judging_ends + timedelta(days=1)
        play.readiness = rounds.plan(
            play.session, play.contest,
            Round(kind=RoundKind.DESK, mode=Mode.PASS_FAIL, title=Words(en="Ready for a pilot?", zh="能否试点？"),
                  judging_opens_at=judged, judging_closes_at=judged + timedelta(days=1),
                  minimum_reviews=4, load_min=0, load_max=10, advance_count=script.ready),
            by=by, at=at,
        )  # fmt: skip
    play.pitch = rounds.plan(
        play.session, play.contest,
        Round(kind=RoundKind.PITCH, mode=Mode.POINTS if writes_ballots else Mode.RUBRIC,
              title=Words(en="Pitch day", zh="路演日"),
              judging_opens_at=script.pitch, judging_closes_at=script.pitch + timedelta(hours=7),
              minimum_reviews=2, load_min=0, load_max=30, advance_count=None,
              pitch_seconds=360, questions_seconds=360),
        by=by, at=at,
    )  # fmt: skip
    for kind, title, help_, required, limit, public, identifies, choices in call.QUESTIONS:
        forms.add_question(
            play.session, play.desk,
            forms.Asked(kind=QuestionKind(kind), title=title, help=help_, required=required,
                        limit=limit, choices=choices, public=public, identifies=identifies),
            by=by, at=at,
        )  # fmt: skip
    for round_, criteria in ((play.desk, call.RUBRIC), (play.pitch, call.PITCH_RUBRIC)):
        for title, help_, weight, levels in criteria if round_.mode is Mode.RUBRIC else ():
            rubric.add_criterion(
                play.session, round_,
                rubric.CriterionInput(title=title, help=help_, weight=weight, levels=levels),
                by=by, at=at,
            )  # fmt: skip


def _promises(play: Play, by: User, at: datetime) -> None:
    for kind, body in ((Promise.RULES, call.RULES), (Promise.IP, call.IP),
                       (Promise.NDA, call.NDA), (Promise.CONFLICT, call.CONFLICT)):  # fmt: skip
        undertakings.publish_text(play.session, "contest", play.contest.id, kind, body,
                                  about=play.contest.title, by=by, at=at)  # fmt: skip


def _appoint(play: Play, by: User, at: datetime) -> None:
    wanted = [
        (cast.SECOND_ORGANISER, Role.ORGANISER, "Programme manager", "xnode", True),
        (cast.SCREENER, Role.SCREENER, "Screening", "xnode", False),
        (cast.CHAIR, Role.CHAIR, "Chair of the jury", "hitachi", True),
        (cast.SPONSOR, Role.SPONSOR, "Executive sponsor", "hitachi", True),
        (cast.FOLLOW_UP, Role.FOLLOW_UP, "Open innovation office", "hitachi", False),
    ]
    wanted += [(j.person, Role.JUDGE, j.title, j.organisation, True) for j in play.script.judges]
    for person, role, title, firm, public in wanted:
        appointment = people.invite(
            play.session, play.contest,
            people.Invitation(email=person.email, name=person.name, role=role, title=title,
                              organisation_id=play.firms[firm].id, public=public),
            by=by, at=at,
        )  # fmt: skip
        later = at + timedelta(hours=5)
        play.person(person, later)
        people.accept(play.session, appointment, at=later)
