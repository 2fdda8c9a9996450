"""What a person knows a browser by. Nothing finer is kept: no version, no network address."""

import hashlib

# The first word that occurs decides, since browsers also claim to be the ones they descend from.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """Return what a browser reports of itself, in two words; "" when they are none that we know."""
    words = (
        next((word for part, word in table if part in user_agent), "")
        for table in (BROWSERS, SYSTEMS)
    )
    return " · ".join(word for word in words if word)


def mark(token: str) -> str:
    """Return what is kept of a device's cookie: enough to know it again, not to forge it."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""
