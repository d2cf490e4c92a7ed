"""What Chinese questions are made of: names, places, offices, times and question words, by form and dictionary.

No list of what the archive holds: a name is a surname with one or two characters that make no word, a place ends like
one. These choose what a follow-up refers to, and the question as understood is shown.
"""

import re
from typing import Final

from qa.text.dates import DAY, MONTH, RELATIVE_DAYS
from qa.text.script import HAN
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_AMONG_WORDS, SURNAMES_BY_FORM

_SURNAME: Final = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{''.join(sorted(SURNAMES_BY_FORM))}])"
_NAME: Final = re.compile(
    rf"(?<!{HAN})({_SURNAME}{HAN}{{1,2}}?)"
    "(?=[是的被担在何什为现曾毕与和呢从有出来自叫辞主接获哪又还也同提说表要将对向于讲谈拿进得怎咋啥了几多生卒今、,，()（）]|$)"
)
_BARE_NAME: Final = re.compile(rf"{_SURNAME}{HAN}{{1,2}}|{HAN}{{1,6}}·{HAN}{{1,8}}")
DIVISION: Final = re.compile(
    rf"(?:(?![为是在了由被谁的其他任命与和对向从到于去把将给哪家位个第全本该各每这那届副职前末底年月日]){HAN}){{1,4}}?"
    "(?:省|自治[区县]|特别行政区|市|县|[回满蒙苗壮藏]族区|新?区|州|镇|乡|村)(?![长场民])"
)
_OFFICE_ENDS: Final = "长|书记|主任|主席|委员|经理|代表|秘书|理事|董事|总裁|法官|检察官|教授|发言人|总监|顾问|[程计]师"
_OFFICE: Final = re.compile(
    rf"(?P<office>(?:(?![了为谁的是位名任去新现时原]){HAN}){{0,40}}?(?:{_OFFICE_ENDS}))(?=职务|一职|职位|$|[是的由叫辞被哪,，、])"
)
TIME: Final = re.compile(
    rf"(?:公元)?\d{{2,4}}年(?:{MONTH}(?:{DAY})?)?|{MONTH}(?:{DAY})?|{DAY}|[〇零一二三四五六七八九]{{4}}年|"
    rf"[一二三四五六七八九十]+月(?:份|底|初)?|[前去今明后]年|[上本下]个?月|{'|'.join(RELATIVE_DAYS)}|[上下本]周|"
    "第?[一二三四]季度|[上下]半年|[今上下本]季|[前后第][一二三]天|次日|[之此以]前|后来|现在|目前"
)
ADVERBIAL: Final = re.compile(
    r"[什啥]么?时[候间]?|何时|几[时号月日点]|[哪何]一?[天年月日]|多久|多长时间|"
    rf"在?(?:哪[里儿]|何[地处]|什么地方)|在哪(?={HAN}?$)|为什么|为[何啥]|怎么样?|如何|咋"
)
BREAK: Final = r"[是的被在由将要有为于从到和与上中里,，]|什么|哪|谁|何时|多少|几|怎|如何|$"
"""What may follow a noun."""
INTERROGATIVE: Final = re.compile(
    rf"谁|几多|{ADVERBIAL.pattern}|哪|什么|啥|何人|多[少大高长远久重深宽]|几|吗|是不是|是否|有没有|没有?$|不$"
)
COUNTED: Final = 6e7
"""Words, by jieba's dictionary."""


def first(pattern: re.Pattern[str], text: str) -> str | None:
    """Return what a pattern finds first.

    >>> first(TIME, "洛阳市2020年度的报告"), first(DIVISION, "谁被任命为洛阳市人民政府副市长"), first(TIME, "谁主持")
    ('2020年', '洛阳市', None)
    """
    found = pattern.search(text)
    return found[0] if found else None


def names(text: str) -> list[str]:
    """Return what looks like names of people, in order.

    >>> names("何雄是什么职务"), names("任命了谁为副主任"), names("王琰君和李保兴的辞职")
    (['何雄'], [], ['王琰君', '李保兴'])
    """
    named = {match[1] for match in _NAME.finditer(text) if is_name(match[1])}
    for word, kind in tagged(text):
        if kind == "nr" and is_name(word) and count(word) == 1 and not any(word in name for name in named):
            named.add(word)
    return sorted(named, key=text.index)


def is_name(text: str) -> bool:
    """Whether ``text`` could be the name of one person: a surname, and no word that the dictionary knows.

    >>> is_name("孙延文"), is_name("张汉智书记"), is_name("郑州"), is_name("监察委员会"), is_name("董事长")
    (True, False, False, False, False)
    """
    if not _BARE_NAME.fullmatch(text) or (len(text) == 2 and text[0] in SURNAMES_AMONG_WORDS):
        return False
    known = [kind for word, kind in tagged(text) if word == text and count(word) > 1]
    return known in ([], ["nr"]) and not (TIME.match(text) or place(text) == text or INTERROGATIVE.search(text))


