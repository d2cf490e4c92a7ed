"""What Chinese questions are made of: names, places, offices, times and question words, found by their form.

Forms, not a dictionary of the archive: a name is a surname with one or two characters after it where a name may end,
a place ends like one. They only choose what a follow-up refers to, and the question as understood is shown.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from qa.text.dates import DAY, MONTH, RELATIVE_DAYS, RELATIVE_MONTHS, RELATIVE_YEARS
from qa.text.script import HAN
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_AMONG_WORDS, SURNAMES_BY_FORM

_SURNAMES: Final = "".join(sorted(SURNAMES_BY_FORM))
_COMPOUND: Final = "|".join(COMPOUND_SURNAMES)
_NO_NAME: Final = re.compile(
    "任命|任免|任何|何时|何地|何人|何处|何种|项目|时候|时间|会议|和谁|于是|成立|成为|方面|高新|管理|金融|石油|水平|"
    "包括|关于|安全|常务|常委|国家|国庆|公安|公司|公告|文化|文件|法院|法规|海关|农业|应当|应该|通过|相关|有关|有谁|有哪|"
    "有多|都有|全国|全省|全市|全县|全部|广大|东部|国有|利润|成果|明年|元旦|平均|强调|向谁|从哪|都是|都谁|后来|万元|计划|那|从"
)
_NAME_ENDS: Final = (
    "(?=[是的被担在何什为现曾毕与和、,，呢从有出来自叫辞主接获哪又还也同提说表要将对向于讲谈了几多?？()（）]|$)"
)
_NAME: Final = re.compile(
    rf"(?:(?<!{HAN})|(?<=[、和与由被让对跟向了是长记任席理员为]))(?:(?:{_COMPOUND}){HAN}{{1,2}}?|[{_SURNAMES}]{HAN}{{1,2}}?){_NAME_ENDS}"
)
_BARE_NAME: Final = re.compile(rf"(?:(?:{_COMPOUND}){HAN}{{1,2}}|[{_SURNAMES}]{HAN}{{1,2}}|{HAN}{{1,6}}·{HAN}{{1,8}})")

_KNOWN_PLACES: Final = (
    "北京|上海|天津|重庆|河北|石家庄|唐山|山西|太原|大同|内蒙古|呼和浩特|包头|辽宁|沈阳|大连|吉林|长春|黑龙江|哈尔滨|江苏|"
    "南京|苏州|无锡|徐州|浙江|杭州|宁波|温州|安徽|合肥|芜湖|福建|福州|厦门|泉州|江西|南昌|山东|济南|青岛|烟台|河南|郑州|"
    "洛阳|开封|南阳|新乡|安阳|湖北|武汉|宜昌|襄阳|湖南|长沙|株洲|广东|广州|深圳|珠海|佛山|东莞|广西|南宁|桂林|海南|海口|"
    "三亚|四川|成都|绵阳|贵州|贵阳|遵义|云南|昆明|大理|西藏|拉萨|陕西|西安|咸阳|甘肃|兰州|青海|西宁|宁夏|银川|新疆|"
    "乌鲁木齐|香港|澳门|台湾|台北|中国"
)
_NOT_IN_PLACES: Final = (
    "[为是在了由被谁的其他它任命与和对向从到于去把将给哪家位个第全本该我各每这那此及届新副受职是前末底年月日]"
)
_DIVISION: Final = "省|自治区|特别行政区|市|自治县|县|[回满蒙苗壮藏]族区|新区|区|州|镇|乡|村"
PLACE: Final = re.compile(
    rf"(?:{_KNOWN_PLACES})(?:{_DIVISION})?(?!长)|(?:(?!{_NOT_IN_PLACES}){HAN}){{1,4}}?(?:{_DIVISION})(?![长场民面域别块间])"
)

_OFFICE_ENDS: Final = (
    "长|书记|主任|主席|委员|经理|代表|总工程师|秘书|理事|董事|总裁|法官|检察官|教授|发言人|总监|参事|顾问|专员|会计师"
)
_OFFICE: Final = re.compile(
    rf"(?:(?<=[为任的是位名去谁])|(?<=[去任]了)|(?<!{HAN}))(?:新任|现任|时任|原任|原|前任)?(?P<office>(?:(?![了为谁的]){HAN}){{0,40}}?(?:{_OFFICE_ENDS}))(?=职务|一职|职位|$|[是的由叫辞被,，?？、])"
)
# Without 当日 and 当月, which point at a time that was named before.
_RELATIVE: Final = "|".join(
    word
    for word in (
        *(f"{year}年" for year in RELATIVE_YEARS),
        *(f"{month}个?月" for month in RELATIVE_MONTHS),
        *RELATIVE_DAYS,
    )
    if not word.startswith("当")
)
_TIME: Final = re.compile(
    rf"(?:公元)?\d{{2,4}}年(?:{MONTH}(?:{DAY})?)?|{MONTH}(?:{DAY})?|{DAY}|[〇零一二三四五六七八九]{{4}}年|"
    rf"{_RELATIVE}|[上下本]周|第?[一二三四]季度|[上下]半年"
)
_NUMBER: Final = "(?:第?(?:[0-9]+|[〇零一二三四五六七八九十百]+))"
_NUMBERED: Final = re.compile(rf"(?P<number>{_NUMBER})(?P<rest>{HAN}{{1,6}})")
_QUOTED: Final = re.compile(r"《[^《》]+》|“[^“”]+”|「[^「」]+」|\"[^\"]+\"")

WHEN: Final = r"什么时候|什么时间|何时|哪(?:一)?[天年月日]|几[号月日点]|多久|多长时间"
ADVERBIAL: Final = re.compile(rf"{WHEN}|在?(?:哪里|哪儿|何地|何处|什么地方)|为什么|为何|怎么样?|如何")
BREAK: Final = r"[是的被在由将要有为于从到和与上中里,，]|什么|哪|谁|何时|多少|几|怎|如何|$"
"""What may follow a noun."""
INTERROGATIVE: Final = re.compile(
    rf"谁|{ADVERBIAL.pattern}|哪|什么|何人|多[少大高长远久重深宽]|几|吗|是不是|是否|有没有"
)
_ASKS_PERSON: Final = re.compile(
    r"\bwhom?\b|谁|哪[一二三四五六七八九十几两]?[位名]|哪些人|什么人|何人|叫什么|什么名字", re.IGNORECASE
)


_NAMES: Final = ("nr", "ns", "nt", "nz")
"""Kinds of words that are names, as jieba calls them."""


def asks_person(text: str) -> bool:
    """Whether a question asks for people.

    >>> asks_person("Who is mayor?"), asks_person("校长叫什么名字"), asks_person("What is whole?")
    (True, True, False)
    """
    return bool(_ASKS_PERSON.search(text))


def names(text: str) -> list[str]:
    """Return what looks like names of people, in order.

    >>> names("何雄是什么职务"), names("任命了谁为副主任"), names("王琰君和李保兴的辞职")
    (['何雄'], [], ['王琰君', '李保兴'])
    """
    return [name for name in _names(text) if not PLACE.fullmatch(name)]


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        if _could_be_name(match[0]) and not _NO_NAME.match(text, match.start()):
            yield match[0]


def _could_be_name(text: str) -> bool:
    return len(text) > 2 or text[0] not in SURNAMES_AMONG_WORDS


def is_name(text: str) -> bool:
    """Whether ``text`` could be the name of one person.

    >>> is_name("孙延文"), is_name("张汉智书记"), is_name("郑州"), is_name("监察委员会")
    (True, False, False, False)
    """
    shaped = _BARE_NAME.fullmatch(text) and _could_be_name(text)
    return bool(shaped) and not (PLACE.fullmatch(text) or _NO_NAME.match(text) or is_office(text))


def place(text: str) -> str | None:
    """Return the first place.

    >>> place("谁被任命为洛阳市人民政府副市长"), place("瀍河回族区人大常委会"), place("副市长是谁")
    ('洛阳市', '瀍河回族区', None)
    """
    found = PLACE.search(text)
    return found[0] if found else None


def division(old: str, new: str) -> str:
    """Return what ``new`` lacks to name a place of the kind of ``old``: 市 for 郑州 after 洛阳市.

    >>> division("洛阳市", "郑州"), division("洛阳市", "宜阳县"), division("洛阳", "郑州")
    ('市', '', '')
    """
    return old[-1] if old[-1:] in tuple("省市县区") and len(new) == 2 else ""


def office(text: str) -> str | None:
    """Return the last office.

    >>> office("谁被任命为洛阳市人民政府副市长"), office("新任洛阳市公安局局长是谁"), office("会议由谁主持")
    ('洛阳市人民政府副市长', '洛阳市公安局局长', None)
    """
    found = [match["office"] for match in _OFFICE.finditer(text)]
    return found[-1] if found else None


def is_office(text: str) -> bool:
    """Whether ``text`` ends as the name of an office does."""
    return bool(re.fullmatch(rf"(?:{HAN}|[·()（）])+(?:{_OFFICE_ENDS})", text))


def time(text: str) -> str | None:
    """Return the first date or period.

    >>> time("洛阳市2020年度的报告"), time("谁主持")
    ('2020年', None)
    """
    found = _TIME.search(text)
    return found[0] if found else None


def numbered(text: str) -> tuple[str, str] | None:
    """Return the number in something numbered, and what follows it.

    >>> numbered("7号线"), numbered("第三期"), numbered("小麦")
    (('7', '号线'), ('第三', '期'), None)
    """
    found = _NUMBERED.fullmatch(text)
    return (found["number"], found["rest"]) if found else None


def replace_numbered(text: str, number: str, rest: str) -> str | None:
    """Return ``text`` with another number before the last ``rest`` that has one; ``None`` if none has."""
    found = list(re.finditer(rf"{_NUMBER}(?={re.escape(rest)})", text))
    return text[: found[-1].start()] + number + text[found[-1].end() :] if found else None


def quoted(text: str) -> str | None:
    """Return the first title or quotation, with its marks."""
    found = _QUOTED.search(text)
    return found[0] if found else None


def is_slot(text: str) -> bool:
    """Whether ``text`` is one name, place, office, time or title and nothing else.

    >>> is_slot("柳河镇"), is_slot("柳河镇的降雨量")
    (True, False)
    """
    return bool(PLACE.fullmatch(text)) or is_name(text) or is_office(text) or text in (time(text), quoted(text))


def split(text: str) -> list[str]:
    """Return the words of a text, in order."""
    import rjieba  # reads its dictionary when imported: a tenth of a second

    return list(rjieba.cut(text))


def has_name(text: str) -> bool:
    """Whether a text has a name: a person, a place, letters, digits, or a word the dictionary lacks or calls one.

    >>> has_name("望海大桥什么时候通车"), has_name("海润生物投资多少"), has_name("全长多少公里"), has_name("校长是谁")
    (True, True, False, False)
    """
    return bool(re.search("[A-Za-z0-9]", text) or names(text) or place(text)) or up_to_name(text) != ""


def up_to_name(text: str) -> str:
    """Return a text up to its last word that is a name, with what makes a thing of it: 大桥 after 望海.

    >>> up_to_name("云雾茶种植面积"), up_to_name("种植面积")
    ('云雾茶', '')
    """
    import rjieba

    at, end = 0, 0
    for word, kind in rjieba.tag(text):
        at += len(word)
        if len(word) > 1 and (kind[:2] in _NAMES or not rjieba.has_word(word)) and not INTERROGATIVE.search(word):
            end = at
    return text[:end]


def has_owner(text: str) -> bool:
    """Whether a text says of what a thing is: a noun stands before 的.

    >>> has_owner("硼砂的外观是什么样的"), has_owner("最大的股东是谁"), has_owner("什么时候召开的")
    (True, False, False)
    """
    import rjieba

    words = list(rjieba.tag(text))
    return any(
        kind.startswith("n")
        and text.index(word) + len(word) > 1
        and not INTERROGATIVE.search(word)
        and then == "的"
        and number + 2 < len(words)
        for number, ((word, kind), (then, _)) in enumerate(pairwise(words))
    )


def alike(topic: str, text: str) -> str | None:
    """Return what is as long as ``topic`` and begins or ends with two of its characters.

    >>> alike("最佳门将", "谁获得最佳射手"), alike("校长", "市长是谁")
    ('最佳射手', None)
    """
    room = len(topic) - 2
    if room < 1:
        return None
    begin, end = re.escape(topic[:2]), re.escape(topic[-2:])
    found = re.search(f"{begin}{HAN}{{{room}}}|{HAN}{{{room}}}{end}", text)
    return found[0] if found else None
