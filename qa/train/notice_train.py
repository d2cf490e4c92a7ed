"""Templates of the training split."""

from qa.train.notice_acts import Sentence
from qa.train.notice_frames import Ask, Frame
from qa.train.notice_templates import Templates

_SESSION = Ask(
    "number",
    "session",
    ("这份名单由第几次会议通过？", "人事任免由哪次会议通过？"),
    ("At which session were these appointments passed?",),
)
_PASSED = Ask(
    "date",
    "date",
    ("任免名单是哪天通过的？", "人事任免名单什么时候通过？", "{home}人大常委会哪天通过任免名单？"),
    ("When was the list of appointments adopted?", "On what date did the {home} standing committee pass the list?"),
    "home",
)

HEADERS = (
    Frame(
        "title",
        "{home:home}人大常委会任免名单\n（{date:fulldate}{home}第{k:ordinal}届人民代表大会常务委员会<session|第{n:ordinal}次会议>通过）\n",
        (_SESSION, _PASSED),
    ),
    Frame(
        "title",
        "{home:home}人民代表大会常务委员会任免名单\n（{date:fulldate}{home}第{k:ordinal}届人民代表大会常务委员会<session|第{n:ordinal}次会议>通过）\n",
        (_SESSION, _PASSED),
    ),
    Frame(
        "title",
        "{home:home}人民代表大会常务委员会公告\n<no|{no:docno}>\n{home}第{k:ordinal}届人大常委会<session|第{n:ordinal}次会议>于{date:fulldate}通过下列人事任免事项，现予公布。\n",
        (
            _PASSED,
            Ask(
                "number", "no", ("这份公告是第几号？", "公告的编号是多少"), ("What is the number of the announcement?",)
            ),
        ),
    ),
    Frame("title", "{home:home}人大常委会人事任免\n", ()),
    Frame(
        "title",
        "{home:home}第{k:ordinal}届人大常委会<session|第{n:ordinal}次会议>任免事项\n（{date:fulldate}）\n",
        (_SESSION, _PASSED),
    ),
    Frame(
        "title",
        "本报讯（记者 {reporter:person}）{date:fulldate}，{home:home}第{k:ordinal}届人大常委会举行<session|第{n:ordinal}次会议>，表决通过下列人事任免事项：\n",
        (_PASSED, _SESSION, Ask("person", "reporter", ("这篇报道的记者是谁？",), ("Which reporter wrote the story?",))),
    ),
)

