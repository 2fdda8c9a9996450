import random
import re
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Contest, Role
from contest.entries.models import Entry, State
from contest.judging.models import Assignment, Rubric, Scorecard
from contest.results.actions import consent, sets
from contest.results.models import Certificate, Decision, DecisionState, ResultSet, ResultState
from contest.results.queries import feedback
from tests import make
from tests.filled import opened
from tests.jobs import run_promised
from tests.pages import Client
from tests.results.story import TITLES, Story, choices, decided, published, signed, story

HOUR = timedelta(hours=1)


def _post_choices(client: Client, session: Session, told: Story, **reasons: str) -> int:
    data = {}
    for choice in choices(session, told.round):
        data[f"choice_{choice.entry_id.hex}"] = str(choice.prize_id or "no")
        data[f"reason_{choice.entry_id.hex}"] = reasons.get("all", "")
    return client.post(f"/rounds/{told.round.id}/decisions", data=data).status_code


def test_the_chair_decides_signs_with_another_and_publishes_on_pages(
    client: Client, session: Session
) -> None:
    told = story(session)
    results = f"/contests/{told.contest.slug}/results"
    client.sign_in(told.chair)
    client.page(f"/rounds/{told.round.id}/decisions")
    assert _post_choices(client, session, told) == 303
    client.page(f"/rounds/{told.round.id}/decisions")
    client.post(f"/rounds/{told.round.id}/decisions/apply")
    client.page(f"/rounds/{told.round.id}/decisions")
    assert set(session.scalars(select(Decision.state))) == {DecisionState.APPLIED}

    client.page(results)
    client.post(f"{results}/compute")
    made = session.scalars(select(ResultSet)).one()
    for person in (told.chair, told.officer):
        client.sign_in(person)
        assert made.sha256[:8] in client.page(f"{results}?lang=zh").text
        client.page(f"{results}/1/sign")
        assert client.post(f"{results}/1/sign", data={"code": "00000000"}).status_code == 422
        signing = client.post(f"{results}/1/sign", data={"code": made.sha256[:8]})
        assert signing.status_code == 303
        assert client.post(f"{results}/1/sign", data={"code": made.sha256[:8]}).status_code == 403

    client.sign_in(told.organiser)
    client.page(f"{results}/1/embargo")
    client.post(f"{results}/1/embargo", data={"publish_at": "2030-06-01T21:00"})  # Shanghai
    session.refresh(made)
    assert (made.state, made.publish_at) == (ResultState.EMBARGOED, make.NOON + HOUR)
    client.page(results)
    client.page(f"{results}/1/publish-now")
    client.post(f"{results}/1/publish-now")
    session.refresh(made)
    assert made.state is ResultState.PUBLISHED
    client.page(results)
    client.page(f"{results}/correct")


def test_of_two_who_decide_at_once_neither_overwrites_the_other_unseen(
    client: Client, session: Session
) -> None:
    told = story(session)
    client.sign_in(told.chair)
    page = f"/rounds/{told.round.id}/decisions"
    first, second = (str(choice.entry_id.hex) for choice in choices(session, told.round)[:2])
    hers, his = opened(client, page), opened(client, page)

    def reasons() -> dict[str, str]:
        session.expire_all()
        return {d.entry_id.hex: d.reason for d in session.scalars(select(Decision)) if d.reason}

    assert client.post(page, data=hers | {f"reason_{first}": "Hers."}).status_code == 303
    assert client.post(page, data=his | {f"reason_{second}": "His."}).status_code == 303
    assert reasons() == {first: "Hers.", second: "His."}

    answer = client.post(page, data=his | {f"reason_{first}": "Mine.", "_key": ""})
    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in answer.text
    assert reasons()[first] == "Hers."


