"""Whatever several people can edit: the second of two is shown both, and nothing goes unseen."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role, RoundKind, RoundPhase
from contest.privacy.models import Class
from contest.teams.models import TeamRole
from tests import make
from tests.filled import held, opened
from tests.followup.story import carried
from tests.pages import Client


@dataclass(frozen=True, slots=True)
class Edited:
    """A form, who fills it, and one of its inputs as two people change it."""

    by: User
    url: str
    name: str
    hers: str
    his: str
    shown: tuple[str, str] | None = None  # as a reader sees both, where that is not what is sent
    target: str = ""

    def both(self) -> tuple[str, str]:
        return self.shown or (self.hers, self.his)

    def post(self) -> str:
        return self.target or self.url


def criterion(session: Session) -> Edited:
    chair = make.user(session)
    round_ = make.round_(session, make.contest(session))
    make.appointment(session, round_.contest, chair, Role.CHAIR)
    one = make.rubric(session, round_).criteria[0]
    return Edited(chair, f"/rounds/{round_.id}/rubric/{one.id}", "level_5-en", "Unheard of", "New")


def question(session: Session) -> Edited:
    organiser = make.user(session)
    round_ = make.round_(session, make.contest(session, organiser=organiser))
    one = make.form(session, round_).questions[0]
    return Edited(organiser, f"/questions/{one.id}/edit", "title-en", "Say it", "Your idea")


def kind_of_question(session: Session) -> Edited:
    asked = question(session)
    return Edited(asked.by, asked.url, "kind", "link", "number", ("Link", "A number"))


def stage(session: Session) -> Edited:
    chair, contest = make.user(session), make.contest(session)
    make.appointment(session, contest, chair, Role.CHAIR)
    round_ = make.round_(session, contest, number=2, kind=RoundKind.PITCH, phase=RoundPhase.JUDGING)
    return Edited(chair, f"/rounds/{round_.id}/stage/arrange", "place", "Hall 1", "Hall 2")


def letter(session: Session) -> Edited:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    one = make.message(
        session, make.user(session), kind="judging_assigned", contest=contest, hold=True,
        round=contest.title, closes_at=make.NOON, zone=contest.zone,
    )  # fmt: skip
    url = f"/contests/{contest.slug}/messages/{one.id}"
    return Edited(organiser, url, "note", "Well done!", "See you.", target=f"{url}/note")


def team(session: Session) -> Edited:
    lead = make.user(session)
    one = make.team(session, lead, contest=make.contest(session))
    return Edited(lead, f"/teams/{one.id}/edit", "name", "Aurora", "Borealis")


def country(session: Session) -> Edited:
    of = team(session)
    return Edited(of.by, of.url, "country", "JP", "DE", ("Japan", "Germany"))


def eligibility(session: Session) -> Edited:
    lead, contest = make.user(session), make.contest(session)
    name = f"question_{make.eligibility(session, contest).id.hex}"
    one = make.team(session, lead, contest=contest)
    return Edited(lead, f"/teams/{one.id}/eligibility", name, "yes", "no", ("Yes", "No"))


def owners(session: Session) -> Edited:
    told = carried(session, owned=False)
    other = make.user(session, name="Suzuki Ren")
    make.appointment(session, told.contest, other, Role.FOLLOW_UP)
    return Edited(
        told.organiser, f"/cases/{told.case.id}/owners", "sponsor", str(told.owner.id),
        str(other.id), ("Sato Misaki", "Suzuki Ren"),
    )  # fmt: skip


def retention(session: Session) -> Edited:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    url = f"/contests/{contest.slug}/retention"
    return Edited(organiser, url, Class.DRAFTS.value, "30", "400")


def appointment(session: Session) -> Edited:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser, languages=["en", "ja"])
    one = make.appointment(session, contest, make.user(session))
    return Edited(organiser, f"/appointments/{one.id}/edit", "title", "CTO", "Head of research")


def languages_of_a_judge(session: Session) -> Edited:
    of = appointment(session)
    return Edited(of.by, of.url, "languages", "en", "ja", ("English", "日本語"))


def partner(session: Session) -> Edited:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    one = make.partnership(session, contest, make.organisation(session))
    url = f"/contests/{contest.slug}/set-up/partners/{one.id}"
    return Edited(organiser, url, "role", "media", "partner", ("Media partner", "Partner"))


def promise(session: Session) -> Edited:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    make.undertaking(session, contest)
    url = f"/contests/{contest.slug}/undertakings/rules"
    return Edited(organiser, url, "body-en", "Be kind.", "Be honest.")


EDITED = (
    criterion, question, kind_of_question, stage, letter, team, country, eligibility, owners,
    retention, appointment, languages_of_a_judge, partner, promise,
)  # fmt: skip


@pytest.mark.parametrize("edited", EDITED, ids=lambda edited: edited.__name__)
def test_the_second_of_two_is_shown_both_and_nothing_is_overwritten_unseen(
    client: Client, session: Session, edited: Callable[[Session], Edited]
) -> None:
    form = edited(session)
    client.sign_in(form.by)
    hers, his = opened(client, form.url), opened(client, form.url)
    first = client.post(form.post(), data=hers | {form.name: form.hers})
    assert first.status_code == 303, first.text

    second = client.post(form.post(), data=his | {form.name: form.his})

    assert second.status_code == 422
    for text in form.both():
        assert f"<pre>{text}</pre>" in second.text
    assert opened(client, form.url)[form.name] == form.hers
    again = held(second.text)
    assert again[form.name] == form.his
    assert client.post(form.post(), data=again).status_code == 303
    assert opened(client, form.url)[form.name] == form.his


def test_several_choices_stand_side_by_side_as_they_are_read(
    client: Client, session: Session
) -> None:
    form = languages_of_a_judge(session)
    client.sign_in(form.by)
    hers, his = opened(client, form.url), opened(client, form.url)
    client.post(form.url, data=hers | {"languages": ["en", "ja"]})

    text = client.post(form.url, data=his | {"languages": ["ja"]}).text

    assert "<pre>English and 日本語</pre>" in text
    assert 'data-clash-text-value="en\nja"' in text


def test_two_leads_change_different_things_of_a_team(client: Client, session: Session) -> None:
    ada, bob = make.user(session), make.user(session)
    one = make.team(session, ada, bob, contest=make.contest(session))
    one.members[1].role = TeamRole.LEAD
    session.flush()
    url = f"/teams/{one.id}/edit"
    client.sign_in(ada)
    hers = opened(client, url)
    client.sign_in(bob)
    client.post(url, data=opened(client, url) | {"name": "Borealis"})
    client.sign_in(ada)

    assert client.post(url, data=hers | {"country": "JP"}).status_code == 303

    session.refresh(one)
    assert (one.name, one.country) == ("Borealis", "JP")
