import pytest
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.core.errors import Conflict, DomainError
from contest.core.words import Words
from contest.organisations import actions, queries
from contest.organisations.models import Kind
from tests import make
from tests.pages import Client
from tests.statements import counted


@pytest.fixture
def li(session: Session) -> User:
    """An organiser of some contest: they keep the directory."""
    li = make.user(session, name="Li Wei")
    make.contest(session, organiser=li)
    return li


def entry(name: str = "Hitachi", slug: str = "", *domains: str) -> actions.Entry:
    return actions.Entry(
        name=Words(en=name), kind=Kind.COMPANY, country="JP", slug=slug, domains=domains
    )


def test_an_organisation_gets_an_address_of_its_own(session: Session, li: User) -> None:
    made = [actions.create(session, entry(), by=li, at=make.NOON).slug for _ in range(3)]
    other = actions.create(session, entry("日立"), by=li, at=make.NOON)

    assert made == ["hitachi", "hitachi-2", "hitachi-3"]
    assert other.slug == "organisation"


def test_an_address_that_is_taken_is_refused(session: Session, li: User) -> None:
    actions.create(session, entry(slug="hitachi"), by=li, at=make.NOON)

    with pytest.raises(DomainError, match="Another organisation"):
        actions.create(session, entry(slug="hitachi"), by=li, at=make.NOON)


def test_mail_domains_are_tidied_and_checked(session: Session, li: User) -> None:
    made = actions.create(
        session, entry("H", "h", "@Hitachi.Example ", "hitachi.example", ""), by=li, at=make.NOON
    )
    assert made.domains == ["hitachi.example"]
    assert queries.of_domain(session, "rd.hitachi.example") == (made,)
    assert queries.of_domain(session, "nothitachi.example") == ()

    with pytest.raises(DomainError, match="no mail domain"):
        actions.create(session, entry("H", "i", "hitachi"), by=li, at=make.NOON)


def test_an_edit_of_an_old_copy_is_refused(session: Session, li: User) -> None:
    made = actions.create(session, entry(), by=li, at=make.NOON)
    actions.edit(session, made, {"country": "CN"}, seen=1, by=li, at=make.NOON)

    with pytest.raises(Conflict):
        actions.edit(session, made, {"country": "DE"}, seen=1, by=li, at=make.NOON)


def test_a_position_is_noted_once_and_ends(session: Session) -> None:
    made, ada = make.organisation(session), make.user(session)
    for title in ("Engineer", "Head of payments"):
        position = actions.take_position(session, made, ada, title=title, by=ada, at=make.NOON)

    actions.end_position(session, position, on=make.NOON.date(), by=ada, at=make.NOON)

    (only,) = queries.positions_in(session, made.id)
    assert (only.title, only.until_on) == ("Head of payments", make.NOON.date())
    assert queries.positions_of(session, [ada.id]) == (only,)


def test_an_organiser_keeps_the_directory(client: Client, session: Session, li: User) -> None:
    client.sign_in(li)
    client.page("/organisations/new")
    form = {"name-en": "XNode", "kind": "incubator", "country": "CN", "domains": "xnode.example"}

    response = client.post("/organisations/new?next=/contests/x/partners", data=form)

    assert (response.status_code, response.location) == (303, "/contests/x/partners")
    made = queries.by_slug(session, "xnode")
    assert made is not None
    client.page("/organisations/xnode")
    assert 'value="xnode.example"' in client.page("/organisations/xnode/edit").text
    changed = form | {"website": "https://xnode.example", "version": "1"}
    assert client.post("/organisations/xnode/edit", data=changed).status_code == 303
    session.refresh(made)
    assert (made.website, made.version) == ("https://xnode.example", 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"website": "javascript:alert(1)"}, "Begin with https://."),
        ({"domains": "not a domain"}, "no mail domain"),
        ({"country": "XX"}, "Not a valid choice"),
        ({"name-en": "x" * 121}, "at most 120 characters"),
        ({"kind": "cult"}, "Invalid Choice"),
    ],
)
def test_nonsense_is_not_taken_into_the_directory(
    client: Client, session: Session, li: User, change: dict[str, str], sentence: str
) -> None:
    client.sign_in(li)
    form = {"name-en": "XNode", "kind": "incubator", "country": "CN"}

    response = client.post("/organisations/new", data=form | change)

    assert response.status_code == 422
    assert sentence in response.text
    assert queries.directory(session) == ()


def test_others_read_it_and_say_where_they_work(client: Client, session: Session) -> None:
    made, ada = make.organisation(session), make.user(session)
    client.sign_in(ada)

    assert client.get("/organisations/new").status_code == 403
    assert client.get(f"/organisations/{made.slug}/edit").status_code == 403
    assert client.post(f"/organisations/{made.slug}", data={"title": "CTO"}).status_code == 303

    (position,) = queries.positions_in(session, made.id)
    assert (position.user_id, position.title) == (ada.id, "CTO")
    client.sign_in(make.user(session, name="Eve"))
    assert client.post(f"/organisations/positions/{position.id}/end").status_code == 403
    client.sign_in(ada)
    assert client.post(f"/organisations/positions/{position.id}/end").status_code == 303


@pytest.mark.parametrize("many", [1, 3])
def test_the_directory_costs_the_same_for_one_and_for_three(
    client: Client, session: Session, li: User, many: int
) -> None:
    for n in range(many):
        make.organisation(session, name=f"Company {n}")
    client.sign_in(li)

    with counted(session) as sent:
        page = client.page("/organisations")

    assert page.text.count('<th scope="row"') == many
    assert len([s for s in sent if s.startswith("SELECT")]) == 4