def test_a_date_that_another_officer_set_meanwhile_is_shown_before_it_is_changed(
    client: Client, session: Session
) -> None:
    told = story(session)
    made = signed(session, told)
    client.sign_in(told.organiser)
    page = f"/contests/{told.contest.slug}/results/1/embargo"
    hers, his = opened(client, page), opened(client, page)

    assert client.post(page, data=hers | {"publish_at": "2030-06-01T21:00"}).status_code == 303
    answer = client.post(page, data=his | {"publish_at": "2030-06-01T23:00"})

    assert answer.status_code == 422
    assert "2030-06-01 21:00" in answer.text
    session.refresh(made)
    assert made.publish_at == make.NOON + HOUR


def test_an_embargoed_result_is_nowhere_and_then_everywhere(
    client: Client, session: Session
) -> None:
    told = story(session)
    judge = make.user(session)
    make.appointment(session, told.contest, judge, Role.JUDGE)
    made = signed(session, told)
    sets.embargo(session, made, publish_at=make.NOON + HOUR, by=told.chair, at=make.NOON)
    base = f"/contests/{told.contest.slug}"
    hidden = [f"{base}/results/public", f"{base}/results/1/proof.json", f"{base}/gallery"]
    for person in (None, judge, told.leads[0], make.user(session)):
        if person is not None:
            client.sign_in(person)
        assert [client.get(url).status_code for url in hidden] == [404, 404, 404]
        history = client.page(f"{base}/results/log").text
        assert made.sha256 in history
        assert made.salt not in history
        assert "Reed filter" not in history
        assert client.get(f"{base}/results").status_code in {303, 404}
    client.sign_in(told.leads[0])
    team = told.entries[0].team_id
    assert client.get(f"/teams/{team}/feedback").status_code == 404

    sets.publish(session, made, by=None, at=make.NOON + HOUR)

    with client.session_transaction() as cookie:
        cookie.clear()
    page = client.page(f"{base}/results/public").text
    assert "Reed filter" in page
    assert "川のセンサー" not in page  # did not win and did not agree to be shown
    assert made.salt in client.page(f"{base}/results/log").text
    assert made.salt in client.get(f"{base}/results/1/proof.json").text


def test_who_applied_the_decisions_is_led_to_the_letters_that_wait(
    client: Client, session: Session
) -> None:
    told = story(session)
    told.round.advance_count = 2
    decided(session, told)
    client.sign_in(told.chair)

    page = client.page(f"/rounds/{told.round.id}/decisions").text

    assert "3 letters wait to be read and released" in page
    assert f"/contests/{told.contest.slug}/messages?state=draft" in page


def test_only_officers_know_the_results_page_and_only_some_publish(
    client: Client, session: Session
) -> None:
    told = story(session)
    signed(session, told)
    results = f"/contests/{told.contest.slug}/results"
    client.sign_in(told.leads[0])
    assert client.get(results).status_code == 404
    assert client.post(f"{results}/1/publish-now").status_code == 404
    assert client.get(f"/rounds/{told.round.id}/decisions").status_code == 403
    client.sign_in(told.officer)
    assert client.post(f"{results}/1/publish-now").status_code == 403
    assert client.post(f"{results}/1/discard", data={"reason": "No"}).status_code == 403


def test_a_result_is_discarded_and_decisions_taken_back_on_pages(
    client: Client, session: Session
) -> None:
    told = story(session)
    made = signed(session, told)
    client.sign_in(told.organiser)
    results = f"/contests/{told.contest.slug}/results"
    client.page(f"{results}/1/discard")
    assert client.post(f"{results}/1/discard", data={"reason": ""}).status_code == 422
    client.post(f"{results}/1/discard", data={"reason": "Wrong spelling"})
    session.refresh(made)
    assert (made.state, made.discard_reason) == (ResultState.DISCARDED, "Wrong spelling")

    client.page(f"/rounds/{told.round.id}/decisions/take-back")
    client.post(f"/rounds/{told.round.id}/decisions/take-back", data={"reason": "Wrong order"})
    assert set(session.scalars(select(Decision.state))) == {DecisionState.PROPOSED}


