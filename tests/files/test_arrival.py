import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from contest.core.errors import DomainError
from contest.files import look, store
from contest.files.arrival import Arrived, arrive, plain_name
from contest.files.models import Scan
from contest.files.store import Store
from tests import make

MIB = 1024 * 1024


@pytest.fixture
def files(tmp_path: Path) -> Store:
    return store.from_url(f"file://{tmp_path}/files")


def everything(files: Store) -> list[str]:
    assert files.root is not None
    return [path.name for path in files.root.rglob("*") if path.is_file()]


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (10, 10)).save(made, "PNG")
    return made.getvalue()


def script(folder: Path, exit_code: int) -> str:
    program = folder / f"scan{exit_code}"
    program.write_text(f'#!/bin/sh\ntest -s "$1" && exit {exit_code}\n')
    program.chmod(0o755)
    return str(program)


def test_a_pdf_is_stored_under_its_hash_with_its_pages_counted(files: Store) -> None:
    arrived = arrive(files, BytesIO(make.pdf(pages=3)), "C:\\decks\\创新 deck.pdf", limit_bytes=MIB)

    assert (arrived.name, arrived.pages, arrived.type) == ("创新 deck.pdf", 3, look.PDF)
    assert arrived.scan is Scan.CLEAN
    assert b"".join(files.chunks(arrived.sha256)).startswith(b"%PDF-")
    assert everything(files) == [arrived.sha256]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"Dear jury, here is our idea.", "This is not a PDF."),
        (b"%PDF-1.7\nnothing else", "This file is damaged"),
        (make.pdf(pages=2, password="secret"), "protected by a password"),
        (make.pdf(pages=2)[:-60], "This file is damaged"),
        (make.pdf(pages=2)[:-6], "ends too early"),
        (make.pdf(pages=11), "has 11 pages; at most 10 are taken"),
        (b"%PDF-1.7\n" + b"x" * MIB, "larger than 1 MB"),
        (picture(), "This is not a PDF."),
    ],
    ids=["empty", "text", "broken", "locked", "torn", "cut", "long", "large", "picture"],
)
def test_what_is_not_taken_is_refused_with_its_reason_and_leaves_nothing(
    files: Store, content: bytes, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        arrive(files, BytesIO(content), "deck.pdf", limit_bytes=MIB, most_pages=10)

    assert everything(files) == []


def test_an_infected_file_is_refused_and_leaves_nothing(files: Store, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="virus scanner refuses"):
        arrive(files, BytesIO(make.pdf()), "deck.pdf", limit_bytes=MIB, scanner=script(tmp_path, 1))

    assert everything(files) == []


@pytest.mark.parametrize(("exit_code", "scan"), [(0, Scan.CLEAN), (2, Scan.PENDING)])
def test_a_scanner_that_cannot_say_leaves_the_file_pending(
    files: Store, tmp_path: Path, exit_code: int, scan: Scan
) -> None:
    arrived: Arrived = arrive(
        files, BytesIO(make.pdf()), "d.pdf", limit_bytes=MIB, scanner=script(tmp_path, exit_code)
    )
    assert arrived.scan is scan


def test_the_same_bytes_twice_are_stored_once(files: Store) -> None:
    first, second = (
        arrive(files, BytesIO(make.pdf()), name, limit_bytes=MIB) for name in ("a.pdf", "b.pdf")
    )
    assert first.sha256 == second.sha256
    assert everything(files) == [first.sha256]


def test_a_file_that_kills_its_reader_is_refused(tmp_path: Path) -> None:
    missing = look.inspect(tmp_path / "nothing.pdf")
    assert missing.decision.reason == look.FAULTS["crashed"]


def test_pages_are_drawn_as_pictures_of_1200_pixels_with_thumbnails(tmp_path: Path) -> None:
    deck = tmp_path / "deck"
    deck.write_bytes(make.pdf(pages=2))
    with look.pictures(deck) as pictures:
        assert [(p.page, p.kind) for p in pictures] == [
            (1, "page"), (1, "thumb"), (2, "page"), (2, "thumb"),
        ]  # fmt: skip
        with Image.open(pictures[0].path) as page:
            assert (page.format, page.width) == ("WEBP", 1200)
            assert (page.width, page.height) == (pictures[0].width, pictures[0].height)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_of_files_are_made_plain(given: str, plain: str) -> None:
    assert plain_name(given) == plain


def office(kind: str, **parts: str) -> bytes:
    """An Office file that says it is of that kind, with more parts by name."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        for name, text in parts.items():
            packed.writestr(name, text)
    return made.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_what_people_work_on_together_is_taken_as_what_it_is_whatever_its_name(
    files: Store,
) -> None:
    taken = frozenset(look.DOCUMENTS)
    sheet = BytesIO()
    with zipfile.ZipFile(sheet, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    kinds = [
        arrive(files, BytesIO(content), "a.exe", limit_bytes=MIB, types=taken).type
        for content in (office(f"{WORD}.main+xml"), sheet.getvalue(), picture(), make.pdf())
    ]

    assert kinds == [
        WORD, "application/vnd.oasis.opendocument.spreadsheet", "image/png", look.PDF,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (office("application/vnd.ms-word.document.macroEnabled.main+xml"), "contains macros"),
        (office(f"{WORD}.main+xml", **{"word/vbaProject.bin": "x"}), "contains macros"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"old", "of an old kind"),
        (office("text/html"), "Files of this kind are not taken"),
        (office(f"{WORD}.main+xml")[:-30], "This file is damaged"),
        (b"<script>", "Files of this kind are not taken"),
    ],
    ids=["macro kind", "macro part", "old", "archive", "torn", "script"],
)
def test_a_document_that_could_do_harm_is_refused_with_its_reason(
    files: Store, content: bytes, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        arrive(
            files, BytesIO(content), "plan.docx", limit_bytes=MIB, types=frozenset(look.DOCUMENTS)
        )

    assert everything(files) == []


def test_a_deck_is_still_a_pdf_and_nothing_else(files: Store) -> None:
    with pytest.raises(DomainError, match="This is not a PDF"):
        arrive(files, BytesIO(office(f"{WORD}.main+xml")), "deck.pdf", limit_bytes=MIB)
