"""Sends what the description allows, and what it does not: nothing may break (schemathesis)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, Response, checks
from schemathesis.core.failures import FailureGroup

from tests.access.playing import Row, Stage, routes
from tests.described.describing import Schema, arguments, loosened, path_of

SENDERS = ("visitor", "organiser", "chair", "judge", "team lead", "administrator")
PLAIN = {"Accept-Encoding": "identity"}
BEGINS = {
    "text/html": b"<", "text/calendar": b"BEGIN:VCALENDAR", "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG", "application/zip": b"PK",
}  # fmt: skip
# Whether all works: its no is a 503, and here it has no way of its own to the database.
WATCHING = "/readyz"


@dataclass
class Told:
    """What came of it."""

    sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)  # where, and what was wrong first


def sent(stage: Stage, description: Schema, *, examples: int) -> Told:
    """Send so many of each kind to each route, and one to an address made up, as different people.

    Each is undone.
    """
    stage.app.config["PROPAGATE_EXCEPTIONS"] = False
    told = Told()
    strict, loose = (
        schemathesis.openapi.from_dict(each, config=schemathesis.Config())
        for each in (description, loosened(description))
    )
    for row in (row for row in routes(stage.app) if row[1] != WATCHING):
        here = arguments(stage, row)
        ways = [(strict, here, examples), (loose, here, examples), (strict, None, bool(here))]
        for schema, path_parameters, many in ways:
            if not many:
                continue
            cases = schema[path_of(row)][row[0]].as_strategy(path_parameters=path_parameters)
            _play(cases, int(many), partial(_try, stage, told, row))
    return told


def _play(
    cases: st.SearchStrategy[Case[Any]], examples: int, act: Callable[[Case[Any]], None]
) -> None:
    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def play(case: Case[Any]) -> None:
        act(case)

    play()


def _try(stage: Stage, told: Told, row: Row, case: Case[Any]) -> None:
    who = SENDERS[told.sent % len(SENDERS)]  # if chance chose, the simplest case were the first's
    told.sent += 1
    try:
        with stage.undone(who) as (client, headers):
            answer = case.call(
                session=cast(Any, client), app=stage.app, headers={**PLAIN, **headers}
            )
        told.statuses[answer.status_code] = told.statuses.get(answer.status_code, 0) + 1
        case.validate_response(
            answer,
            checks=[checks.not_a_server_error, checks.content_type_conformance, _is_what_it_says],
        )
    except (Exception, FailureGroup) as fault:  # noqa: BLE001 -- the others are still to be tried
        body = str(case.body)[:300]
        told.faults.setdefault(
            f"{who}: {' '.join(row)}", f"{case.path_parameters} {case.query} {body}: {fault!r}"
        )


def _is_what_it_says(_context: CheckContext, answer: Response, _case: Case[Any]) -> None:
    kind, content = answer.headers.get("content-type", [""])[0].partition(";")[0], answer.content
    if content and kind.endswith("json"):
        json.loads(content)
    assert kind or not content, "an answer without a type"
    begins = content.lstrip().startswith(BEGINS.get(kind, b""))
    assert begins or not content, f"{kind} begins with {content[:60]!r}"
