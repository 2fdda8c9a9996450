"""A copy for those who must not know whose it is shows the same and names nobody (Z10, F11)."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader

from contest.files import jailed, look
from tests.files import telling


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    deck = tmp_path_factory.mktemp("telling") / "deck.pdf"
    deck.write_bytes(telling.deck())
    return deck


def pictures(path: Path) -> list[Image.Image]:
    with look.pictures(path) as drawn:
        return [Image.open(BytesIO(p.path.read_bytes())) for p in drawn if p.kind == "page"]


def test_the_copy_of_a_deck_names_nobody_and_shows_the_same(deck: Path, tmp_path: Path) -> None:
    assert telling.everything(deck.read_bytes()).count(telling.NAME.encode()) > 20
    with look.plain(deck) as made:
        assert made is not None
        copy = tmp_path / "copy.pdf"
        copy.write_bytes(made.read_bytes())

    assert telling.NAME.encode() not in telling.everything(copy.read_bytes())
    read = PdfReader(copy)
    assert "Our idea, page 2" in read.pages[1].extract_text()
    assert (read.metadata, read.trailer.get("/ID"), read.root_object.get("/OpenAction")) == (
        None,
    ) * 3
    assert [page.get("/Annots") for page in read.pages] == [None, None]
    for mine, theirs in zip(pictures(deck), pictures(copy), strict=True):
        assert mine.size == theirs.size
        assert ImageStat.Stat(ImageChops.difference(mine, theirs)).mean < [1.0] * 3


def test_the_same_deck_gives_the_same_copy(deck: Path) -> None:
    """No instant and no number of its own tells two copies apart."""
    with look.plain(deck) as first, look.plain(deck) as second:
        assert first is not None
        assert second is not None
        assert first.read_bytes() == second.read_bytes()


def test_of_what_is_no_deck_there_is_no_copy(tmp_path: Path) -> None:
    torn = tmp_path / "torn.pdf"
    torn.write_bytes(b"%PDF-1.7 torn")
    with look.plain(torn) as made:
        assert made is None


def test_a_photo_keeps_its_picture_and_loses_its_story() -> None:
    bare = jailed.bare_jpeg(telling.photo())
    assert telling.NAME.encode() not in bare
    assert Image.open(BytesIO(bare)).tobytes() == Image.open(BytesIO(telling.photo())).tobytes()


@pytest.mark.parametrize("torn", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff", b"no picture at all"])
def test_a_torn_photo_stops_nobody(torn: bytes) -> None:
    assert jailed.bare_jpeg(torn).startswith(torn[:2])
    assert jailed.bare_jpx(torn) == torn


def test_a_picture_of_pixels_alone_loses_its_boxes() -> None:
    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    drawn = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 ")
    tail = box(b"jp2c", b"pixels")
    assert (
        jailed.bare_jpx(drawn + box(b"xml ", b"Ada") + box(b"uuid", b"Ada") + tail) == drawn + tail
    )


def test_the_pictures_of_pages_carry_nothing_but_pixels(deck: Path) -> None:
    with look.pictures(deck) as drawn:
        for picture in drawn:
            content = picture.path.read_bytes()
            assert telling.NAME.encode() not in content
            assert not {b"EXIF", b"XMP ", b"ICCP"} & {content[i : i + 4] for i in range(12, 60)}
            assert Image.open(BytesIO(content)).info.keys() <= {"loop", "background"}
