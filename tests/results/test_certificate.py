import io

import pypdf

from contest.results import certificate


def _page(lang: str, **more: str) -> certificate.Page:
    told = {"award": "First prize", "heading": "Certificate of award", **more}
    return certificate.Page(
        lang=lang,
        title="Certificate · 锦江科技",
        contest="Clean Rivers",
        given_to="given to",
        team="锦江科技 #1 \\ *",
        members=["李小龙", "山田太郎", "Jürgen Groß"],
        for_entry="for",
        entry="Reeds [x] $y$",
        signers=[certificate.Signer("王芳", "Organiser")],
        issuer="Hitachi",
        date="1 June 2030",
        check="Check this",
        code="ABCD-EFGH",
        url="https://contest.example/certificates/ABCDEFGH",
        **told,
    )


def test_names_in_three_scripts_and_the_signs_of_the_typesetter_come_out_as_text() -> None:
    read = pypdf.PdfReader(io.BytesIO(certificate.pdf(_page("en"))))
    text = read.pages[0].extract_text()

    for name in (
        "李小龙",
        "山田太郎",
        "Jürgen Groß",
        "锦江科技 #1 \\ *",
        "Reeds [x] $y$",
        "First prize",
    ):
        assert name in text
    assert len(read.pages) == 1
    assert read.pages[0].mediabox.width > read.pages[0].mediabox.height


def test_title_and_language_are_set() -> None:
    read = pypdf.PdfReader(io.BytesIO(certificate.pdf(_page("ja", award="", heading="表彰状"))))

    assert read.metadata is not None
    assert read.metadata.title == "Certificate · 锦江科技"
    assert str(read.root_object["/Lang"]) == "ja-JP"
    assert "First prize" not in read.pages[0].extract_text()


def test_the_qr_code_is_a_drawing_without_styles_or_scripts() -> None:
    drawn = certificate.qr("https://contest.example/certificates/ABCD").decode()

    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "script" not in drawn
