import pytest
from sqlalchemy.orm import Session

from contest.contests.models import Contest, Phase
from tests import make
from tests.pages import Client

SET_UP = (
    "manage", "edit", "settings", "ip-terms", "partners", "challenges", "tracks", "rounds",
    "rounds/new", "prizes", "duties", "timeline", "faqs", "eligibility", "undertakings",
    "undertakings/rules", "people", "announce", "cancel",
)  # fmt: skip


@pytest.fixture
def contest(session: Session, client: Client) -> Contest:
    """A draft whose organiser is signed in."""
    organiser = make.user(session, name="Li Wei")
    client.sign_in(organiser)
    return make.contest(session, phase=Phase.DRAFT, languages=["en", "zh"], organiser=organiser)


@pytest.mark.parametrize("page", SET_UP)
def test_an_organiser_opens_every_set_up_page(client: Client, contest: Contest, page: str) -> None:
    client.page(f"/contests/{contest.slug}/{page}")


@pytest.mark.parametrize("page", SET_UP)
def test_a_draft_is_a_secret_to_strangers(
    client: Client, session: Session, contest: Contest, page: str
) -> None:
    client.sign_in(make.user(session, name="Eve"))

    assert client.get(f"/contests/{contest.slug}/{page}").status_code == 404
