"""Whatever dies, fills up, hangs or happens twice: what was acknowledged is there, once and whole."""

import asyncio
import os
from collections.abc import Callable, Iterator
from functools import partial

import click

from tests.attack.promise import Promise, played_once
from tests.files.zoo import BOMBS
from tests.rush import faults, machine, postman, powercut, rush, together
from tests.rush.cluster import Cluster

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
CUTS = 20  # of the power
FEWEST, DROPPED = 200, 20  # versions, and answers that got lost, without which nothing was tested
MAILS, MAIL_KILLS, UNDER_WAY = 20, 3, 6
HEALS = 5  # seconds
LIGHT = 100_000  # bytes


@played_once
def cluster() -> Cluster:
    home = machine.folder()
    made = Cluster(home)
    made.make()
    made.start()
    return made


def restart() -> None:
    cluster().crash()
    cluster().start()


def database(name: str) -> str:
    """Return a new database where one is asked for; SQLite makes its own file."""
    return cluster().new_database(name) if POSTGRESQL else ""


@played_once
def rushed() -> rush.Outcome:
    outcome = rush.play(rush.Plan(), database("rush"), restart if POSTGRESQL else None)
    click.echo(
        f"    {outcome.versions} versions acknowledged, {outcome.refused} people too late,"
        f" {outcome.kills} kills, {outcome.dropped} answers dropped, {outcome.cut} requests cut;"
        f" while nothing died {outcome.timed} handed in, and decks came in within"
        f" {outcome.uploads_p95:.2f} s (p95)"
    )
    return outcome


@played_once
def tried() -> dict[str, faults.Trial]:
    with faults.Place(cluster() if POSTGRESQL else None) as place:
        return {trial.name: trial for trial in asyncio.run(faults.trials(place))}


@played_once
def cuts() -> powercut.Cuts:
    outcome = powercut.cut(CUTS, postgresql=POSTGRESQL)
    told(tuple(outcome.examples))
    return outcome


@played_once
def posted() -> postman.Sent:
    return postman.send(MAILS, MAIL_KILLS)


@played_once
def crowd() -> together.Crowd:
    return together.Crowd(database("together")).__enter__()


def light_bombs() -> list[bytes]:
    """Return files that are hard to read and quickly sent."""
    return [content for sample in BOMBS if len(content := sample.content()) < LIGHT]


def told(sentences: tuple[str, ...]) -> float:
    for sentence in sentences[:5]:
        click.echo(f"    {sentence}")
    return len(sentences)


def of_trial(name: str, figure: Callable[[faults.Trial], float]) -> float:
    trial = tried()[name]
    told(trial.examples)
    return figure(trial)


def once(act: Callable[[together.Crowd], together.Once]) -> float:
    happened = act(crowd())
    return happened.off + told(happened.strange)


def _rush() -> Iterator[Promise]:
    def row(
        number: str, name: str, figure: Callable[[rush.Outcome], float], target: float = 0
    ) -> Promise:
        return Promise(number, f"rush: {name}", lambda: figure(rushed()), target, alone=True)

    yield row("D1", "acknowledged versions that are lost", lambda o: told(o.reckoning.lost))
    yield row("D2", "versions or files that are there twice", lambda o: told(o.reckoning.twice))
    yield row("D1", "versions half written", lambda o: told(o.reckoning.half))
    yield row("T1", "verdicts by anything but the arrival", lambda o: told(o.reckoning.misjudged))
    yield row("D6", "promises that fsck finds broken", lambda o: told(o.faults))
    yield row("C7", "answers other than yes, no and later", lambda o: told(o.strange))
    yield row("D1", "people who never got an answer", lambda o: o.unsaid)
    yield row("D1", "kills that lack of 20 within its minute", lambda o: max(0, 20 - o.kills))
    yield row("D2", f"lost answers that lack of {DROPPED}", lambda o: max(0, DROPPED - o.dropped))
    yield row("D1", "times that the program gave up", lambda o: o.given_up)
    yield row(
        "D1", f"acknowledged versions that lack of {FEWEST}", lambda o: max(0, FEWEST - o.versions)
    )
    yield row("O6", "seconds to hand in, p95, nothing dying", lambda o: o.p95, 1.5)
    yield row("O6", "seconds to hand in, p99, nothing dying", lambda o: o.p99, 3)
    yield row("O6", "percent told to come later, nothing dying", lambda o: o.turned_away, 0.5)


def _faults() -> Iterator[Promise]:
    def row(
        number: str,
        name: str,
        what: str,
        figure: Callable[[faults.Trial], float],
        target: float = 0,
    ) -> Promise:
        measure = partial(of_trial, name, figure)
        return Promise(number, f"{name}: {what}", measure, target, calm=True)

    for number, name in (
        ("D9", faults.RESTARTED) if POSTGRESQL else ("D7", faults.FULL), ("D7", faults.FILES_FULL),
        ("D7", faults.FILES_FIXED), ("D8", faults.LOCKED), ("D17", faults.FAILING),
    ):  # fmt: skip
        yield row(number, name, "said and not so", lambda t: t.untrue)
        yield row(number, name, "strange answers", lambda t: t.strange)
        if name != faults.RESTARTED:  # nothing can be read without one
            yield row(number, name, "pages unread", lambda t: t.unread)
        yield row(number, name, "seconds to heal", lambda t: t.heals, HEALS)


def promises() -> Iterator[Promise]:
    yield from _rush()
    yield from _faults()
    yield Promise("D4", f"rows lost in {CUTS} power cuts", lambda: cuts().rows)
    yield Promise("D4", "databases damaged by them", lambda: cuts().damaged)
    yield Promise("D4", "promises broken by them, as fsck sees it", lambda: cuts().broken)
    yield Promise("D4", "damage done on purpose that nobody sees", lambda: cuts().unseen)
    yield Promise("D5", "files lost by them", lambda: cuts().files)
    for name, figure, target in (
        ("mails not sent by workers that die of it", lambda: posted().unsent, 0),
        ("mails under a number that nobody wrote", lambda: posted().spare, 0),
        ("repeats per kill and mail under way",
         lambda: posted().repeats / max(1, posted().kills) / UNDER_WAY, 1),
        ("kills that lack", lambda: MAIL_KILLS - posted().kills, 0),
        ("seconds until the mail of a dead worker goes", lambda: posted().slowest, HEALS),
    ):  # fmt: skip
        yield Promise("D11", name, figure, target, calm=True)
    crowd_of = together.Crowd
    for number, name, act in (
        ("C8", "eight are the first to hand in, at one instant", crowd_of.handed_in_first),
        ("C2", "ten clicks hand in once", crowd_of.handed_in),
        ("C2", "ten windows hand in once", crowd_of.handed_in_anew),
        ("D3", "one file sent ten times comes in once", crowd_of.uploaded),
        ("C2", "ten clicks found one team", crowd_of.founded),
        ("C3", "fifty want the places of one team", crowd_of.joined),
        ("C5", "twenty saves of one scorecard", crowd_of.scored),
        ("C7", "eight write at once and hear of no lock", crowd_of.written),
    ):
        yield Promise(number, name, partial(once, act), calm=True)
    if not POSTGRESQL:
        yield Promise("F5", "percent that a page takes longer (p99) while bombs arrive",
                      lambda: crowd().read_beside(light_bombs()), 20, alone=True)  # fmt: skip