NEWS = (
    Frame(
        "host",
        "{home:home}人大常委会主任{host:person}主持会议。",
        (
            Ask(
                "person",
                "host",
                ("谁主持了会议？", "会议由谁主持？", "主持会议的是谁"),
                ("Who chaired the meeting?", "Who presided over the meeting?"),
            ),
            Ask("office", "", ("{host}毕业于哪所大学？", "{host}今年多大年纪？"), ("How old is {host}?",)),
        ),
    ),
    Frame(
        "host",
        "{post:post}{host:person}主持会议，{post2:post}{second:person}、{third:person}等参加。",
        (
            Ask("person", "host", ("谁主持会议？", "会议的主持人是谁？"), ("Who hosted the meeting?",)),
            Ask(
                "office",
                "post",
                ("{host}是什么职务？", "{host}担任什么职务？"),
                ("What is {host}'s position?",),
                "host",
            ),
        ),
    ),
    Frame(
        "speech",
        "{when:when}，{home:home}{event:event}在{site:site}举行。市委书记{first:person}出席并讲话，市长{second:person}致辞。",
        (
            Ask(
                "person",
                "first",
                ("谁出席{event}并讲话？", "在{event}上讲话的是谁？"),
                ("Who spoke at the {event}?",),
                "event",
            ),
            Ask(
                "person",
                "second",
                ("谁在{event}上致辞？", "{event}由谁致辞？"),
                ("Who delivered the opening address at the {event}?",),
                "event",
            ),
            Ask(
                "date",
                "when",
                ("{event}什么时候举行？", "{event}是哪天举行的？"),
                ("When was the {event} held?",),
                "event",
            ),
            Ask(
                "place",
                "site",
                ("{event}在哪里举行？", "{event}的举办地点是哪里？"),
                ("Where was the {event} held?",),
                "event",
            ),
            Ask("office", "", ("{event}由谁主持？",), ("Who chaired the {event}?",)),
        ),
    ),
    Frame(
        "attend",
        "{a:person}、{b:person}和{c:company}总经理{d:person}等参加活动。",
        (
            Ask("office", "", ("{a}担任什么职务？", "{b}是哪个部门的负责人？"), ("What post does {a} hold?",)),
            Ask(
                "person",
                "d",
                ("{c}的总经理是谁？", "{c}总经理叫什么名字？"),
                ("Who is the general manager of {c}?",),
                "c",
            ),
        ),
    ),
    Frame(
        "quote",
        "“订单已经排到了年底。”{c:company}总经理{d:person}说。",
        (
            Ask("person", "d", ("{c}总经理是谁？", "谁是{c}总经理"), ("Who is {c}'s general manager?",), "c"),
            Ask(
                "organisation",
                "c",
                ("{d}是哪家企业的总经理？", "{d}在哪家公司任总经理？"),
                ("Which company does {d} manage?",),
                "d",
            ),
            Ask(
                "person",
                "",
                ("{c}董事长是谁？", "谁是{c}副总经理？"),
                ("Who is the chairman of {c}?", "Who is the deputy general manager of {c}?"),
            ),
        ),
    ),
    Frame(
        "quote",
        "“我们对{home:home}的发展充满信心。”{c:company}<t|副总经理>{d:person}表示，企业明年将再招聘<n|{n:count}人>。",
        (
            Ask(
                "office",
                "t",
                ("{d}在{c}担任什么职务？", "{d}是{c}的什么人？"),
                ("What position does {d} hold at {c}?",),
                "d",
            ),
            Ask(
                "number",
                "n",
                ("{c}明年将招聘多少人？", "{c}计划招多少人？"),
                ("How many people will {c} hire next year?",),
                "c",
            ),
            Ask("person", "", ("{c}总经理是谁？", "{c}董事长叫什么？"), ("Who is the general manager of {c}?",)),
        ),
    ),
    Frame(
        "invest",
        "总投资{m:money}的{c:company}{p:project}项目日前在{home:home}开工建设，计划{by:deadline}建成投产，年产值可达{v:money}。",
        (
            Ask(
                "number",
                "m",
                ("{p}项目总投资多少？", "{c}{p}项目投资额是多少？", "{p}项目要投多少钱"),
                ("What is the total investment in the {p} project?",),
                "p",
            ),
            Ask("number", "v", ("{p}项目年产值可达多少？",), ("What annual output will the {p} project reach?",), "p"),
            Ask(
                "date",
                "by",
                ("{p}项目计划什么时候建成投产？", "{p}项目何时投产？"),
                ("By when is the {p} project to go into production?",),
                "p",
            ),
            Ask(
                "organisation",
                "c",
                ("{p}项目是哪家企业的？", "哪家企业建设{p}项目？"),
                ("Which company is building the {p} project?",),
                "p",
            ),
            Ask(
                "number",
                "",
                ("{p}项目占地多少亩？", "{p}项目能带动多少人就业？"),
                ("How many jobs will the {p} project create?",),
            ),
        ),
    ),
    Frame(
        "batch",
        "当天，全市共有<n|{n:count}个>项目集中签约，总投资{m:money}，其中工业项目<k|{k:count}个>。",
        (
            Ask(
                "number",
                "n",
                ("集中签约的项目有多少个？", "当天签约了多少个项目？"),
                ("How many projects were signed that day?",),
            ),
            Ask(
                "number",
                "m",
                ("集中签约项目总投资多少？", "签约项目的总投资额是多少？"),
                ("What is the total investment of the projects signed?",),
            ),
            Ask("number", "k", ("签约的工业项目有几个？",), ("How many of the signed projects are industrial?",)),
            Ask(
                "number",
                "",
                ("当天有多少个项目竣工？", "签约的农业项目有多少个？"),
                ("How many projects were completed?",),
            ),
        ),
    ),
    Frame(
        "milestone",
        "{day:day}，位于{home:home}的{c:company}生产线上，<n|第{n:wan}台>{x:product}顺利下线。",
        (
            Ask(
                "number",
                "n",
                ("{c}下线的是第多少台{x}？", "{c}第几台{x}下线？"),
                ("Which unit of {x} rolled off {c}'s line?",),
                "c",
            ),
            Ask(
                "date", "day", ("{c}的{x}是哪天下线的？",), ("On what day did the {x} roll off the line at {c}?",), "c"
            ),
            Ask(
                "organisation",
                "c",
                ("哪家企业的{x}下线？", "生产{x}的企业是哪家？"),
                ("Which company makes the {x}?",),
                "x",
            ),
        ),
    ),
    Frame(
        "target",
        "到{y:later}末，全市将培育{i:industry}企业<n|{n:count}家>以上，产业规模突破{m:money}。",
        (
            Ask(
                "number",
                "n",
                ("到{y}末要培育多少家{i}企业？", "{i}企业的培育目标是多少家？"),
                ("How many {i} firms are to be fostered by the end of {y}?",),
                "i",
            ),
            Ask(
                "number",
                "m",
                ("{i}产业规模要突破多少？", "到{y}末产业规模目标是多少？"),
                ("What scale is the {i} industry to exceed?",),
                "i",
            ),
            Ask(
                "date", "y", ("{i}企业的培育目标到哪一年实现？",), ("By which year is the {i} target to be met?",), "i"
            ),
        ),
    ),
    Frame(
        "focus",
        "我市聚焦{i:industry+}{i#}大产业，着力延链补链强链。",
        (
            Ask(
                "list",
                "i",
                ("我市聚焦哪些产业？", "聚焦的几大产业分别是什么？"),
                ("Which industries does the city focus on?", "What industries will be focused on?"),
            ),
        ),
    ),
    Frame(
        "firms",
        "在{a:county}，{c:company+}{c#}家企业正为{x:company}提供配套零部件。",
        (
            Ask(
                "list",
                "c",
                ("哪些企业为{x}提供配套？", "为{x}供应零部件的企业有哪几家？"),
                ("Which companies supply parts to {x}?",),
                "x",
            ),
            Ask("place", "a", ("为{x}配套的企业在哪里？",), ("Where are the suppliers of {x}?",), "x"),
        ),
    ),
    Frame(
        "visit",
        "{v:person}一行先后走访{c:company+}等企业，实地了解生产经营情况。",
        (
            Ask(
                "list", "c", ("{v}走访了哪些企业？", "{v}先后去了哪些公司？"), ("Which companies did {v} visit?",), "v"
            ),
            Ask("person", "v", ("谁走访了企业？", "走访企业的是谁？"), ("Who visited the companies?",)),
            Ask("office", "", ("{v}是什么职务？",), ("What is {v}'s job?",)),
        ),
    ),
    Frame(
        "talks",
        "{when:when}，市长{a:person}与{c:company}董事长{b:person}一行就{i:industry+}等项目举行会谈。",
        (
            Ask("person", "b", ("{c}董事长是谁？",), ("Who is the chairman of {c}?",), "c"),
            Ask(
                "list",
                "i",
                ("{a}与{c}就哪些项目会谈？", "双方就哪些项目举行会谈？"),
                ("Which projects were discussed with {c}?",),
            ),
            Ask("date", "when", ("市长{a}是什么时候与{c}会谈的？",), ("When did the mayor meet {c}?",), "c"),
            Ask("person", "", ("{c}总经理是谁？",), ("Who is the general manager of {c}?",)),
            Ask("number", "", ("{c}将投资多少？",), ("How much will {c} invest?",)),
        ),
    ),
    Frame(
        "law",
        "会议审议通过了{r:regulation}，听取和审议了{home:home}人民政府关于{t:topic}工作情况的报告。",
        (
            Ask(
                "document",
                "r",
                ("会议审议通过了什么法规？", "会议通过了哪部条例或办法？"),
                ("Which regulation did the meeting adopt?",),
            ),
            Ask(
                "number", "", ("新法规共有多少条？", "该法规自哪天起施行？"), ("When does the regulation take effect?",)
            ),
        ),
    ),
    Frame(
        "law",
        "{r:regulation}自{date:fulldate}起施行。",
        (
            Ask(
                "date",
                "date",
                ("{r}何时施行？", "{r}从什么时候开始施行？"),
                ("When does it come into force: {r}?",),
                "r",
            ),
            Ask("date", "", ("{r}是哪天审议通过的？",), ()),
        ),
    ),
    Frame(
        "delegates",
        "截至目前，{home:home}第{k:ordinal}届人民代表大会实有代表<n|{n:exact}名>。",
        (
            Ask(
                "number",
                "n",
                ("{home}人民代表大会实有代表多少名？", "{home}人大目前有多少名代表？"),
                ("How many deputies does the {home} People's Congress have?",),
                "home",
            ),
            Ask("number", "", ("其中女代表有多少名？",), ("How many of the deputies are women?",)),
        ),
    ),
    Frame(
        "byline",
        "\n本报记者 {a:person} 通讯员 {b:person}",
        (
            Ask("person", "a", ("本文记者是谁？", "报道的记者叫什么"), ("Who is the reporter?",)),
            Ask("person", "b", ("通讯员是谁？", "本文的通讯员叫什么名字？"), ("Who is the correspondent?",)),
        ),
    ),
    Frame(
        "growth",
        "今年前三季度，{home:home}{i:industry}产业完成产值{m:money}，同比增长{g:percent}。",
        (
            Ask(
                "number",
                "g",
                ("{home}{i}产业同比增长多少？", "{i}产业产值增幅是多少？"),
                ("By how much did {home}'s {i} industry grow?",),
                "i",
            ),
            Ask("number", "m", ("前三季度{i}产业产值是多少？",), ("What was the output of the {i} industry?",), "i"),
        ),
    ),
    Frame(
        "interview",
        "“要把政策落到企业的心坎上。”{county:county}委书记{a:person}日前接受采访时说。",
        (
            Ask(
                "person",
                "a",
                ("{county}委书记是谁？", "接受采访的是谁？"),
                ("Who is the Party secretary of {county}?",),
                "county",
            ),
            Ask(
                "person",
                "",
                ("{county}纪委书记是谁？", "{county}人大常委会主任是谁？"),
                ("Who is the deputy Party secretary of {county}?",),
            ),
        ),
    ),
    Frame(
        "probation",
        "以上人员试用期<n|一年>。",
        (
            Ask(
                "number",
                "n",
                ("试用期多长时间？", "新任职人员的试用期是多久？"),
                ("How long is the probation period?",),
            ),
        ),
    ),
    Frame(
        "oath",
        "会议举行了宪法宣誓仪式，由{a:person}监誓。",
        (
            Ask("person", "a", ("谁监誓？", "宪法宣誓由谁监誓？"), ("Who supervised the oath-taking?",)),
            Ask("person", "", ("谁领誓？",), ("Who led the oath?",)),
        ),
    ),
    Frame(
        "deadline",
        "{d:deadline}，全市{t:topic}专项行动基本完成，将新建示范点<n|{n:count}个>。",
        (
            Ask(
                "date",
                "d",
                ("{t}专项行动什么时候基本完成？",),
                ("When will the {t} campaign be basically complete?",),
                "t",
            ),
            Ask(
                "number", "n", ("{t}要新建多少个示范点？",), ("How many demonstration sites are planned for {t}?",), "t"
            ),
        ),
    ),
)

