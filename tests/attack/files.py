"""Hostile files and texts do nothing, on the way in, at rest and on the way out."""

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path

import click

from contest.accounts import address
from contest.accounts.signin import safe_next
from contest.core.errors import DomainError
from contest.files import jail, look, store
from contest.files.arrival import arrive
from contest.web.text import LONGEST_MARKDOWN, clean_html
from tests.accounts.test_safe_next import ELSEWHERE, HERE
from tests.attack.promise import Promise
from tests.files import opened, telling
from tests.files.gate import Gate
from tests.files.zoo import (
    ACTIVE,
    BOMBS,
    DOCUMENTS,
    HARMLESS,
    MIB,
    NOT_PDF,
    PDF,
    POLYGLOTS,
    ZOO,
    Sample,
)
from tests.web import framing, thinking, trickling

POSTGRESQL = os.environ.get("CONTEST_TEST_DATABASE") == "postgresql"
SMALL = [*ACTIVE, *POLYGLOTS, *NOT_PDF]
WAIT, MEMORY = 20, 600  # seconds and MiB that a look may take at most


def a_gate() -> Gate:
    """Return a team that hands in; while it does the clock stands still."""
    return Gate(Path(tempfile.mkdtemp(prefix="contest-zoo-")))


def received(gate: Gate, sample: Sample) -> tuple[bool, float]:
    """Return whether the file was received as wanted, and how long that took."""
    content, began = sample.content(), time.monotonic()
    reason = gate.send(content, "deck.pdf") if sample.types == PDF else told(content)
    return sample.is_answered(reason), time.monotonic() - began


def told(content: bytes) -> str:
    files = store.from_url(f"file://{tempfile.mkdtemp()}/files")
    try:
        arrive(files, BytesIO(content), "a.docx", limit_bytes=30 * MIB, types=DOCUMENTS)
    except DomainError as error:
        return error.message % error.facts
    return ""


@cache
def zoo() -> tuple[dict[str, tuple[bool, float]], int]:
    """Return how each file was received, and how often the team lost its draft."""
    with a_gate() as gate:
        return {sample.name: received(gate, sample) for sample in ZOO}, gate.lost


def otherwise() -> float:
    """Return how many files were received otherwise than wanted, or cost the team its draft."""
    seen, lost = zoo()
    strange = [name for name, (good, _) in seen.items() if not good]
    click.echo("".join(f"    {name}\n" for name in strange), nl=False)
    return len(strange) + lost


def longest() -> float:
    return max(taken for _, taken in zoo()[0].values())


def names() -> float:
    with a_gate() as gate:
        return gate.names()


def crammed() -> float:
    with a_gate() as gate:
        return gate.crammed(10)


def hungriest() -> float:
    """Return the MiB that the hungriest reader of a bomb took; in a process that had no others."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        return apart.submit(_hungriest).result()


def _hungriest() -> float:
    folder = Path(tempfile.mkdtemp())
    for number, sample in enumerate(BOMBS):
        path = folder / str(number)
        path.write_bytes(sample.content())
        look.inspect(path)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def undrawn() -> float:
    """Return how many seconds the drawing of the slowest bomb takes until it is given up."""
    with ThreadPoolExecutor(2) as side_by_side:
        return max(side_by_side.map(_drawn, [s for s in BOMBS if HARMLESS in s.refusal]))


def _drawn(sample: Sample) -> float:
    with tempfile.NamedTemporaryFile() as file:
        file.write(sample.content())
        file.flush()
        began = time.monotonic()
        with look.pictures(Path(file.name)):
            return time.monotonic() - began


def reached() -> float:
    """Return how much is within reach of a reader: other machines, programs and, in bubblewrap, files."""
    click.echo(f"    the jail is: {jail.kind()}")
    return float(sum(jail.probe(jail.kind()).values()))


def named() -> float:
    """Return how often the team's name stands in what is made of its deck for a blind judge."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(telling.deck())
        file.flush()
        path, name = Path(file.name), telling.NAME.encode()
        with look.plain(path) as copy, look.pictures(path) as pictures:
            if copy is None or not pictures:
                return 1
            return telling.everything(copy.read_bytes()).count(name) + sum(
                picture.path.read_bytes().count(name) for picture in pictures
            )


def elsewhere() -> float:
    """Return how many addresses that we would follow lead a browser to another site."""
    targets = [t for t in {*ELSEWHERE, *HERE, *opened.made_up()} if safe_next(t, "/none") == t]
    click.echo(f"    {len(targets)} addresses are ours by our word")
    return opened.elsewhere(targets)


def thinks() -> float:
    taken, where, _ = thinking.slowest(thinking.LONG)
    click.echo(f"    {where}")
    return taken


def reads_addresses() -> float:
    """Return the longest time until half a million letters are refused as an address."""

    def refused(text: str) -> None:
        with suppress(DomainError):
            address.normalised(text)

    hard = ("a" * 500_000, "a@" + "b." * 250_000, "@" * 500_000, '"' * 500_000)
    return max(thinking.seconds(refused, text) for text in hard)


def reads_markdown() -> float:
    """Return the longest time for a text as long as any field takes, or longer."""
    return max(
        thinking.seconds(clean_html, thinking.markdown(piece, length))
        for piece in thinking.MARKDOWN
        for length in (LONGEST_MARKDOWN, thinking.LONG)
    )


def promises() -> Iterator[Promise]:
    def row(number: str, name: str, figure: Callable[[], float], target: float = 0) -> Promise:
        return Promise(number, name, figure, target)

    yield row("F1", f"of {len(ZOO)} hostile files, received otherwise than wanted", otherwise)
    yield row("F5", "seconds to receive the slowest of them", longest, WAIT)
    yield row("F6", "hostile names that break a page or a header", names)
    yield row("F9", "of 20 decks where there is room for 10, those received otherwise", crammed)
    if POSTGRESQL:
        return  # what follows touches no database
    given_up = jail.SECONDS["render"] + 5
    yield row("F5", "MiB that the hungriest of them takes", hungriest, MEMORY)
    yield row("F5", "seconds until the slowest is drawn or given up", undrawn, given_up)
    yield row("F12", "what a reader of files reaches beside its file", reached)
    yield row("F2", "programs in files that a browser runs", lambda: opened.run(SMALL))
    yield row("F11", "traces of a team in what a blind judge gets", named)
    yield row("W6", "addresses of ours that lead elsewhere", elsewhere)
    yield Promise("W13", f"seconds (p99) of others while {trickling.SENDERS} never end to send",
                  trickling.noticed, 1)  # fmt: skip
    yield row("W17", "requests hidden in others that are answered", framing.smuggled)
    yield row("W11", "seconds that a pattern thinks about 100 kB", thinks, 0.1)
    yield row("W11", "seconds that Markdown of any length takes", reads_markdown, 1)
    yield row("W11", "seconds that half a million letters as an address take", reads_addresses, 0.5)
