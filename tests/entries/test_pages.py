import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest, Role, Round, RoundPhase
from contest.core import clock
from contest.entries import queries
from contest.entries.models import (
    DraftAnswer,
    Entry,
    Question,
    QuestionForm,
    QuestionKind,
    State,
    Version,
)
from contest.jobs import engine
from contest.teams.models import Team
from contest.undertakings.models import Kind
from tests import make
from tests.jobs import run_promised
from tests.make import DAY, NOON
from tests.pages import Client
from tests.statements import counted


class Place:
    """A contest with a round that is open, a team of two, an organiser and a screener."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mia = make.user(session, name="Mia")
        self.contest: Contest = make.contest(session, organiser=self.mia)
        self.sam = make.user(session, name="Sam")
        make.appointment(session, self.contest, self.sam, Role.SCREENER)
        self.round: Round = make.round_(session, self.contest)
        self.form: QuestionForm = make.form(session, self.round)
        self.pitch: Question = self.form.questions[0]
        self.deck: Question = self.form.questions[1]
        self.ada, self.bob = make.user(session), make.user(session, name="Bob")
        self.team: Team = make.team(session, self.ada, self.bob, contest=self.contest)

    @property
    def write(self) -> str:
        return f"/teams/{self.team.id}/entry"

    def entry(self) -> Entry:
        found = queries.entry_of(self.session, self.team.id)
        assert found is not None
        return found

    def submitted(self, *, with_deck: bool = False) -> Version:
        entry = make.entry(self.session, contest=self.contest, team=self.team)
        make.draft(self.session, entry, self.form)
        version = make.version(self.session, entry, self.form)
        if with_deck:
            make.attachment(self.session, version, self.deck, make.file(self.session))
        return version


@pytest.fixture
def place(session: Session) -> Place:
    return Place(session)


def test_a_team_writes_field_by_field_and_reads_it_back(client: Client, place: Place) -> None:
    client.sign_in(place.ada)
    assert "Your pitch" in client.page(place.write).text
    name = f"q-{place.pitch.id}"

    first = client.post(
        f"{place.write}/save", data={"_field": name, "_version": "0", name: "Reeds"}
    )
    assert (first.status_code, first.json) == (
        200,
        {"saved_at": NOON.isoformat(), "version": 1},
    )
    title = client.post(f"{place.write}/save", data={"_field": "title", "title": "Reed filter"})
    assert title.status_code == 200

    page = client.page(place.write).text
    assert "Reeds</textarea>" in page
    assert "<title>Reed filter" in page


@pytest.mark.parametrize("asked", [False, True])
def test_a_title_that_is_too_long_is_refused_and_neither_cut_nor_lost(
    client: Client, place: Place, asked: bool
) -> None:
    if asked:
        place.pitch.kind = QuestionKind.LINE
    field = f"q-{place.pitch.id}" if asked else "title"
    client.sign_in(place.ada)
    client.post(
        f"{place.write}/save", data={"_field": field, "_version": "0", field: "Reed filter"}
    )
    long = "x" * 201

    saved = client.post(f"{place.write}/save", data={"_field": field, "_version": "1", field: long})
    sent = client.post(place.write, data={field: long, f"_base-{field}": "1"})

    assert (saved.status_code, sent.status_code) == (422, 422)
    assert saved.json == {"errors": ["This is too long to be kept: 201 characters of at most 200."]}
    assert f'value="{long}"' in sent.text
    place.session.expire_all()
    assert place.entry().title == "Reed filter"


def test_what_was_handed_in_is_called_as_it_was_then_whatever_the_draft_says_since(
    client: Client, place: Place
) -> None:
    place.pitch.kind = QuestionKind.LINE
    field = f"q-{place.pitch.id}"
    client.sign_in(place.ada)
    client.post(f"{place.write}/save", data={"_field": field, "_version": "0", field: "Reeds"})
    assert client.post(f"{place.write}/submit").status_code == 303
    client.post(f"{place.write}/save", data={"_field": field, "_version": "1", field: "Tall reeds"})

    assert "Tall reeds" in client.page(f"{place.write}/submit").text
    client.sign_in(place.mia)
    page = f"/entries/{place.entry().id}"
    assert "Tall reeds" not in client.page(page).text
    client.sign_in(place.bob)
    client.post(f"{place.write}/submit")
    client.sign_in(place.mia)
    assert "<title>Tall reeds" in client.page(page).text


def test_whoever_hands_in_what_a_teammate_just_did_is_told_that_it_counts(
    client: Client, place: Place
) -> None:
    client.sign_in(place.ada)
    client.post(place.write, data={"title": "Reeds", f"q-{place.pitch.id}": "They clean."})
    assert client.post(f"{place.write}/submit").status_code == 303

    for answer in (client.get(f"{place.write}/submit"), client.post(f"{place.write}/submit")):
        assert "Version 1 is handed in and counts." in answer.text
        assert "Hand in version 2" not in answer.text
        assert "This was not saved yet" not in answer.text


def test_a_page_from_before_the_withdrawal_does_not_hand_in_again_what_the_lead_took_back(
    client: Client, place: Place
) -> None:
    client.sign_in(place.bob)
    client.post(place.write, data={"title": "Reeds", f"q-{place.pitch.id}": "They clean."})
    client.post(f"{place.write}/submit")
    client.sign_in(place.ada)
    client.post(f"/entries/{place.entry().id}/withdraw", data={"reason": "We were bought."})

    client.sign_in(place.bob)
    stale = client.post(f"{place.write}/submit")

    assert stale.status_code == 422
    assert "The entry was withdrawn meanwhile. Does your team want it back?" in stale.text
    assert 'name="again"' in stale.text
    assert client.post(f"{place.write}/submit", data={"again": "1"}).status_code == 303


def test_enter_in_a_line_saves_the_draft_and_takes_no_file_out(
    client: Client, place: Place
) -> None:
    client.sign_in(place.ada)
    place.submitted(with_deck=True)
    draft = queries.draft(place.session, place.entry().id, place.round.id)
    assert draft is not None
    draft.answers.append(
        DraftAnswer(question=place.deck, file=make.file(place.session), saved_by=place.ada.id,
                    saved_at=NOON)
    )  # fmt: skip
    place.session.flush()

    page = client.page(place.write).text
    form = page[page.index('data-autosave-url-value="') :]
    pressed = re.findall("<button[^>]*>", form[: form.index("</form>")])

    assert any("formaction" in button for button in pressed)
    assert "formaction" not in pressed[0]
    assert "name=" not in pressed[0]


def test_in_a_contest_of_several_languages_a_team_says_which_is_theirs(
    client: Client, place: Place
) -> None:
    client.sign_in(place.ada)
    assert "Written in" not in client.page(place.write).text
    place.contest.languages = ["en", "zh"]
    place.session.flush()
    assert "Written in" in client.page(place.write).text

    other = client.post(f"{place.write}/save", data={"_field": "lang", "lang": "de"})
    assert other.json == {"errors": ["This contest is not held in that language."]}
    client.post(f"{place.write}/save", data={"_field": "lang", "lang": "zh"})
    client.post(place.write, data={"title": "Reed filter"})

    place.session.expire_all()
    assert place.entry().lang == "zh"


def test_a_clash_answers_with_both_texts_and_whose_the_other_is(
    client: Client, place: Place
) -> None:
    name = f"q-{place.pitch.id}"
    client.sign_in(place.bob)
    client.post(f"{place.write}/save", data={"_field": name, "_version": "0", name: "Theirs"})
    client.sign_in(place.ada)

    answer = client.post(
        f"{place.write}/save", data={"_field": name, "_version": "0", name: "Mine"}
    )

    assert answer.status_code == 409
    assert answer.json == {"mine": "Mine", "theirs": "Theirs", "version": 1, "by": "Bob"}


def test_without_scripts_the_whole_form_is_saved_and_a_clash_loses_neither_text(
    client: Client, place: Place
) -> None:
    name = f"q-{place.pitch.id}"
    client.sign_in(place.ada)
    assert (
        client.post(place.write, data={"title": "T", name: "One", f"_base-{name}": "0"}).status_code
        == 303
    )

    client.sign_in(place.bob)
    stale = client.post(place.write, data={"title": "T", name: "Two", f"_base-{name}": "0"})
    assert stale.status_code == 409
    assert "Two</textarea>" in stale.text
    assert "One</pre>" in stale.text
    again = client.post(place.write, data={"title": "T", name: "Two", f"_base-{name}": "1"})
    assert again.status_code == 303


@pytest.mark.parametrize("path", ["", "/save", "/submit"])
def test_a_draft_is_nobody_elses_business(client: Client, place: Place, path: str) -> None:
    client.sign_in(place.mia)
    response = (
        client.post(place.write + path, data={"_field": "title"})
        if path == "/save"
        else client.get(place.write + path)
    )
    assert response.status_code == 404


def test_a_deck_is_attached_drawn_and_shown(client: Client, place: Place, session: Session) -> None:
    client.sign_in(place.ada)
    name = f"q-{place.deck.id}"
    sent = client.post(
        f"{place.write}/files/{place.deck.id}",
        data={name: (BytesIO(make.pdf(pages=2)), "deck.pdf")},
    )
    assert (sent.status_code, sent.json) == (
        201, {"next": place.write},
    )  # fmt: skip
    pages = f"{place.write}/files/{place.deck.id}/pages"
    assert "Pictures of the pages are being made." in client.get(pages).text

    run_promised(session)

    shown = client.get(pages)
    assert "Page 2" in shown.text
    assert client.get(pages, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert "deck.pdf" in client.page(place.write).text
    draft = queries.draft(session, place.entry().id, place.round.id)
    file = queries.fields(place.form, draft)[1].file
    assert file is not None
    picture = client.get(f"{place.write}/files/{place.deck.id}/{file.id}/1/thumb")
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")


def test_pictures_that_were_given_up_are_made_once_more_when_asked(
    client: Client, place: Place, session: Session
) -> None:
    version = place.submitted()
    file = make.file(session)
    make.attachment(session, version, place.deck, file)
    file.undrawable_at = NOON
    session.flush()
    page, url = f"/entries/{version.entry_id}", f"/entries/{version.entry_id}/files/{file.id}/draw"
    client.sign_in(make.user(session))
    assert client.post(url).status_code == 404

    client.sign_in(place.ada)
    assert url in client.page(page).text
    for _ in range(2):
        assert client.post(url, data={"next": f"{page}?version=1"}).location == f"{page}?version=1"

    assert [p.kind for p in engine.promised(session.connection())] == ["files.render"]
    assert url not in client.page(page).text
    assert client.post(f"{page}/files/{version.id}/draw").status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no pdf at all", "This is not a PDF."),
        (b"", "The file is empty."),
        (make.pdf(pages=11), "has 11 pages; at most 10 are taken"),
        (make.pdf(password="x"), "protected by a password"),
    ],
    ids=["text", "empty", "long", "locked"],
)
def test_a_refused_file_says_why_and_the_draft_is_kept(
    client: Client, place: Place, content: bytes, sentence: str
) -> None:
    client.sign_in(place.ada)
    pitch, deck = f"q-{place.pitch.id}", f"q-{place.deck.id}"
    client.post(f"{place.write}/save", data={"_field": pitch, "_version": "0", pitch: "Reeds"})

    by_script = client.post(
        f"{place.write}/files/{place.deck.id}", data={deck: (BytesIO(content), "d.pdf")}
    )
    by_form = client.post(
        place.write,
        data={"title": "", pitch: "Reeds and more", f"_base-{pitch}": "1",
              deck: (BytesIO(content), "d.pdf")},
    )  # fmt: skip

    assert by_script.status_code == by_form.status_code == 422
    assert by_script.json is not None
    assert sentence in by_script.json["errors"][0]
    assert sentence in by_form.text
    assert "Reeds and more</textarea>" in by_form.text
    assert "Reeds</textarea>" in client.page(place.write).text


def test_an_oversized_file_is_refused_with_the_limit(
    client: Client, place: Place, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_UPLOAD_BYTES", 1024 * 1024)
    client.sign_in(place.ada)
    large = BytesIO(b"%PDF-1.7" + b"x" * 1024 * 1024)
    response = client.post(
        f"{place.write}/files/{place.deck.id}", data={f"q-{place.deck.id}": (large, "d.pdf")}
    )
    response.request.environ["wsgi.input"].close()  # the client's own temporary file
    assert response.status_code == 422
    assert response.json == {
        "errors": ["The file is larger than 1 MB. Make it smaller and try again."]
    }


def test_the_checklist_names_what_is_missing_and_then_the_entry_goes(
    client: Client, place: Place, session: Session
) -> None:
    client.sign_in(place.ada)
    missing = client.page(f"{place.write}/submit").text
    assert "“Your pitch” is not answered yet." in missing
    assert "The entry has no title yet." in missing
    name = f"q-{place.pitch.id}"
    client.post(place.write, data={"title": "Reed filter", name: "Reeds", f"_base-{name}": "0"})
    page = client.page(f"{place.write}/submit").text
    assert "Everything is there" in page

    key = "8d3b8b9e-8d0e-4a5e-9f5e-0a4a8f1c2d3e"
    first = client.post(f"{place.write}/submit", data={"_key": key})
    again = client.post(f"{place.write}/submit", data={"_key": key})

    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert len(queries.versions(session, place.entry().id)) == 1
    receipt = client.page(first.location)
    assert "This receipt is genuine" in receipt.text
    assert "Reed filter" in receipt.text


def test_what_comes_a_microsecond_late_is_refused_with_the_reason_and_shown_again(
    client: Client, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(place.ada)
    name = f"q-{place.pitch.id}"
    client.post(place.write, data={"title": "Reed filter", name: "Reeds", f"_base-{name}": "0"})
    closes = place.round.closes_at
    assert closes is not None
    monkeypatch.setattr(clock, "now", lambda: closes)
    sentence = "The deadline has passed. Your draft is kept as it is, nothing is lost."

    written = client.post(place.write, data={name: "Late words", f"_base-{name}": "1"})
    field = client.post(
        f"{place.write}/save", data={"_field": name, "_version": "1", name: "Late words"},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    handed_in = client.post(f"{place.write}/submit")

    assert (written.status_code, field.status_code, handed_in.status_code) == (422, 403, 422)
    assert sentence in written.text
    assert "Late words" in written.text
    assert field.json is not None
    assert field.json["detail"] == sentence
    assert sentence in handed_in.text
    assert queries.versions(session, place.entry().id) == ()
    page = client.page(place.write).text
    assert "Reeds" in page
    assert "Late words" not in page

    monkeypatch.setattr(clock, "now", lambda: closes - timedelta(microseconds=1))
    assert client.post(f"{place.write}/submit").status_code == 303


def test_the_public_receipt_names_nobody_and_can_be_downloaded(
    client: Client, place: Place
) -> None:
    client.sign_in(place.ada)
    name = f"q-{place.pitch.id}"
    client.post(place.write, data={"title": "Reed filter", name: "Reeds", f"_base-{name}": "0"})
    address = client.post(f"{place.write}/submit").location
    client.delete_cookie("session")

    page = client.page(address).text
    for secret in ("Ada", "Reed filter", place.team.name, "Reeds"):
        assert secret not in page
    download = client.get(f"{address}/receipt.json")
    assert set(download.json or {}) == {"body", "signature", "key"}
    assert client.get("/receipts/nothing").status_code == 404


def test_team_and_staff_see_what_was_handed_in_and_strangers_do_not(
    client: Client, place: Place, session: Session
) -> None:
    version = place.submitted(with_deck=True)
    for user in (place.ada, place.mia, place.sam):
        client.sign_in(user)
        assert "Reeds." in client.page(f"/entries/{version.entry_id}").text
    judge = make.user(session, name="Judge")
    make.appointment(session, place.contest, judge, Role.JUDGE)
    for user in (judge, make.user(session, name="Eve")):
        client.sign_in(user)
        assert client.get(f"/entries/{version.entry_id}").status_code == 404


def test_the_list_of_entries_filters_and_costs_the_same_for_many(
    client: Client, place: Place, session: Session
) -> None:
    place.submitted()
    make.entry(session, make.user(session), contest=place.contest, title="Draft only")
    client.sign_in(place.mia)
    index = f"/contests/{place.contest.slug}/entries"

    assert "Draft only" in client.page(index).text
    only = client.page(f"{index}?state=submitted&track=nonsense").text
    assert "Reed filter" in only
    assert "Draft only" not in only
    assert "Reed filter" not in client.page(f"{index}?late=1").text
    client.sign_in(place.ada)
    assert client.get(index).status_code == 403


def test_an_organiser_builds_the_form_until_it_is_frozen(
    client: Client, place: Place, session: Session
) -> None:
    client.sign_in(place.mia)
    form = f"/rounds/{place.round.id}/form"
    client.page(form)
    client.page(f"{form}/new")
    added = client.post(
        f"{form}/new",
        data={"kind": "choice", "title-en": "Stage", "limit": "10", "choices": "idea\nproduct\n",
              "required": "y"},
    )  # fmt: skip
    assert added.status_code == 303
    question = session.scalars(select(Question).where(Question.kind == "choice")).one()
    assert (question.position, question.choices) == (3, ["idea", "product"])
    client.page(f"/questions/{question.id}/edit")
    client.post(f"/questions/{question.id}/move", data={"where": "up"})
    session.refresh(question)
    assert question.position == 2
    few = client.post(
        f"/questions/{question.id}/edit",
        data={"kind": "choice", "title-en": "Stage", "limit": "10", "choices": "idea"},
    )
    assert few.status_code == 422
    assert "at least two answers" in few.text
    client.page(f"/questions/{question.id}/remove")
    assert client.post(f"/questions/{question.id}/remove").status_code == 303

    place.form.frozen_at = NOON
    session.flush()
    frozen = client.post(f"{form}/new", data={"kind": "line", "title-en": "More", "limit": "10"})
    assert frozen.status_code == 422
    assert "The form is frozen" in frozen.text
    client.sign_in(place.ada)
    assert client.get(form).status_code == 403


def test_a_question_needs_one_language_of_the_contest_and_no_more(
    client: Client, place: Place, session: Session
) -> None:
    place.contest.languages = ["en", "zh"]
    session.flush()
    client.sign_in(place.mia)
    asked = {"kind": "line", "limit": "100", "title-en": "", "title-zh": ""}
    assert client.post(f"/rounds/{place.round.id}/form/new", data=asked).status_code == 422
    asked["title-zh"] = "市场"
    assert client.post(f"/rounds/{place.round.id}/form/new", data=asked).status_code == 303

    client.sign_in(place.ada)
    assert "市场" in client.page(place.write).text


def test_an_organiser_gives_one_team_more_time(client: Client, place: Place) -> None:
    client.sign_in(place.mia)
    page = f"/rounds/{place.round.id}/extensions"
    client.page(page)
    wrong = client.post(
        page, data={"team_id": str(place.team.id), "until": "2030-06-01T00:00", "reason": "Flood."}
    )
    assert wrong.status_code == 422
    assert "after the round&#39;s own end" in wrong.text

    given = client.post(
        page, data={"team_id": str(place.team.id), "until": "2030-06-05T18:00", "reason": "Flood."}
    )
    assert given.status_code == 303
    assert "Flood." in client.page(page).text
    client.sign_in(place.ada)
    assert "Your team has more time" in client.page(place.write).text


def test_a_lead_withdraws_with_a_reason(client: Client, place: Place, session: Session) -> None:
    entry_id = place.submitted().entry_id
    client.sign_in(place.bob)
    assert client.get(f"/entries/{entry_id}/withdraw").status_code == 403
    client.sign_in(place.ada)
    client.page(f"/entries/{entry_id}/withdraw")
    assert client.post(f"/entries/{entry_id}/withdraw", data={}).status_code == 422
    assert client.post(f"/entries/{entry_id}/withdraw", data={"reason": "Sold."}).status_code == 303

    entry = place.entry()
    session.refresh(entry)
    assert entry.state is State.WITHDRAWN
    assert "Sold." in client.page(f"/entries/{entry_id}").text


def test_a_screener_works_through_the_queue(client: Client, place: Place, session: Session) -> None:
    entry_id = place.submitted(with_deck=True).entry_id
    other_team = make.team(session, make.user(session), contest=place.contest)
    other = make.entry(session, contest=place.contest, team=other_team, title="Second")
    make.version(session, other, place.form)
    client.sign_in(place.sam)
    queue = f"/contests/{place.contest.slug}/screening"
    assert "Second" in client.page(queue).text
    client.page(f"/entries/{entry_id}/screen")
    screen = f"/entries/{entry_id}/screen"

    empty = client.post(f"{screen}/ineligible", data={"ineligible-rule": ""})
    assert empty.status_code == 422
    assert "This field is required." in empty.text
    asked = client.post(
        f"{screen}/info",
        data={"info-questions": str(place.pitch.id), "info-message": "Where?",
              "info-until": "2030-06-03T18:00"},
    )  # fmt: skip
    assert (asked.status_code, asked.location) == (303, f"/entries/{other.id}/screen")
    client.sign_in(place.ada)
    assert "More is asked of you" in client.page(place.write).text

    client.sign_in(place.sam)
    assert client.post(f"/entries/{other.id}/screen/eligible").status_code == 303
    for state in (State.INFO_REQUESTED, State.ELIGIBLE):
        assert session.scalars(select(Entry.state).where(Entry.state == state)).all() == [state]
    client.page(f"/entries/{other.id}/screen")


def test_the_round_goes_from_collecting_to_screening_and_on_to_its_judges(
    client: Client, place: Place, session: Session
) -> None:
    entry_id = place.submitted().entry_id
    client.sign_in(place.mia)
    begin = f"/rounds/{place.round.id}/screening"
    assert client.post(begin).status_code == 422
    place.round.closes_at = NOON - DAY
    place.round.opens_at = NOON - 9 * DAY
    session.flush()
    queue = f"/contests/{place.contest.slug}/screening"
    assert "Begin screening" in client.page(queue).text
    assert client.post(begin).status_code == 303
    assert "neither eligible nor ineligible yet" in client.page(queue).text
    start = f'href="/rounds/{place.round.id}/begin"'
    assert start not in client.page(queue).text

    client.post(f"/entries/{entry_id}/screen/eligible")
    assert start in client.page(queue).text


def test_a_screener_promises_confidentiality_before_seeing_an_entry(
    client: Client, place: Place, session: Session
) -> None:
    version = place.submitted(with_deck=True)
    text = make.undertaking(session, place.contest, Kind.NDA)
    pages = (
        f"/contests/{place.contest.slug}/entries",
        f"/contests/{place.contest.slug}/screening",
        f"/entries/{version.entry_id}",
        f"/entries/{version.entry_id}/screen",
    )
    client.sign_in(place.sam)
    for page in pages:
        asked = client.get(page)
        assert asked.location == f"/undertakings/{text.id}/sign?next={page}"
    refused = client.post(f"/versions/{version.id}/files/{version.id}/open")
    assert refused.location == f"/undertakings/{text.id}/sign"

    make.signature(session, text, place.sam)
    for page in pages:
        client.page(page)


@pytest.mark.parametrize("page", ["entries", "screening"])
def test_a_list_costs_the_same_for_one_entry_and_for_three(
    client: Client, place: Place, session: Session, page: str
) -> None:
    place.submitted()
    client.sign_in(place.mia)
    url = f"/contests/{place.contest.slug}/{page}"
    with counted(session) as first:
        client.page(url)
    for n in range(2):
        team = make.team(session, make.user(session), contest=place.contest)
        entry = make.entry(session, contest=place.contest, team=team, title=f"More {n}")
        make.version(session, entry, place.form)
    with counted(session) as then:
        assert "More 1" in client.page(url).text

    assert len(then) == len(first)


def test_an_entry_that_advanced_writes_for_the_next_round_that_collects(
    client: Client, place: Place, session: Session
) -> None:
    place.submitted()
    entry = place.entry()
    entry.state = State.ADVANCED
    second = make.round_(session, place.contest, number=2)
    form = make.form(session, second)
    session.flush()
    client.sign_in(place.ada)
    name = f"q-{form.questions[0].id}"
    client.post(place.write, data={"title": "Reed filter", name: "Final", f"_base-{name}": "0"})

    assert client.post(f"{place.write}/submit").status_code == 303
    session.refresh(entry)
    assert entry.state is State.ADVANCED
    assert [v.round_id for v in queries.versions_for_judging(session, second)] == [second.id]


def test_nobody_screens_their_own_teams_entry(
    client: Client, place: Place, session: Session
) -> None:
    entry_id = place.submitted().entry_id
    make.appointment(session, place.contest, place.bob, Role.SCREENER)
    client.sign_in(place.bob)
    assert client.get(f"/entries/{entry_id}/screen").status_code == 403
    other: User = place.ada
    client.sign_in(other)
    assert client.get(f"/entries/{entry_id}/screen").status_code == 403


def test_the_draft_page_says_what_counts_what_changed_and_what_is_missing(
    client: Client, place: Place
) -> None:
    client.sign_in(place.ada)
    fresh = client.page(place.write).text
    assert "Nothing is handed in yet." in fresh
    assert "“Your pitch” is not answered yet." in fresh

    place.submitted(with_deck=True)
    handed_in = client.get(f"{place.write}/standing")
    assert "Version 1 is handed in and counts." in handed_in.text

    name = f"q-{place.pitch.id}"
    client.post(f"{place.write}/save", data={"_field": name, "_version": "1", name: "Otherwise"})
    later = client.get(
        f"{place.write}/standing", headers={"If-None-Match": handed_in.headers["ETag"]}
    )
    assert later.status_code == 200
    assert "Changed since, and not handed in:" in later.text
    unchanged = client.get(
        f"{place.write}/standing", headers={"If-None-Match": later.headers["ETag"]}
    )
    assert unchanged.status_code == 304


def test_saving_stays_at_the_draft_and_checking_leads_on_with_everything_saved(
    client: Client, place: Place
) -> None:
    name = f"q-{place.pitch.id}"
    client.sign_in(place.ada)

    kept = client.post(place.write, data={"title": "T", name: "One", f"_base-{name}": "0"})
    assert kept.location == place.write
    on = client.post(
        place.write, data={"title": "T", name: "Two", f"_base-{name}": "1", "then": "check"}
    )
    assert on.location == f"{place.write}/submit"
    assert "Two</textarea>" in client.page(place.write).text


def test_nobody_is_sent_to_a_draft_that_cannot_be_written(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = place.submitted()
    client.sign_in(place.ada)
    page = f"/entries/{version.entry_id}"
    assert "The draft" in client.page(page).text

    monkeypatch.setattr(clock, "now", lambda: NOON + 60 * DAY)
    assert "The draft" not in client.page(page).text
    assert client.get(place.write).location == page


def test_what_was_never_handed_in_is_still_read_after_the_deadline(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.submitted()
    client.sign_in(place.ada)
    name = f"q-{place.pitch.id}"
    client.post(f"{place.write}/save", data={"_field": name, "_version": "1", name: "Otherwise"})
    monkeypatch.setattr(clock, "now", lambda: NOON + 60 * DAY)

    assert "Otherwise" in client.page(place.write).text


@pytest.mark.parametrize("state", [State.NOT_ADVANCED, State.NOT_AWARDED, State.AWARDED])
def test_each_judged_team_finds_its_feedback_once_the_round_is_published(
    client: Client, place: Place, session: Session, state: State
) -> None:
    entry = place.submitted().entry
    entry.state = state
    session.flush()
    client.sign_in(place.ada)
    assert "Feedback" not in client.page(f"/entries/{entry.id}").text

    place.round.phase = RoundPhase.PUBLISHED
    session.flush()
    assert f"/teams/{place.team.id}/feedback" in client.page(f"/entries/{entry.id}").text
