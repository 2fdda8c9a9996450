"""What the form of a page holds."""

from xml.etree.ElementTree import Element

import html5lib

from tests.pages import Client


def opened(client: Client, url: str) -> dict[str, str]:
    """Return what the form of a page holds, as a browser would send it."""
    return held(client.page(url).text)


def held(text: str) -> dict[str, str]:
    """Return what the one form of a page holds."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    (form,) = (f for f in root.iter("form") if f.get("class") == "form")
    named = [e for e in form.iter() if e.get("name")]
    return {str(e.get("name")): value for e in named if (value := _value(e)) is not None}


def _value(control: Element) -> str | None:
    if control.tag == "textarea":
        return (control.text or "").removeprefix("\n")
    if control.tag == "select":
        chosen = [o for o in control.iter("option") if o.get("selected") is not None]
        return str(chosen[0].get("value")) if chosen else ""
    if control.get("type") in {"radio", "checkbox"}:
        return control.get("value") if control.get("checked") is not None else None
    return control.get("value", "") if control.tag == "input" else None
