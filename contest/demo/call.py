"""What the organisers of the Shanghai contest wrote: the call, its rules, its questions, its rubric."""

from contest.core.words import Words

TITLE = Words(
    en="Hitachi Blockchain Challenge Shanghai",
    zh="日立区块链创新挑战赛·上海",
    ja="日立ブロックチェーン・チャレンジ上海",
)
TAGLINE = Words(
    en="Fifteen teams, one day on stage, and a proof of concept with Hitachi for the best.",
    zh="十五支团队，一天路演，优胜者与日立共同开展概念验证。",
    ja="15チームが1日で競い、優勝者は日立と実証に進みます。",
)
BRIEF = Words(
    en="""Hitachi looks for teams that make trust between companies cheaper: in payments, in supply chains and
in digital identity. After the first contest in the United States, this is the second country.

**You bring** a working idea, a short deck and people who will build it.

**We bring** engineers, a sandbox with realistic data, and a budget for a proof of concept of up to four months.

What you hand in stays yours. Judges sign a confidentiality undertaking before they see your name,
and you can look up who opened your documents.""",
    zh="""日立正在寻找能够降低企业间信任成本的团队：支付结算、供应链与数字身份。
继首届美国赛之后，上海是第二站。

**您带来**：可行的创意、一份简短的演示文稿，以及愿意把它做出来的人。

**我们提供**：工程师、带有真实感数据的沙箱，以及最长四个月的概念验证预算。

您提交的内容始终归您所有。评委在看到您的名字之前须签署保密承诺，您可以随时查询谁打开过您的文件。""",
)
CHALLENGE = (
    Words(en="Trust between companies that have never met", zh="让素未谋面的企业彼此信任"),
    Words(
        en="Show one transaction between two companies that today needs a third party, paper or patience, "
        "and how it works without. We care about what happens when one side is wrong.",
        zh="请展示一笔如今需要第三方、纸质文件或漫长等待的企业间交易，以及如何摆脱它们。我们尤其关心一方出错时会怎样。",
    ),
)
TRACKS = {
    "payments": (Words(en="Payments and settlement", zh="支付与结算"),
                 Words(en="Money that moves when both sides agree.", zh="双方一致，资金即动。")),
    "supply": (Words(en="Supply chain and trade finance", zh="供应链与贸易金融"),
               Words(en="Goods, papers and credit that fit together.", zh="货物、单证与信用彼此吻合。")),
    "identity": (Words(en="Digital identity", zh="数字身份"),
                 Words(en="Proof without handing over the file.", zh="无需交出资料即可证明。")),
}  # fmt: skip
PRIZES = (
    (Words(en="Proof of concept with Hitachi", zh="与日立共同开展概念验证"),
     Words(en="Up to four months with a Hitachi team, a sandbox and a budget.",
           zh="最长四个月，与日立团队合作，提供沙箱与预算。"), 3, 20_000_000, "CNY"),
    (Words(en="Residency at XNode", zh="XNode 入驻名额"),
     Words(en="Six desks for six months and a venture builder.",
           zh="六个工位、六个月，以及一位创业导师。"), 1, None, ""),
)  # fmt: skip
DUTIES = (
    (Words(en="Name an owner at Hitachi for each winner", zh="为每支优胜团队指定日立方负责人"), 7),
    (Words(en="Send the draft contract for the proof of concept", zh="发出概念验证合同草案"), 21),
    (Words(en="Pay the first half of the budget", zh="支付首期一半预算"), 45),
)
FAQS = (
    (Words(en="Who owns what we hand in?", zh="提交内容归谁所有？"),
     Words(en="You do. Hitachi may read it to judge it, and nothing else, unless you both sign more.",
           zh="归您所有。除双方另行签署外，日立仅可为评审而阅读。")),
    (Words(en="May students take part?", zh="学生可以参加吗？"),
     Words(en="Yes, alone or in a team; a company is not needed.", zh="可以，个人或组队均可，无需公司。")),
    (Words(en="In which language do we pitch?", zh="用什么语言路演？"),
     Words(en="English or Chinese; interpreters are there.", zh="英文或中文均可，现场有翻译。")),
    (Words(en="What happens after the deadline?", zh="截止后会怎样？"),
     Words(en="There are ten minutes of grace for slow lines. After that the page refuses, and keeps your draft.",
           zh="为网络延迟预留十分钟宽限；之后页面将拒收，但会保留您的草稿。")),
)  # fmt: skip
TIMELINE = (
    ((2019, 2, 14), Words(en="Information evening at XNode, Jing’an", zh="XNode 静安说明会")),
    ((2019, 3, 18), Words(en="Rehearsal for finalists", zh="入围团队彩排")),
    ((2019, 9, 30), Words(en="Proofs of concept end", zh="概念验证结束")),
)
ELIGIBILITY = (
    (Words(en="Does at least one member live in China, or will travel to the pitch day?",
           zh="至少有一名成员居住在中国，或能来参加路演日？"), True,
     Words(en="Somebody must be on stage on 22 March.", zh="3 月 22 日必须有人登台。")),
    (Words(en="Is anybody in the team employed by Hitachi or XNode?", zh="团队中是否有日立或 XNode 的员工？"), False,
     Words(en="Employees of sponsor and incubator cannot win; ask us about other ways.",
           zh="主办方与孵化器员工不能参赛，可联系我们了解其他方式。")),
    (Words(en="Is the idea your own, and free of others’ rights?", zh="创意是否为原创且不侵犯他人权利？"), True,
     Words(en="We cannot start a proof of concept on something that belongs to others.",
           zh="我们无法就他人所有的内容开展概念验证。")),
)  # fmt: skip
RULES = Words(
    en="""1. Teams of one to eight people hand in one entry through this site before the deadline.
2. The last version in time counts. Every version gets a signed receipt.
3. Judges with a conflict of interest do not see the entry.
4. The best of each round go on to the next; the best on stage win a proof of concept.
5. Results are certified by two officers before they are published, and can be corrected only in public.""",
    zh="""1. 一至八人的团队须在截止前通过本网站提交一份参赛作品。
2. 以截止前最后一个版本为准，每个版本均有签名回执。
3. 存在利益冲突的评委看不到该作品。
4. 每一轮的优胜者进入下一轮；登台路演的最佳者赢得概念验证。
5. 结果须经两名负责人认证后发布，更正只能公开进行。""",
)
IP = Words(
    en="""What a team hands in stays the team's. Hitachi and XNode may read it, store it and show it to judges
who signed the confidentiality undertaking, for this contest only. A proof of concept has its own contract,
in which the team keeps what it brought.""",
    zh="""团队提交的内容归团队所有。日立与 XNode 仅可为本次比赛阅读、保存，并向签署保密承诺的评委展示。
概念验证另立合同，团队带来的成果仍归团队。""",
)
NDA = Words(
    en="""I keep what I read and hear secret, use it only to judge, keep no copies, and know that each opening
of a document is recorded and shown to the team.""",
    zh="""本人对所见所闻保密，仅用于评审，不留副本，并知悉每次打开文件都会被记录并向团队展示。""",
)
CONFLICT = Words(
    en="""I have declared every entry in which I, my family, my employer or a firm I hold shares of has an interest,
and I will recuse myself as soon as I notice another one.""",
    zh="""本人已申报本人、家人、雇主或持股企业存在利益的全部作品，一旦发现其他情形将立即回避。""",
)
# kind, title, help, required, limit, public, identifies, choices
QUESTIONS = (
    ("line", Words(en="Title of your entry", zh="作品标题"), Words(en="What it is, in one line.", zh="用一句话说明。"), True, 120, True, False, ()),
    ("text", Words(en="The problem", zh="问题"), Words(en="Whose problem is it, and what does it cost them?", zh="谁的问题？代价是多少？"), True, 1500, True, False, ()),
    ("text", Words(en="Your solution", zh="解决方案"), Words(en="What happens, step by step, when two companies use it?", zh="两家企业使用时，一步一步会发生什么？"), True, 3000, False, False, ()),
    ("text", Words(en="What it brings", zh="价值"), Words(en="In money, time or trust.", zh="以资金、时间或信任衡量。"), True, 1000, True, False, ()),
    ("choice", Words(en="How far are you?", zh="目前进展"), Words(), True, 100, False, False, ("Idea", "Prototype", "First customers")),
    ("number", Words(en="Months until a pilot", zh="距离试点的月数"), Words(), False, 36, False, False, ()),
    ("deck", Words(en="Deck", zh="演示文稿"), Words(en="What you would show on stage.", zh="您会在台上展示的内容。"), True, 20, False, True, ()),
    ("link", Words(en="Video", zh="视频"), Words(en="Three minutes at most; a link that judges can open.", zh="不超过三分钟，评委可打开的链接。"), False, 300, False, True, ()),
)  # fmt: skip
# title, help, weight, levels 0, 1, 3, 5
RUBRIC = (
    (Words(en="Need", zh="需求"), Words(en="Is there a problem that somebody would pay to be rid of?", zh="是否有人愿意付费解决该问题？"), 25,
     {0: Words(en="no problem shown", zh="未说明问题"), 1: Words(en="a nuisance", zh="小麻烦"),
      3: Words(en="a cost that is measured", zh="可衡量的成本"), 5: Words(en="a cost that stops business", zh="阻碍业务的成本")}),
    (Words(en="Novelty", zh="新颖性"), Words(en="Does it need a shared ledger, and is that use of it new?", zh="是否真正需要分布式账本，用法是否新颖？"), 20,
     {0: Words(en="a database would do", zh="数据库即可"), 1: Words(en="a known use", zh="已知用法"),
      3: Words(en="a new combination", zh="新的组合"), 5: Words(en="not seen before", zh="前所未见")}),
    (Words(en="Feasibility", zh="可行性"), Words(en="Could it run with two real companies within four months?", zh="四个月内能否在两家真实企业运行？"), 30,
     {0: Words(en="not in years", zh="数年内不行"), 1: Words(en="with much luck", zh="需要很多运气"),
      3: Words(en="with a named partner", zh="需有明确伙伴"), 5: Words(en="it runs already", zh="已在运行")}),
    (Words(en="Team", zh="团队"), Words(en="Are the people there who will build it?", zh="能实现它的人是否到位？"), 25,
     {0: Words(en="nobody named", zh="未指明人员"), 1: Words(en="gaps in key places", zh="关键岗位缺人"),
      3: Words(en="complete", zh="完整"), 5: Words(en="has done it before", zh="有成功经验")}),
)  # fmt: skip
PITCH_RUBRIC = (
    (Words(en="The pitch", zh="路演"), Words(en="Did you understand what happens, and why now?", zh="是否讲清楚会发生什么、为何是现在？"), 30,
     {0: Words(en="lost", zh="不知所云"), 1: Words(en="with effort", zh="费力可懂"), 3: Words(en="clear", zh="清楚"), 5: Words(en="I would retell it", zh="我会转述")}),
    (Words(en="Answers", zh="答辩"), Words(en="How did they answer what they had not prepared?", zh="如何回答未准备的问题？"), 30,
     {0: Words(en="not at all", zh="未回答"), 1: Words(en="evasive", zh="回避"), 3: Words(en="honest", zh="坦诚"), 5: Words(en="taught me something", zh="让我有所收获")}),
    (Words(en="A pilot with Hitachi", zh="与日立试点"), Words(en="Could you name the team at Hitachi that would take this on?", zh="能否说出日立哪个团队会接手？"), 40,
     {0: Words(en="no", zh="不能"), 1: Words(en="perhaps", zh="也许"), 3: Words(en="yes", zh="能"), 5: Words(en="I would call them tonight", zh="今晚就联系")}),
)  # fmt: skip
US_TITLE = Words(en="Hitachi Blockchain Challenge U.S.", zh="日立区块链创新挑战赛·美国")
US_TAGLINE = Words(en="The first edition, in Santa Clara.", zh="首届，圣克拉拉。")
US_BRIEF = Words(
    en="The first edition of the challenge: five teams in Santa Clara, two proofs of concept.",
    zh="挑战赛首届：圣克拉拉，五支团队，两个概念验证。",
)
US_PRIZE = (3_000_000, "USD")
