"""A passkey in a real browser: made on one's own page, then the only thing needed to come in."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from contest.accounts import links
from contest.accounts.models import Passkey
from contest.events.models import Event
from contest.web.db import db
from tests import make
from tests.browser import Visit
from tests.site import Site


@pytest.mark.browser
def test_a_passkey_is_made_and_signs_in_alone(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://localhost:{urlsplit(site.url).port}"  # no key is made for a bare number
    monkeypatch.setitem(site.app.config, "BASE_URL", url)
    with site.app.app_context():
        ada = make.user(db.session())
        db.session.commit()
        entrance = links.entrance(ada.id)
    page = visit()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})  # fmt: skip

    page.goto(f"{url}/enter/{entrance}")
    page.goto(f"{url}/profile/security/passkey")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in/passkey?next=/profile/security")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()
    with site.app.app_context():
        assert db.session.scalars(select(Passkey)).one().used_at is not None
        events = db.session.scalars(select(Event).where(Event.verb == "user.signed-in"))
        assert [event.facts for event in events] == [{"how": "passkey"}]
