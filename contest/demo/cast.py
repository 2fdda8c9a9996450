"""Who takes part in the demonstrations, and what they hand in. All but the sponsor are invented."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mail address."""

    name: str
    email: str
    locale: str = "en"
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class TeamCast:
    """A team, its people and its entry. `quality` (0 to 1) is what the judges more or less see."""

    name: str
    kind: str
    country: str
    track: str
    people: tuple[Person, ...]
    title: str
    problem: str
    solution: str
    benefit: str
    quality: float
    organisation: str = ""  # slug
    video: str = "https://video.example.org/pitch"


@dataclass(frozen=True, slots=True)
class JudgeCast:
    """A judge: who they are, how strict (points on a 0-to-5 scale), whose colleague."""

    person: Person
    title: str
    organisation: str
    severity: float
    declares: tuple[str, ...] = field(default=())  # names of teams they have a conflict with


def _p(name: str, email: str, locale: str = "en", zone: str = "Asia/Shanghai") -> Person:
    return Person(name, email, locale, zone)


ORGANISER = _p("Zhou Min 周敏", "zhou.min@xnode.example", "zh")
SECOND_ORGANISER = _p("Elena Fischer", "elena.fischer@xnode.example", "de")
SCREENER = _p("He Jing 何静", "he.jing@xnode.example", "zh")
CHAIR = _p("佐藤 美咲", "misaki.sato@hitachi.example", "ja", "Asia/Tokyo")
SPONSOR = _p("田中 健一", "kenichi.tanaka@hitachi.example", "ja", "Asia/Tokyo")
FOLLOW_UP = _p("Wu Lei 吴磊", "wu.lei@hitachi.example", "zh")
ADMINISTRATOR = _p("Site Administrator", "admin@contest.example", "en", "UTC")

JUDGES = (
    JudgeCast(CHAIR, "Senior researcher", "hitachi", 0.1),
    JudgeCast(_p("山本 大輔", "daisuke.yamamoto@hitachi.example", "ja", "Asia/Tokyo"),
              "Head of financial systems", "hitachi", -0.4),
    JudgeCast(_p("Prof. Lin Yue 林越", "lin.yue@fudan.example", "zh"),
              "Professor of cryptography", "fudan", -0.7),
    JudgeCast(_p("Grace Okafor", "grace@harbourcapital.example"),
              "Partner", "harbour-capital", 0.5, ("Kettenwerk",)),
    JudgeCast(_p("Sun Wei 孙伟", "sun.wei@xnode.example", "zh"), "Venture builder", "xnode", 0.3),
    JudgeCast(_p("Dr. Jürgen Groß", "juergen.gross@bund-bank.example", "de", "Europe/Berlin"),
              "Payments architect", "bund-bank", 0.0),
)  # fmt: skip