def place(text: str) -> str | None:
    """Return the first place: what ends as one, or a word that the dictionary calls one.

    >>> place("谁被任命为洛阳市人民政府副市长"), place("瀍河回族区人大"), place("郑州"), place("副市长是谁")
    ('洛阳市', '瀍河回族区', '郑州', None)
    """
    known = (word for word, kind in tagged(text) if kind == "ns" and count(word) > 1)
    return first(DIVISION, text) or next(known, None)


def office(text: str) -> str | None:
    """Return the last office.

    >>> office("谁被任命为洛阳市人民政府副市长"), office("新任洛阳市公安局局长是谁"), office("会议由谁主持")
    ('洛阳市人民政府副市长', '洛阳市公安局局长', None)
    """
    found = [match["office"] for match in _OFFICE.finditer(text)]
    return found[-1] if found else None


def of_office(text: str) -> str:
    """Return where an office is held: 南湖小学 of 南湖小学校长."""
    return re.sub(rf"副?(?:{HAN}长|(?:党委)?(?:{_OFFICE_ENDS}))$", "", text)


def tagged(text: str) -> list[tuple[str, str]]:
    """Return the words of a text, in order, with their kinds as jieba calls them.

    >>> [word for word, _ in tagged("杏花节在哪里")]
    ['杏花', '节', '在', '哪里']
    """
    import rjieba  # reads its dictionary when imported: a tenth of a second

    # Cut at times and question words first: else 节在 of 杏花节在哪里 is taken for a word.
    pieces = filter(None, re.split(f"({TIME.pattern}|{ADVERBIAL.pattern}|[是有](?=[哪谁什多几]|$))", text))
    return [word for piece in pieces for word in ([(piece, "t")] if TIME.fullmatch(piece) else rjieba.tag(piece))]


def count(word: str) -> int:
    """Return how often a word stands in what jieba counted; 1 for one that it does not know."""
    import rjieba

    return int(rjieba.suggest_freq(word)) if rjieba.has_word(word) else 1


def is_topic(text: str) -> bool:
    """Whether ``text`` is one name, place, office or time, or a noun or two, as what is asked of something is.

    >>> is_topic("柳河镇"), is_topic("报名费"), is_topic("柳河镇的降雨量")
    (True, True, False)
    """
    kinds = [kind for _, kind in tagged(text)]
    noun = len(kinds) <= 2 and kinds[-1:] in (["n"], ["vn"])
    return noun or is_name(text) or text in (office(text), place(text), first(TIME, text))


def has_name(text: str) -> bool:
    """Whether a text has a name: of a person or a place, or one that the dictionary lacks, or letters, digits, quotes.

    >>> has_name("望海大桥什么时候通车"), has_name("海润生物投资多少"), has_name("全长多少公里"), has_name("校长是谁")
    (True, True, False, False)
    """
    said = (word for word, kind in tagged(text) if kind[:2] in ("nr", "ns", "nt", "nz") or count(word) == 1)
    return any(len(word) > 1 and not INTERROGATIVE.search(word) for word in said)


def is_named(text: str) -> bool:
    """Whether a text begins with a place or names somebody or somewhere at length, or has letters, quotes or digits.

    Those of a date do not count.
    """
    if re.search("[A-Za-z0-9《“「·]", TIME.sub("?", text, count=1)):
        return True
    said = tagged(text)
    named = [word for word, kind in said if kind[:2] in ("nr", "ns") and len(word) > 2]
    return bool(named or (said and said[0][1] == "ns"))


def alike(topic: str, text: str) -> str | None:
    """Return what is as long as ``topic`` and has two of its characters at either end, or differs in its number.

    What ends in the same character is like it as well, among the words of ``text``.

    >>> alike("7号线", "6号线何时开通"), alike("最佳门将", "谁获得最佳射手"), alike("校长", "市长是谁")
    ('6号线', '最佳射手', None)
    >>> alike("天津队", "决赛上海队赢了几局")
    '上海队'
    """
    room, begin, end = len(topic) - 2, re.escape(topic[:2]), re.escape(topic[-2:])
    if room < 1:
        return None
    near = rf"^{HAN}{{{room + 1}}}{re.escape(topic[-1])}|{begin}{HAN}{{{room}}}|(?:\d+|{HAN}{{{room}}}){end}"
    same = (word for word, kind in tagged(text) if kind[0] == "n" and word[-1] == topic[-1] and len(word) == len(topic))
    return first(re.compile(near), text) or next(same, None)
