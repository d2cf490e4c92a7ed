"""Templates of the development split: none of them occurs in training."""

from qa.train.notice_acts import Sentence
from qa.train.notice_frames import Ask, Frame
from qa.train.notice_templates import Templates

_PASSED = Ask(
    "date",
    "date",
    ("下列任免是在哪一天作出的？", "任免决定的日期？"),
    ("What is the date of these personnel decisions?",),
)

HEADERS = (
    Frame(
        "title",
        "关于{home:home}人大常委会人事任免的通告\n（{date:fulldate}经{home}第{k:ordinal}届人大常委会<session|第{n:ordinal}次会议>表决）\n",
        (_PASSED, Ask("number", "session", ("是第几次会议表决的？",), ("Which session voted on it?",))),
    ),
    Frame(
        "title", "{home:home}人大任免一批干部\n{date:fulldate}召开的{home}人大常委会会议作出如下任免：\n", (_PASSED,)
    ),
)
NEWS = (
    Frame(
        "host",
        "会议由{home:home}人大常委会副主任{host:person}主持。",
        (Ask("person", "host", ("是谁主持的会？", "主持人姓名？"), ("Who was in the chair?",)),),
    ),
    Frame(
        "invest",
        "记者{when:when}获悉，{c:company}拟在{home:home}投资{m:money}兴建{p:project}，预计{by:deadline}投入使用。",
        (
            Ask(
                "number",
                "m",
                ("{p}的投资是多少？", "兴建{p}需投资多少？"),
                ("How much is being invested in the {p}?",),
                "p",
            ),
            Ask("date", "by", ("{p}预计哪时投入使用？",), ("When is the {p} expected to open?",), "p"),
            Ask("organisation", "c", ("谁来投资兴建{p}？",), ("Who is investing in the {p}?",), "p"),
        ),
    ),
    Frame(
        "firms",
        "参加座谈的有{c:company+}等企业负责人，市工商联主席{a:person}介绍了情况。",
        (
            Ask(
                "list",
                "c",
                ("参加座谈的是哪些企业？", "座谈会来了哪几家公司？"),
                ("Which firms attended the discussion?",),
            ),
            Ask("person", "a", ("市工商联主席叫什么？",), ("Who heads the federation of industry and commerce?",)),
            Ask("person", "", ("市工商联副主席是哪位？",), ()),
        ),
    ),
    Frame(
        "event",
        "为期{n:exact}天的{event:event}于{day:day}在{home:home}{site:site}启幕，吸引<m|{m:count}人>参加。",
        (
            Ask("date", "day", ("{event}哪一天启幕？",), ("On which day did the {event} open?",), "event"),
            Ask("number", "m", ("{event}吸引了多少人参加？",), ("How many people took part in the {event}?",), "event"),
            Ask("place", "site", ("{event}在什么场馆启幕？",), ("At which venue did the {event} open?",), "event"),
        ),
    ),
    Frame(
        "law",
        "{r:regulation}草案提请会议一审，全市{i:industry}企业已达<n|{n:count}户>。",
        (
            Ask("document", "r", ("提请一审的是哪个草案？",), ("Which draft was put up for first reading?",)),
            Ask("number", "n", ("{i}企业已达多少户？",), ("How many {i} enterprises are there?",), "i"),
        ),
    ),
    Frame(
        "byline",
        "\n（记者 {a:person} 摄影 {b:person}）",
        (
            Ask("person", "b", ("照片是谁拍的？", "摄影者姓名？"), ("Who took the photographs?",)),
            Ask("person", "a", ("采写记者是哪位？",), ("Which journalist wrote this?",)),
        ),
    ),
)
LEADS = {
    "appoint": ("任命以下同志：", "会议任命："),
    "remove": ("免职：", "会议免去："),
    "resign": ("同意辞职：", "会议接受："),
    "elect": ("会议选举：", "选举产生："),
    "nominate": ("拟提名：", "提名人选："),
}
ITEMS = {
    "appoint": ("{p}担任{o}", "{o}：{p}"),
    "remove": ("{p}不再任{o}", "{p}免去{o}一职"),
    "resign": ("{p}请辞{o}职务", "{p}要求辞去{o}"),
    "elect": ("{p}任{o}一职", "{p}担任{o}"),
    "nominate": ("{p}拟任{o}", "拟由{p}出任{o}"),
}
SENTENCES = (
    Sentence(("appoint",), "会议以无记名投票方式，通过对{p1+}的任命，由其出任{o1}。"),
    Sentence(("appoint", "remove"), "{p1}获任{o1}，{p2}被免去{o2}一职。"),
    Sentence(("remove", "appoint"), "{p1}卸任{o1}，{p2}出任{o2}。"),
    Sentence(("remove",), "{p1}所任{o1}一职被免去。"),
    Sentence(("resign",), "因年龄原因，{p1+}辞去{o1}，会议予以同意。"),
    Sentence(("resign", "appoint"), "会议同意{p1}辞去{o1}，并任命{p2}担任{o2}。"),
    Sentence(("elect",), "代表们投票选出{p1}担任{o1}。"),
    Sentence(("nominate",), "市人民政府提请任命的人选为：{p1}拟任{o1}。"),
)
WHO = {
    "appoint": ("出任{o}的是哪位？", "{o}任命的是谁？", "获任{o}的人有哪些？", "哪位获得了{o}的任命"),
    "remove": ("卸下{o}职务的是哪位？", "{o}一职免了谁？", "哪些人被免掉{o}？"),
    "resign": ("谁请辞{o}？", "同意了谁辞去{o}？", "哪位辞掉了{o}"),
    "elect": ("选出的{o}是哪位？", "{o}选了谁？"),
    "nominate": ("拟任{o}的是谁？", "谁获{o}提名？"),
}
WHO_EN = {
    "appoint": ("Who will serve as {o}?", "Who got the appointment as {o}?"),
    "remove": ("Who lost the post of {o}?", "Who was relieved of duty as {o}?"),
    "resign": ("Who gave up the post of {o}?", "Who asked to leave the post of {o}?"),
    "elect": ("Who was voted in as {o}?",),
    "nominate": ("Who has been put forward as {o}?",),
}
POSTS = {
    "appoint": ("{p}出任什么职务？", "{p}获任的职务有哪些？"),
    "remove": ("{p}卸下的是什么职务？", "{p}哪个职务被免？"),
    "resign": ("{p}请辞的是什么职务？", "{p}辞掉了哪个职务？"),
    "elect": ("{p}被选举担任什么？",),
    "nominate": ("{p}拟任什么职务？",),
}
POSTS_EN = {
    "appoint": ("What job has {p} been given?",),
    "remove": ("What job was {p} relieved of?",),
    "resign": ("What job did {p} give up?",),
    "elect": ("What job was {p} voted into?",),
    "nominate": ("What job has {p} been put forward for?",),
}
EVERYONE = {
    "appoint": ("获得任命的都是谁？",),
    "remove": ("职务被免的都是谁？",),
    "resign": ("提出辞职的都是谁？",),
    "elect": ("选出了哪几位？",),
    "nominate": ("获得提名的都是谁？",),
}
EVERYONE_EN = {
    "appoint": ("Who received appointments?",),
    "remove": ("Who was relieved of office?",),
    "resign": ("Who gave up their posts?",),
    "elect": ("Who was voted in?",),
    "nominate": ("Who was put forward?",),
}
ABSENT = ("{p}多大岁数了？", "{p}老家在哪儿？", "{p}读的什么大学？")
ABSENT_EN = ("What is {p}'s age?", "What is {p}'s home town?")

DEV = Templates(
    HEADERS, NEWS, LEADS, ITEMS, SENTENCES, WHO, WHO_EN, POSTS, POSTS_EN, EVERYONE, EVERYONE_EN, ABSENT, ABSENT_EN
)