TEAMS = (
    TeamCast("PortLedger", "startup", "CN", "supply",
             (_p("Chen Yu 陈宇", "chen.yu@portledger.example", "zh"),
              _p("Liu Fang 刘芳", "liu.fang@portledger.example", "zh"),
              _p("Ma Jun 马骏", "ma.jun@portledger.example", "zh")),
             "Bills of lading that banks can lend against",
             "Small exporters in Ningbo wait 35 days for a bank to believe a paper bill of lading.",
             "Carriers, forwarders and banks sign one electronic bill; each transfer is a signed entry on a shared ledger, and a lender sees at once whether the goods are pledged already.",
             "Financing in two days; double pledging becomes impossible.", 0.92, "portledger"),
    TeamCast("Kettenwerk", "startup", "DE", "supply",
             (_p("Jonas Weiß", "jonas@kettenwerk.example", "de", "Europe/Berlin"),
              _p("Maria Schäfer", "maria@kettenwerk.example", "de", "Europe/Berlin")),
             "Supplier credit from machine hours",
             "Tool makers own machines that work for others, yet banks lend only against buildings.",
             "Machine controllers sign the hours they worked; the hours become a pledge that pays back itself.",
             "Credit for 40,000 tool makers without a single paper form.", 0.84, "kettenwerk"),
    TeamCast("Fudan Trust Lab", "student", "CN", "identity",
             (_p("Gao Xin 高欣", "gao.xin@fudan.example", "zh"),
              _p("Tang Rui 唐睿", "tang.rui@fudan.example", "zh"),
              _p("Amelie Laurent", "amelie.laurent@fudan.example", "en")),
             "Prove your age without showing your birthday",
             "Shops photograph identity cards to check one number, and keep the photographs.",
             "A phone holds a credential of the issuing office and proves single statements in zero knowledge.",
             "Nothing to steal at the counter, and the check takes 0.4 seconds.", 0.88, "fudan"),
    TeamCast("HarborPay", "startup", "CN", "payments",
             (_p("Qian Li 钱莉", "qian.li@harborpay.example", "zh"),
              _p("Zhao Peng 赵鹏", "zhao.peng@harborpay.example", "zh")),
             "Wages for sailors, settled in port",
             "Crews are paid by wire in a currency they then change at a loss.",
             "Ship owners escrow wages; a crew member releases them in any port at the day's rate.",
             "Sailors keep 4 % more of what they earn.", 0.71),
    TeamCast("三江 Chain", "company", "CN", "supply",
             (_p("Xu Hao 许昊", "xu.hao@sanjiang.example", "zh"),
              _p("Cai Ling 蔡玲", "cai.ling@sanjiang.example", "zh")),
             "Cold chain that insures itself",
             "Insurers doubt the temperature log of every spoiled load of fish.",
             "Sensors sign their readings, and a parametric policy pays when the signed curve leaves its band.",
             "Claims in minutes; premiums fall by a fifth.", 0.66),
    TeamCast("TsukubaID", "student", "JP", "identity",
             (_p("鈴木 陽菜", "hina.suzuki@tsukuba.example", "ja", "Asia/Tokyo"),
              _p("高橋 蓮", "ren.takahashi@tsukuba.example", "ja", "Asia/Tokyo")),
             "A residence record that moves with you",
             "Moving between cities means the same form at nine counters.",
             "Each city signs its part of the record; the resident carries it and shows what a counter needs.",
             "One visit instead of nine.", 0.79, "tsukuba"),
    TeamCast("GridCoin Commons", "open", "CN", "payments",
             (_p("Ye Ting 叶婷", "ye.ting@gridcoin.example", "zh"),),
             "Neighbours who sell sunshine",
             "Rooftop panels feed in at noon for next to nothing.",
             "Meters settle kilowatt-hours between neighbours every quarter of an hour.",
             "Panels pay back two years earlier.", 0.58),
    TeamCast("ClearInvoice", "startup", "SG", "payments",
             (_p("Priya Nair", "priya@clearinvoice.example", "en", "Asia/Singapore"),
              _p("Daniel Tan", "daniel@clearinvoice.example", "en", "Asia/Singapore")),
             "Invoices that cannot be paid twice",
             "Factoring houses lose 2 % a year to invoices that were sold twice.",
             "A hash of each sold invoice is looked up in a register that no house can read as a whole.",
             "Fraud found before the money leaves.", 0.81, "clearinvoice"),
    TeamCast("Silk Audit", "startup", "CN", "supply",
             (_p("Deng Kai 邓凯", "deng.kai@silkaudit.example", "zh"),
              _p("Han Mei 韩梅", "han.mei@silkaudit.example", "zh")),
             "An auditor in every loom",
             "Brands promise fair cotton and audit a mill once a year.",
             "Gin, mill and dye house sign what they pass on; volumes that do not add up show at once.",
             "A promise a brand can print on the label.", 0.74),
    TeamCast("Jiaotong Rails", "student", "CN", "payments",
             (_p("Shen Yi 沈逸", "shen.yi@sjtu.example", "zh"),
              _p("Fang Zhou 方舟", "fang.zhou@sjtu.example", "zh"),
              _p("Lu Qing 陆清", "lu.qing@sjtu.example", "zh")),
             "One fare across three metros",
             "A commuter between Suzhou and Shanghai holds three cards and three balances.",
             "Operators net their fares every night on a ledger that none of them owns.",
             "One tap, one fare, and netting costs a tenth.", 0.69),
    TeamCast("MediConsent", "startup", "US", "identity",
             (_p("Olivia Brooks", "olivia@mediconsent.example", "en", "America/New_York"),
              _p("Ravi Shah", "ravi@mediconsent.example", "en", "America/New_York")),
             "Consent that a patient can take back",
             "Once a study has your data, nobody can say where it went.",
             "Each use of a record asks a consent token that the patient can end.",
             "Studies that pass an ethics board in a week.", 0.76, "mediconsent"),
    TeamCast("Lotus Escrow", "startup", "CN", "payments",
             (_p("Peng Lu 彭璐", "peng.lu@lotusescrow.example", "zh"),
              _p("Jin Bo 金波", "jin.bo@lotusescrow.example", "zh")),
             "Escrow for made-to-order machines",
             "A buyer pays 30 % ahead and hopes.",
             "Milestones that both sides sign release the next tranche, and a third party settles quarrels.",
             "Fewer broken orders between strangers.", 0.63),
    TeamCast("Yamanote Data", "company", "JP", "identity",
             (_p("伊藤 さくら", "sakura.ito@yamanote.example", "ja", "Asia/Tokyo"),
              _p("渡辺 翔", "sho.watanabe@yamanote.example", "ja", "Asia/Tokyo")),
             "Keys for people who lose keys",
             "Every fifth user of a wallet loses the key within two years.",
             "Shares of a key rest with a bank, an employer and a friend; two of three restore it.",
             "Wallets that one may lose.", 0.72),
    TeamCast("Bund Robotics Club", "student", "CN", "supply",
             (_p("Luo Tian 罗天", "luo.tian@ecnu.example", "zh"),
              _p("Bai Xue 白雪", "bai.xue@ecnu.example", "zh")),
             "Spare parts with a birth certificate",
             "A third of the bearings sold as original are not.",
             "The maker signs a fingerprint of each part's surface; a phone's camera checks it.",
             "Counterfeits are found at the door.", 0.61),
    TeamCast("Mekong Fresh", "open", "VN", "supply",
             (_p("Nguyễn Thị Mai", "mai@mekongfresh.example", "en", "Asia/Ho_Chi_Minh"),),
             "Prices that farmers can see",
             "A farmer learns the price of mangoes from the person who buys them.",
             "Wholesale trades are published, hour by hour, without naming who traded.",
             "Farmers ask for 12 % more, and get it.", 0.55),
)  # fmt: skip