LEADS = {
    "appoint": ("任命：", "决定任命：", "一、任命", "任命下列人员：", "决定任命下列同志："),
    "remove": ("免去：", "决定免去：", "免去下列人员职务：", "决定免去下列人员的职务："),
    "resign": ("接受辞职：", "决定接受：", "接受下列人员辞职："),
    "elect": ("补选：", "选举：", "当选名单："),
    "nominate": ("提名下列人选：", "提名："),
}
ITEMS = {
    "appoint": ("{p}为{o}", "{p}为{o}", "{p}任{o}", "{p}同志为{o}", "{p}同志任{o}"),
    "remove": ("{p}{o}职务", "{p}的{o}职务", "{p}同志{o}职务", "{p}同志的{o}职务"),
    "resign": ("{p}辞去{o}职务", "{p}辞去{o}职务的请求", "{p}同志辞去{o}职务"),
    "elect": ("{p}为{o}", "{p}当选{o}"),
    "nominate": ("{p}为{o}候选人", "{p}为{o}人选"),
}
SENTENCES = (
    Sentence(("appoint",), "会议决定任命{p1+}为{o1}。"),
    Sentence(("appoint",), "经表决，任命{p1+}为{o1}。"),
    Sentence(("appoint",), "根据工作需要，决定{p1}同志任{o1}，试用期一年。"),
    Sentence(("appoint",), "近日，经组织研究决定，{p1}任{o1}。"),
    Sentence(("appoint", "remove"), "会议决定任命{p1}为{o1}，免去{p2}的{o2}职务。"),
    Sentence(("appoint", "resign"), "会议决定任命{p1}为{o1}，接受{p2}辞去{o2}职务的请求。"),
    Sentence(("remove", "appoint"), "免去{p1}{o1}职务，由{p2}任{o2}。"),
    Sentence(("appoint", "appoint"), "会议任命{p1}为{o1}，{p2}为{o2}。"),
    Sentence(("remove",), "免去{p1}的{o1}职务，另有任用。"),
    Sentence(("remove",), "会议还决定，免去{p1+}的{o1}职务。"),
    Sentence(("remove",), "{p1}不再担任{o1}职务。"),
    Sentence(("remove", "remove"), "会议免去{p1}的{o1}职务，免去{p2}的{o2}职务。"),
    Sentence(("resign",), "会议决定接受{p1+}辞去{o1}职务的请求，并报下次人民代表大会备案。"),
    Sentence(("resign",), "因工作变动，{p1}向会议提出辞去{o1}职务，会议表决同意。"),
    Sentence(("resign", "resign"), "会议表决通过关于接受{p1}辞去{o1}职务的决定，关于接受{p2}辞去{o2}职务的决定。"),
    Sentence(("elect",), "大会选举{p1+}为{o1}。"),
    Sentence(("elect",), "经投票表决，{p1}当选{o1}。"),
    Sentence(("elect", "elect"), "会议补选{p1}为{o1}，{p2}为{o2}。"),
    Sentence(("nominate",), "会上宣读了有关提名：{p1}为{o1}候选人。"),
    Sentence(("nominate", "remove"), "省委决定，提名{p1}为{o1}候选人，{p2}不再担任{o2}职务。"),
)
WHO = {
    "appoint": (
        "谁被任命为{o}？",
        "新任{o}是谁？",
        "任命了谁为{o}？",
        "谁任{o}？",
        "{o}由谁担任？",
        "新任{o}",
        "被任命为{o}的有谁？",
        "会议任命谁当{o}",
        "哪些人被任命为{o}？",
    ),
    "remove": (
        "谁被免去{o}职务？",
        "谁不再担任{o}？",
        "免去了谁的{o}职务？",
        "被免去{o}职务的是谁？",
        "哪位{o}被免职了",
        "免去{o}职务的人有哪些？",
    ),
    "resign": ("谁辞去了{o}职务？", "接受了谁辞去{o}？", "谁辞去{o}？", "哪些人辞去{o}职务？", "辞去{o}的是谁"),
    "elect": ("谁当选{o}？", "选举谁为{o}？", "谁被选为{o}？", "当选{o}的是谁", "新当选的{o}是谁？"),
    "nominate": ("谁被提名为{o}？", "提名谁为{o}候选人？", "{o}候选人是谁？", "{o}人选是谁？"),
}
WHO_EN = {
    "appoint": (
        "Who was appointed {o}?",
        "Who has been appointed {o}?",
        "Who is the new {o}?",
        "Who were appointed {o}?",
        "Name the people appointed {o}.",
    ),
    "remove": (
        "Who was removed as {o}?",
        "Who was dismissed as {o}?",
        "Who no longer serves as {o}?",
        "Which people were removed from the post of {o}?",
    ),
    "resign": ("Who resigned as {o}?", "Whose resignation as {o} was accepted?", "Who stepped down as {o}?"),
    "elect": ("Who was elected {o}?", "Who won election as {o}?"),
    "nominate": ("Who was nominated as {o}?", "Who is the candidate for {o}?"),
}
POSTS = {
    "appoint": (
        "{p}被任命为什么职务？",
        "{p}任什么职务？",
        "{p}被任命担任哪些职务？",
        "{p}的新职务是什么？",
        "任命{p}为什么",
    ),
    "remove": ("{p}被免去了什么职务？", "免去{p}的什么职务？", "{p}不再担任什么职务？", "{p}被免了什么职"),
    "resign": ("{p}辞去了什么职务？", "接受{p}辞去什么职务？", "{p}辞去的职务是什么"),
    "elect": ("{p}当选什么职务？", "{p}被选为什么？"),
    "nominate": ("{p}被提名为什么职务的候选人？", "提名{p}担任什么职务？"),
}
POSTS_EN = {
    "appoint": ("What post was {p} appointed to?", "To which office was {p} appointed?", "What is {p}'s new position?"),
    "remove": (
        "What post was {p} removed from?",
        "From which office was {p} dismissed?",
        "Which position did {p} lose?",
    ),
    "resign": ("What post did {p} resign from?", "Which position did {p} step down from?"),
    "elect": ("What position was {p} elected to?", "To what office was {p} elected?"),
    "nominate": ("For what post was {p} nominated?", "What office is {p} a candidate for?"),
}
EVERYONE = {
    "appoint": ("哪些人被任命？", "任命了哪些人？", "被任命的人员有哪些？", "都有谁获得任命"),
    "remove": ("哪些人被免职？", "被免去职务的有哪些人？", "免去了哪些人的职务？"),
    "resign": ("哪些人辞职？", "接受了哪些人的辞职请求？", "有谁辞去职务？"),
    "elect": ("哪些人当选？", "选举了哪些人？"),
    "nominate": ("提名了哪些人？", "有哪些人被提名？"),
}
EVERYONE_EN = {
    "appoint": ("Who was appointed?", "Which people were appointed?", "List everyone who was appointed."),
    "remove": ("Who was removed from office?", "Which people were dismissed?", "List everyone removed from office."),
    "resign": ("Who resigned?", "Whose resignations were accepted?"),
    "elect": ("Who was elected?", "Which people were elected?"),
    "nominate": ("Who was nominated?", "Which people were nominated?"),
}
ABSENT = (
    "{p}毕业于哪所院校？",
    "{p}今年多少岁？",
    "{p}是哪里人？",
    "{p}是什么学历？",
    "{p}哪年入党？",
    "{p}什么时候参加工作？",
    "{p}的联系电话是多少？",
    "{p}的出生日期是哪天？",
)
ABSENT_EN = (
    "How old is {p}?",
    "Which university did {p} graduate from?",
    "Where is {p} from?",
    "When was {p} born?",
    "When did {p} join the Party?",
)

TRAIN = Templates(
    HEADERS, NEWS, LEADS, ITEMS, SENTENCES, WHO, WHO_EN, POSTS, POSTS_EN, EVERYONE, EVERYONE_EN, ABSENT, ABSENT_EN
)
