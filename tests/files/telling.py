"""A deck that says, in every place where programs say such things, whose it is."""

from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link, Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

NAME = "Lovelace"  # stands wherever somebody's name can stand


def pdf(value: Any) -> Any:
    """Return a Python value as a PDF says it: "/Name" is a name, bytes are a stream."""
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): pdf(each) for key, each in value.items()})
    if isinstance(value, list):
        return ArrayObject([pdf(each) for each in value])
    if isinstance(value, bytes):
        stream = DecodedStreamObject()
        stream.set_data(value)
        return stream
    if type(value) is str:
        return (NameObject if value.startswith("/") else TextStringObject)(value)
    return FloatObject(value) if type(value) in {int, float} else value


def add(writer: PdfWriter, value: Any, **more: Any) -> Any:
    """Add a thing of its own and return the reference to it; `more` are the words before a stream."""
    made = pdf(value)
    made.update(pdf({f"/{key}": each for key, each in more.items()}))
    return writer._add_object(made)  # noqa: SLF001 -- there is no other way


def photo() -> bytes:
    """Return a JPEG with a comment, notes of its camera and an editor's packet."""
    made, notes = BytesIO(), Image.Exif()
    notes[0x013B] = notes[0x8298] = f"Ada {NAME}"  # artist, copyright
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(
        made, "JPEG", exif=notes, comment=NAME.encode(), progressive=True
    )
    packet = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + NAME.encode() + b"</x:xmpmeta>"
    segment = b"\xff\xe1" + (len(packet) + 2).to_bytes(2, "big") + packet
    return made.getvalue()[:2] + segment + made.getvalue()[2:] + b"and after: " + NAME.encode()


def deck() -> bytes:
    """Return two pages with a text, a photo, a layer and notes, and the name in every hidden place."""
    writer = PdfWriter()
    layer = add(writer, {"/Type": "/OCG", "/Name": f"{NAME}'s layer",
                         "/Usage": {"/CreatorInfo": {"/Creator": NAME}}})  # fmt: skip
    image = add(writer, photo(), Type="/XObject", Subtype="/Image", Width=64, Height=48,
                ColorSpace="/DeviceRGB", BitsPerComponent=8, Filter="/DCTDecode", Author=NAME,
                Metadata=add(writer, f"<x>{NAME}</x>".encode()))  # fmt: skip
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    for number in (1, 2):
        page = writer.add_blank_page(width=960, height=540)
        drawing = (
            f"q 640 0 0 480 20 20 cm /Im0 Do Q /OC /L0 BDC "
            f"BT /F1 48 Tf 60 60 Td (Our idea, page {number}) Tj ET EMC"
        )
        page.update(pdf({
            "/Contents": add(writer, drawing.encode()),
            "/Resources": {"/XObject": {"/Im0": image}, "/Font": {"/F1": font},
                           "/Properties": {"/L0": layer}},
            "/PieceInfo": {"/Editor": {"/Private": NAME}},
            "/Metadata": add(writer, f"<page>{NAME}</page>".encode()),
            "/LastModified": f"D:20261122 {NAME}",
        }))  # fmt: skip
    writer.root_object.update(pdf({
        "/OCProperties": {"/OCGs": [layer], "/D": {"/Creator": NAME, "/Order": [NAME, layer],
                                                   "/ON": [layer]}},
        "/Metadata": add(writer, f"<rdf>{NAME}</rdf>".encode()),
        "/OpenAction": {"/S": "/JavaScript", "/JS": f"app.alert('{NAME}')"},
    }))  # fmt: skip
    writer.add_metadata({f"/{key}": NAME for key in ("Author", "Creator", "Title", "Company")})
    writer.add_attachment(f"{NAME}.docx", f"written by {NAME}".encode())
    writer.add_annotation(0, Text(rect=(10, 10, 11, 11), text=NAME, title_bar=NAME))
    writer.add_annotation(0, Link(rect=(50, 50, 90, 90), url=f"https://{NAME}.example/who-reads"))
    stamp = add(writer, b"0 0.6 0 rg 0 0 300 60 re f", Type="/XObject", Subtype="/Form",
                BBox=[0, 0, 300, 60], LastModified=NAME)  # fmt: skip
    writer.pages[1][NameObject("/Annots")] = pdf([{
        "/Type": "/Annot", "/Subtype": "/Stamp", "/Rect": [200, 400, 500, 460], "/AP": {"/N": stamp},
        "/T": NAME, "/NM": NAME, "/F": 4,
    }])  # fmt: skip
    writer.add_outline_item(title=f"{NAME}'s plan", page_number=0)
    writer.generate_file_identifiers()
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def everything(content: bytes) -> bytes:
    """Return all that stands in a PDF, packed and unpacked, one behind the other."""
    reader: Any = PdfReader(BytesIO(content))
    found = [content, repr(reader.trailer).encode()]
    for number in range(1, reader.trailer["/Size"]):
        thing = reader.get_object(number)
        found.append(repr(thing).encode())
        if hasattr(thing, "_data"):
            packed = thing.get("/Filter") in {"/DCTDecode", "/JPXDecode"}
            found.append(thing._data if packed else thing.get_data())  # noqa: SLF001
    return b"\n".join(found)