US_TEAMS = (
    TeamCast("TitleBlock", "startup", "US", "supply",
             (_p("Hannah Cole", "hannah@titleblock.example", "en", "America/Los_Angeles"),
              _p("Marcus Reed", "marcus@titleblock.example", "en", "America/Los_Angeles")),
             "Land titles a county can trust",
             "A title search takes eleven days and still misses liens.",
             "Counties sign each change of title; the chain of owners is one query.",
             "Closings in a day.", 0.86),
    TeamCast("Bay Settlement", "startup", "US", "payments",
             (_p("Sofia Alvarez", "sofia@baysettlement.example", "en", "America/Los_Angeles"),),
             "Securities that settle at once",
             "Two days between trade and settlement bind billions.",
             "Cash and paper change hands in one atomic step.",
             "Capital set free.", 0.78),
    TeamCast("Stanford Ledger Group", "student", "US", "identity",
             (_p("Kevin Zhang", "kevin@ledger-group.example", "en", "America/Los_Angeles"),
              _p("Emma Johansson", "emma@ledger-group.example", "en", "America/Los_Angeles")),
             "Diplomas that check themselves",
             "Universities answer 600,000 letters a year on who graduated.",
             "A diploma is a signed credential; an employer checks it without a letter.",
             "No letters.", 0.7),
    TeamCast("FreightProof", "company", "US", "supply",
             (_p("Tom Baker", "tom@freightproof.example", "en", "America/Chicago"),),
             "Proof of delivery for truckers",
             "Truckers wait 60 days because a signature is in dispute.",
             "Gate cameras and drivers sign the hand-over together.",
             "Paid in three days.", 0.62),
    TeamCast("CivicVote", "student", "US", "identity",
             (_p("Nia Williams", "nia@civicvote.example", "en", "America/New_York"),),
             "Ballots one can follow",
             "Absentee voters never learn whether their ballot arrived.",
             "A receipt follows the envelope without telling how it was marked.",
             "Trust, by tracking number.", 0.57),
)  # fmt: skip

ORGANISATIONS: tuple[tuple[str, str, str, str, str, str, list[str], str], ...] = (
    # slug, name en, zh, ja, kind, country, domains, website
    ("hitachi", "Hitachi", "日立", "日立製作所", "company", "JP", ["hitachi.example"], "https://hitachi.example"),
    ("xnode", "XNode", "创极无限", "", "incubator", "CN", ["xnode.example"], "https://xnode.example"),
    ("fudan", "Fudan University", "复旦大学", "復旦大学", "university", "CN", ["fudan.example"], ""),
    ("tsukuba", "University of Tsukuba", "筑波大学", "筑波大学", "university", "JP", ["tsukuba.example"], ""),
    ("harbour-capital", "Harbour Capital", "", "", "company", "CN", ["harbourcapital.example"], ""),
    ("bund-bank", "Bund Bank", "外滩银行", "", "company", "CN", ["bund-bank.example"], ""),
    ("shanghai-fintech", "Shanghai FinTech Association", "上海金融科技协会", "", "association", "CN", [], ""),
    ("ledger-weekly", "Ledger Weekly", "账本周刊", "", "media", "CN", [], ""),
    ("portledger", "PortLedger", "港账科技", "", "startup", "CN", ["portledger.example"], ""),
    ("kettenwerk", "Kettenwerk GmbH", "", "", "startup", "DE", ["kettenwerk.example"], ""),
    ("clearinvoice", "ClearInvoice Pte.", "", "", "startup", "SG", ["clearinvoice.example"], ""),
    ("mediconsent", "MediConsent Inc.", "", "", "startup", "US", ["mediconsent.example"], ""),
)  # fmt: skip

REMARKS = (
    "Clear and honest about what is missing. Name the first two companies and you are there.",
    "The problem is real. I would have liked to see what happens when one side is wrong.",
    "Strong people. The ledger must earn its place: say what a plain database could not do.",
    "I can see this running within a quarter. Think about who pays for it in year two.",
    "Good pitch; the numbers on page five need a source.",
    "Start smaller: one port, one bank, one month.",
)
