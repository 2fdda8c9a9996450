"""Every component stands on a valid page, and in every layout, theme and width."""

import pytest

from tests.browser import Visit
from tests.looking import assert_right_in_every_dress
from tests.pages import Client, check
from tests.site import Site

PAGES = ["", "/public", "/focus", "/projector"]


@pytest.mark.parametrize("page", PAGES)
def test_the_samples_are_valid_html(client: Client, page: str) -> None:
    client.page(f"/-components{page}")


@pytest.mark.parametrize("language", ["zh", "ja", "de"])
def test_the_samples_stand_in_every_language(client: Client, language: str) -> None:
    assert f'lang="{language}"' in client.page(f"/-components?lang={language}").text


def test_a_page_that_is_not_there_is_a_page_with_an_incident_number(client: Client) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert "Incident" in answer.text
    check(answer.text)


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES)
def test_the_samples_are_accessible_and_fit(visit: Visit, site: Site, page: str) -> None:
    assert_right_in_every_dress(visit(f"{site.url}/-components{page}"), "components")
