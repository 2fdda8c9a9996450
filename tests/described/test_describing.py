"""What the description is made of: the forms of a page, where they go, and which ids stand in an address."""

from tests.described.describing import Forms, loosened

PAGE = """
<form action="/teams/1" data-save-url-value="/teams/1/save" method="post">
  <input type="hidden" name="csrf_token" value="x"><input type="hidden" name="_key" value="k">
  <input name="name" maxlength="120" required><input name="size" type="number">
  <select name="country"><option value="">–</option><option value="CN">China</option></select>
  <button name="act" value="keep" formaction="/teams/1/keep">Keep</button>
</form>
"""


def test_a_form_is_read_with_all_the_places_that_it_may_be_sent_to() -> None:
    reader = Forms("/teams/1/edit")
    reader.feed(PAGE)

    [(addresses, offer)] = reader.found
    assert addresses == {"/teams/1", "/teams/1/save", "/teams/1/keep"}
    assert offer.schema()["required"] == ["_key", "name"]
    assert offer.fields["name"] == {"type": "string", "maxLength": 120}
    assert offer.fields["country"] == {"enum": ["", "CN"]}
    assert "csrf_token" not in offer.fields


def test_what_is_loosened_keeps_the_names_and_takes_any_text() -> None:
    reader = Forms("/teams/1/edit")
    reader.feed(PAGE)
    body = {
        "content": {"application/x-www-form-urlencoded": {"schema": reader.found[0][1].schema()}}
    }
    strict = {"paths": {"/teams/{team_id}": {"post": {"requestBody": body}}}}

    [loose] = loosened(strict)["paths"]["/teams/{team_id}"]["post"]["requestBody"][
        "content"
    ].values()

    assert loose["schema"]["required"] == []
    assert set(loose["schema"]["properties"]) == {"_key", "name", "size", "country", "act"}
    assert loose["schema"]["properties"]["country"] == {"type": "string"}
    assert body["content"]["application/x-www-form-urlencoded"]["schema"]["required"]
