"""Who and what the story is about."""

from contest.core.words import Words
from contest.demo import cast
from tests.browser import DESKTOP, PHONE

CONTEST = "/contests/shanghai-2019"
TEAMS = ("PortLedger", "Kettenwerk", "Fudan Trust Lab")
FINALISTS = TEAMS[:2]  # who win in the end
ENTRIES = {team.name: team for team in cast.TEAMS}
JUDGES = ("Grace Okafor", "Prof. Lin Yue", "Dr. Jürgen Groß")
PEOPLE = (
    ("He Jing 何静", "he.jing@xnode.example", "Screener", DESKTOP),
    ("佐藤 美咲", "misaki.sato@hitachi.example", "Chair", DESKTOP),
    ("Prof. Lin Yue", "lin.yue@fudan.example", "Judge", PHONE),
    ("Grace Okafor", "grace@harbourcapital.example", "Judge", PHONE),
    ("Dr. Jürgen Groß", "juergen.gross@bund-bank.example", "Judge", PHONE),
    ("田中 健一", "kenichi.tanaka@hitachi.example", "Sponsor", DESKTOP),
    ("Wu Lei 吴磊", "wu.lei@hitachi.example", "Follow-up owner", DESKTOP),
)
PROMISES = {
    "Screener": ["Confidentiality"],
    "Chair": ["Confidentiality", "Conflict declaration"],
    "Judge": ["Confidentiality", "Conflict declaration"],
}


def in_both(words: Words) -> dict[str, str]:
    """Return what to fill in where the contest cannot be announced without its second language."""
    return {lang: words[lang] for lang in ("en", "zh")}


def in_english(words: Words) -> dict[str, str]:
    return {"en": words["en"]}