def _scored(session: Session, told: Story) -> list[str]:
    """Three judges score the first entry; return what they wrote."""
    rubric: Rubric = make.rubric(session, told.round)
    words = []
    for i, points in enumerate(((0, 5), (2, None), (4, 4))):
        judge = make.user(
            session, name=f"Judge Name{i}", email=f"n{told.round.id.hex}{i}@judges.example"
        )
        appointed = make.appointment(session, told.contest, judge)
        work: Assignment = make.assignment(session, told.round, appointed, told.entries[0])
        card: Scorecard = make.scorecard(session, work, rubric, *points)
        card.comment, card.note = f"Comment number {i}", f"Private note {i}"
        words.append(card.comment)
    session.flush()
    return words


def test_feedback_gives_averages_and_words_and_no_judge(client: Client, session: Session) -> None:
    told = story(session)
    words = _scored(session, told)
    published(session, told)
    client.sign_in(told.leads[0])

    page = client.page(f"/teams/{told.entries[0].team_id}/feedback").text

    for word in (*words, "Judge A", "Judge B", "Judge C", "2.0", "4.5"):
        assert word in page
    for secret in ("Judge Name", "judges.example", "Private note"):
        assert secret not in page


def test_the_letters_of_judges_are_drawn_by_chance_and_kept(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = set()
    for seed in range(6):
        monkeypatch.setattr(sets, "_chance", random.Random(seed))
        told = story(session)
        words = _scored(session, told)
        published(session, told)
        first = feedback.feedback(session, told.entries[0].id, only_published=True)
        (shown,) = first
        assert [letter for letter, _ in shown.comments] == ["A", "B", "C"]
        assert feedback.feedback(session, told.entries[0].id, only_published=True) == first
        orders.add(tuple(words.index(text) for _, text in shown.comments))
    assert len(orders) > 1


def test_feedback_is_for_its_team_and_for_the_staff_before(
    client: Client, session: Session
) -> None:
    told = story(session)
    _scored(session, told)
    url = f"/teams/{told.entries[0].team_id}/feedback"
    client.sign_in(told.chair)
    assert "Letters are drawn then." in client.page(url).text
    published(session, told)
    client.sign_in(told.leads[1])
    assert client.get(url).status_code == 404


def _agreed(session: Session, told: Story) -> tuple[Contest, Entry]:
    """The third entry, which did not win, with one public and one private answer, agrees."""
    entry = told.entries[2]
    form = make.form(session, told.round)
    version = make.version(session, entry, form, pitch="Sensors in every river.")
    version.answers = [
        *version.answers,
        {
            "question": str(form.questions[1].id),
            "title": {"en": "Costs"},
            "kind": "text",
            "value": "SECRET COSTS",
        },
    ]
    consent.give(session, entry, by=told.leads[2], at=make.NOON)
    session.flush()
    return told.contest, entry


def test_the_gallery_shows_public_answers_of_teams_that_agreed(
    client: Client, session: Session
) -> None:
    told = story(session)
    published(session, told)
    contest, entry = _agreed(session, told)
    base = f"/contests/{contest.slug}/gallery"

    pages = [client.page(base).text, client.page(f"{base}/{entry.id}").text]

    for page in pages:
        assert "Sensors in every river." in page
        assert "SECRET COSTS" not in page
    assert client.get(f"{base}/{told.entries[0].id}").status_code == 404
    assert "川のセンサー" in client.page(f"{base}?q=センサー").text
    for nothing in ("?q=SECRET", "?q=%25", "?prize=any"):
        assert "川のセンサー" not in client.page(base + nothing).text
    assert "川のセンサー" in client.page(f"/contests/{contest.slug}/results/public").text


def test_the_gallery_begins_with_the_winners_and_filters_by_track_and_prize(
    client: Client, session: Session
) -> None:
    told = story(session)
    tracks = [make.track(session, told.contest, title=title) for title in ("Rivers", "Ports")]
    tracks[1].position = tracks[0].position + 1
    for entry, lead, track in zip(told.entries, told.leads, (*tracks, tracks[0]), strict=True):
        entry.team.track_id = track.id
        consent.give(session, entry, by=lead, at=make.NOON)
    published(session, told)  # the first two win
    base = f"/contests/{told.contest.slug}/gallery"

    def shown(query: str = "") -> list[str]:
        page = client.page(base + query).text
        return sorted((t for t in TITLES if f">{t}</a>" in page), key=page.index)

    assert shown() == list(TITLES)
    assert shown(f"?prize={told.prize.id}") == shown("?prize=any") == list(TITLES[:2])
    assert shown(f"?track={tracks[0].id}") == [TITLES[0], TITLES[2]]
    assert shown(f"?track={tracks[1].id}&q=Reed") == []
    assert re.findall(r'class="count">(\d)<', client.page(base).text) == ["3", "2", "1"]


def test_the_lead_agrees_and_changes_their_mind(client: Client, session: Session) -> None:
    told = story(session)
    member = make.user(session)
    entry = make.entry(session, told.leads[0], member, contest=make.contest(session))
    url = f"/teams/{entry.team_id}/gallery-consent"
    client.sign_in(member)
    client.page(url)
    assert client.post(url).status_code == 403
    client.sign_in(told.leads[0])
    client.post(url)
    session.refresh(entry)
    assert entry.gallery_consent_at == make.NOON
    client.page(url)
    client.post(url)
    session.refresh(entry)
    assert not entry.gallery_consent_at
    client.sign_in(told.leads[1])
    assert client.get(url).status_code == 404


def test_a_certificate_is_checked_by_anybody_and_downloaded_by_its_team(
    client: Client, session: Session
) -> None:
    told = story(session)
    published(session, told)
    run_promised(session)
    paper = session.scalars(
        select(Certificate).where(Certificate.entry_id == told.entries[0].id)
    ).one()
    url = f"/certificates/{paper.code}"

    assert "Genuine" in client.page(url).text
    assert client.get(f"{url}/qr.svg").text.startswith("<svg")
    assert client.get("/certificates/NOSUCHCODE").status_code == 404
    client.sign_in(told.leads[1])
    assert client.get(f"{url}/file").status_code == 404
    client.sign_in(told.leads[0])
    answer = client.get(f"{url}/file")
    text = pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    for word in ("Reed filter team", "Jürgen Groß", "Winner", "王芳", "Certificate of award"):
        assert word in text


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.DISQUALIFIED])
def test_who_left_is_in_no_gallery(client: Client, session: Session, state: State) -> None:
    told = story(session)
    published(session, told)
    contest, entry = _agreed(session, told)
    entry.state = state
    session.flush()
    assert "川のセンサー" not in client.page(f"/contests/{contest.slug}/gallery").text


def test_the_empty_pages_say_what_comes(client: Client, session: Session) -> None:
    organiser = make.user(session)
    contest = make.contest(session, organiser=organiser)
    round_ = make.round_(session, contest)
    client.sign_in(organiser)
    assert "No award yet" in client.page(f"/contests/{contest.slug}/results").text
    assert "No result yet" in client.page(f"/contests/{contest.slug}/results/log").text
    assert "Nothing to decide on" in client.page(f"/rounds/{round_.id}/decisions").text


def test_decisions_that_are_not_reasoned_are_shown_again_with_the_reason_why(
    client: Client, session: Session
) -> None:
    told = story(session, ranks=[1, 2, 2])
    client.sign_in(told.chair)
    assert "Ties at the cut" in client.page(f"/rounds/{told.round.id}/decisions").text
    assert _post_choices(client, session, told) == 422
    assert _post_choices(client, session, told, all="By the chair's vote.") == 303
    decided_before = session.scalars(select(Decision)).all()
    assert len(decided_before) == 3
