"""Text that people write never becomes a program, whatever they write (W3, flaw-102, flaw-110)."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest

from contest.web.text import LONGEST_MARKDOWN, clean_html

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "pre", "table",
        "thead", "tbody", "tr", "th", "td", "hr", "html", "head", "body"}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title"}
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
CALL = "alert(1)"
HOSTILE = [
    f"<script>{CALL}</script>", f"<img src=x onerror={CALL}>", f"<svg/onload={CALL}>",
    f"<svg><script>{CALL}", f"<a href='javascript:{CALL}'>x</a>", f"[x](javascript:{CALL})",
    f"[x](JaVaScRiPt:{CALL})", f"[x](java\nscript:{CALL})", f"[x](&#106;avascript:{CALL})",
    f"[x](&#x6A&#x61vascript:{CALL})", f"[x](\x01javascript:{CALL})", f"[x](javascript&colon;{CALL})",
    f"[x](javascript&#58;{CALL})", f"[x](data:text/html,<script>{CALL}</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", f"[x](vbscript:{CALL})", "[x](file:///etc/passwd)",
    f"<javascript:{CALL}>", f"[x]: javascript:{CALL}\n\n[x]", f"![x](x\"onerror=\"{CALL})",
    f"![\"onerror=\"{CALL}](x)", "![x](https://evil.example/pixel.png)",
    f"[x](https://a.example \"onmouseover={CALL}\")", f"[x](<https://a.example\" onclick=\"{CALL}>)",
    f"[x](https://a.example/'onclick='{CALL})", f"https://a.example/\"onclick=\"{CALL}",
    f"```\"onclick=\"{CALL}\nx\n```", f"``` <script>{CALL}</script>\n```", f"`<script>{CALL}</script>`",
    f"<iframe src=javascript:{CALL}>", f"<iframe srcdoc='<script>{CALL}</script>'>",
    f"<object data=javascript:{CALL}>", f"<embed src=javascript:{CALL}>",
    f"<form action=javascript:{CALL}><button>x", f"<input autofocus onfocus={CALL}>",
    f"<body onload={CALL}>", f"<details open ontoggle={CALL}>", f"<video><source onerror={CALL}>",
    f"<math href=javascript:{CALL}>x",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={CALL}>",
    f"<svg></p><style><a title='</style><img src onerror={CALL}>'>",
    f"<noscript><p title='</noscript><img src onerror={CALL}>'>",
    "<style>*{background:url(//evil.example)}</style>", "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    f"<p style='x:expression({CALL})'>x", "<x-frame id=y class=z name=location>",
    f"<!--><script>{CALL}</script>-->", f"<![CDATA[<script>{CALL}</script>]]>",
    f"<?xml <script>{CALL}</script>?>", f"<scr<script>ipt>{CALL}</script>", f"<<script>{CALL}//<</script>",
    f"\0<script>{CALL}</script>", f"<script\0>{CALL}</script>", f"&lt;script&gt;{CALL}&lt;/script&gt;",
    f"%3Cscript%3E{CALL}", f"\uff1cscript\uff1e{CALL}", f"+ADw-script+AD4-{CALL}",
    f"|<script>{CALL}</script>|\n|-|\n", f"- <script>{CALL}</script>\n  - [x](javascript:{CALL})",
    f"# <script>{CALL}</script>", f"> <img src=x onerror={CALL}>",
    "<a href=//evil.example target=_blank rel=opener>x</a>", "[x](//evil.example)", "{{ 7 * 7 }}",
    "{% raw %}", "${7*7}", f"\u202e<script>{CALL}</script>", "<" * 500, "[" * 500,
    f"<a{' ' * 500}href=javascript:{CALL}>",
]  # fmt: skip


def parts(element: Element) -> Iterator[Element]:
    return (e for e in element.iter() if isinstance(e.tag, str))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_of_what_is_written_only_the_allowed_marks_remain(text: str) -> None:
    page = html5lib.parse(clean_html(text), namespaceHTMLElements=False)
    for element in parts(page):
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES
        href = element.get("href")
        if href is not None:
            scheme = SCHEME.match(href)
            assert scheme is None or scheme[1].lower() in {"http", "https", "mailto"}
            assert element.get("rel") == "noopener noreferrer nofollow"


def test_addresses_become_links_and_the_full_stop_behind_them_does_not() -> None:
    assert clean_html("See https://a.example/x_y?q=1. And **https://b.example**!") == (
        '<p>See <a href="https://a.example/x_y?q=1" rel="noopener noreferrer nofollow">'
        'https://a.example/x_y?q=1</a>. And <strong><a href="https://b.example"'
        ' rel="noopener noreferrer nofollow">https://b.example</a></strong>!</p>\n'
    )


def test_a_text_longer_than_any_field_is_shown_as_it_was_written() -> None:
    assert clean_html("<b>" * LONGEST_MARKDOWN) == f"<pre>{'&lt;b&gt;' * LONGEST_MARKDOWN}</pre>"
