"""An OpenAPI description of every address: made from its routes, and from the forms on its own pages.

There is no public interface yet that would promise one. So nobody keeps it: it is read off the program,
and says what the pages offer, with the ids of the world that is asked.
"""

import copy
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from tests.access.playing import Row, Stage, routes
from tests.worlds.asking import AGAIN, Noted

READERS = ("organiser", "team lead", "judge")  # whose pages offer what is described
CHOICES = 8  # of a list, that are tried
PAGES = ("text/html", "application/json", "application/problem+json")  # what any answer may be
CONVERTERS: dict[str, dict[str, Any]] = {
    "UUIDConverter": {"type": "string", "format": "uuid"},
    "IntegerConverter": {"type": "integer", "minimum": 0},
}
KINDS: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "email": {"type": "string", "format": "email"},
    "date": {"type": "string", "format": "date"},
    "datetime-local": {"type": "string", "pattern": r"^20\d\d-[01]\d-[0-2]\dT[0-2]\d:[0-5]\d$"},
    "file": {"type": "string", "format": "binary"},
}
Schema = dict[str, Any]


@dataclass
class Offer:
    """What a page offers to send to a route."""

    fields: dict[str, Schema] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)

    def add(self, name: str, schema: Schema, *, required: bool) -> None:
        known = self.fields.setdefault(name, schema)
        if known is not schema and "enum" in known and "enum" in schema:
            known["enum"] = list(dict.fromkeys([*known["enum"], *schema["enum"]]))[:CHOICES]
        if required:
            self.required.add(name)

    def schema(self) -> Schema:
        fields = {
            name: {"type": "string"} if each.get("enum") == [] else each  # a list of nothing yet
            for name, each in self.fields.items()
        }
        return {"type": "object", "properties": fields, "required": sorted(self.required)}


class Forms(HTMLParser):
    """Reads the forms of a page: where each may be sent, and its controls."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.found: list[tuple[set[str], Offer]] = []
        self._open: tuple[set[str], Offer] | None = None
        self._options: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = ({told.get("action") or self.url}, Offer())
            self.found.append(self._open)
        if self._open is None:
            return
        addresses, offer = self._open
        # a button may lead elsewhere, and a script sends what is typed to an address of its own
        addresses.update(v for v in told.values() if re.match(r"/\w", v))
        if tag == "option" and self._options is not None and len(self._options) < CHOICES:
            self._options.append(told.get("value", ""))
        elif (name := told.get("name")) and name != "csrf_token":
            needed = "required" in told
            if tag == "select":
                self._options = []
                offer.add(name, {"enum": self._options}, required=needed)
            elif tag in {"input", "textarea", "button"}:
                offer.add(name, _control(told), required=needed or told.get("type") == "hidden")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._options = None


def _control(told: dict[str, str]) -> Schema:
    kind = told.get("type", "text")
    if kind in {"checkbox", "radio", "hidden", "submit"}:
        return {"enum": [told.get("value", "on")]}
    if kind in KINDS:
        return dict(KINDS[kind])
    most = told.get("maxlength", "")
    return {"type": "string", **({"maxLength": int(most)} if most.isdecimal() else {})}


def described(stage: Stage) -> Schema:
    """Return the description of all that the program declares."""
    offers: dict[Row, Offer] = {}
    asked: dict[Row, set[str]] = {}
    types: dict[Row, set[str]] = {}
    rules = {
        (method, rule.rule): rule
        for rule in stage.app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    stage.app.request_class = type(
        "Request", (stage.app.request_class,), {"parameter_storage_class": Noted}
    )
    for row in routes(stage.app):
        for who in READERS if row[0] == "GET" else ():
            Noted.asked.clear()
            got = stage.open(who, row)
            asked.setdefault(row, set()).update(Noted.asked - AGAIN)
            types.setdefault(row, set()).add(got.mimetype or "")
            if got.mimetype == "text/html" and got.status_code < 400:
                reader = Forms(got.request.path)
                reader.feed(got.get_data(as_text=True))
                _collect(stage.app, reader, offers)
    paths: dict[str, Schema] = {}
    for row in routes(stage.app):
        paths.setdefault(path_of(row), {})[row[0].lower()] = {
            "operationId": " ".join(row),
            "parameters": [
                *_in_path(rules[row], arguments(stage, row)),
                *({"name": name, "in": "query", "schema": {"type": "string"}}
                  for name in sorted(asked.get(row, ()))),
            ],
            **_body(row, offers.get(row, Offer())),
            "responses": {"default": {"description": "", "content": {
                kind: {} for kind in (*PAGES, *sorted(types.get(row, set()) - set(PAGES)))
            }}},
        }  # fmt: skip
    return {"openapi": "3.1.0", "info": {"title": "Contest", "version": "0"}, "paths": paths}


def loosened(description: Schema) -> Schema:
    """Return the same addresses and names, where every field takes any text and none is needed."""
    loose: Schema = copy.deepcopy(description)
    for path in loose["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                fields = content["schema"]["properties"]
                content["schema"]["properties"] = {name: {"type": "string"} for name in fields}
                content["schema"]["required"] = []
    return loose


def path_of(row: Row) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", row[1])


def arguments(stage: Stage, row: Row) -> dict[str, str]:
    """Return what stands in the route's address in this world."""
    pattern = re.sub(r"<(?:[^:>]+:)?(\w+)>", r"(?P<\1>.+)", row[1].replace(".", r"\."))
    found = re.fullmatch(pattern, stage.addresses[row])
    assert found is not None, row
    return found.groupdict()


def _in_path(rule: Rule, here: dict[str, str]) -> list[Schema]:
    converters = rule._converters  # noqa: SLF001 -- werkzeug tells them nowhere else
    return [
        {
            "name": name, "in": "path", "required": True,
            "schema": CONVERTERS.get(type(converters[name]).__name__, {"type": "string", "minLength": 1}),
        }
        for name in here
    ]  # fmt: skip


def _collect(app: Flask, reader: Forms, offers: dict[Row, Offer]) -> None:
    adapter = app.url_map.bind("localhost")
    for addresses, offer in reader.found:
        for address in addresses:
            try:
                rule, _ = adapter.match(address.partition("?")[0], "POST", return_rule=True)
            except (HTTPException, RequestRedirect):
                continue
            known = offers.setdefault(("POST", rule.rule), Offer())
            for name, schema in offer.fields.items():
                known.add(name, dict(schema), required=name in offer.required)
            if rule.rule.endswith("/save"):
                known.add("_field", {"enum": sorted(offer.fields)}, required=True)


def _body(row: Row, offer: Offer) -> Schema:
    if row[0] == "GET":
        return {}
    files = any(each.get("format") == "binary" for each in offer.fields.values())
    kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
    return {"requestBody": {"required": True, "content": {kind: {"schema": offer.schema()}}}}
