"""Who wrote an article, in the source's words."""

import re
from collections.abc import Sequence

from qa.ingest import english
from qa.ingest.dates import WITHOUT_DATE
from qa.text import datelines
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_BY_FORM, is_full_name

AUTHORS = (
    "记者|記者|通讯员|通訊員|实习生|實習生|评论员|評論員|特派员|特派員|撰稿人|作者|撰文|采写|採寫|编译|編譯"
    "|特约撰稿|特約撰稿"
)
HELPERS = "摄影|攝影|摄像|供图|编辑|編輯|责编|責編|美编|校对|校對|版式|审核|统筹|文图|文/图|图文|图/文|来源|组版"
NAME = r"[\u3400-\u9fff·]{1,6}"
# 记者了解到, 记者从市政府: what goes on like this is a sentence that a column cut off, not a name.
VERB = "[了从從在获獲看采採发發走来來手观觀报報问問近昨日也还還随隨一的们們将將介表说說]"
MAX_LINE = 80
MAX_AUTHORS = 12  # characters of the names behind an ornament

AUTHOR = re.compile(AUTHORS)
# A token that names a role, the name perhaps glued to it: 本报记者, 见习记者, 记者李三旺, 责任编辑:王勇.
ROLE_TOKEN = re.compile(rf"[\u3400-\u9fff]{{0,10}}?(?:{AUTHORS}|{HELPERS})[:：]?(?P<name>(?!{VERB}){NAME})?")
NAME_TOKEN = re.compile(rf"{NAME}|[摄攝]")
SEPARATOR = re.compile(r"[\s、/|]+")
# What print sets before a credit: □ 本报记者 张三, ■文/图 本报记者 张三.
ORNAMENTS = "■□◆◇●○◎▲△☆★※⊙▪▫▶►•｜|"
DASHES = "-—– \u3000"  # before the name below an article: — Ellen Frost
AUTHOR_MARKS = "□◇○◎⊙☆"  # the others rather open labels: ■文化
PICTURES_TOO = re.compile(r"^(?:文/图|图/文|文图|图文|文)(?:[:：/]|\s+)(?=\S)|(?<=\S)\s+(?:文[/并、]?[图摄攝]|图/?文)$")
# Roles of one character, which a stroke parts from the name: 文/张三 图/李四, 张三 文/摄.
SHORT_ROLES = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (r"(?<!\S)文[/／:：](?=[\u3400-\u9fff]{2})(?!图)", "撰文 "),
        (r"(?<!\S)[图圖摄攝][/／:：](?=[\u3400-\u9fff]{2})", "摄影 "),
        (r"(?<=\s)文[/／并、]?[图摄攝]$", "撰文"),
    )
)
# 本报讯(记者 李三旺), 新华社北京10月13日电（记者张三）
DATELINE = re.compile(r"[^，,。;；！？!?：:（(]{0,30}?[讯電电訊道]\s*[（(]\s?(?P<byline>[^（()）]{2,80})[)）]")
_DAY = r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})月)?(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})日"
LOCAL_NEWS = re.compile(
    r"[\u3400-\u9fff]{1,8}[讯訊][\s（(]|[本据據][\u3400-\u9fff]{0,2}(?![零短简簡要快])[\u3400-\u9fff][讯訊]"
    r"|本[报報台刊](?:综合|綜合)?消息"
)
# 【本報訊】, （本报讯）, 【中央社南京五日電】, 【本報記者梁伯濤專訪】
BRACKETED = re.compile(
    r"[【〔\[（(](?P<words>[^】〕\]）)，。]{0,30}?(?:(?<![零短简簡要快])[讯訊]|[电電稿]|[专專][访訪]|特[写寫]|[报報][导道導]))[】〕\]）)]"
)
IN_BRACKET = re.compile(rf"(?P<byline>[\u3400-\u9fff]{{0,6}}(?:{AUTHORS})\s?(?P<name>[\u3400-\u9fff]{{2,10}}))")
HOW = re.compile(r"[专專]?[电電讯訊稿]$|[专專][访訪]$|特[写寫]$|[报報][导道導]$")
# 本报讯 记者张三报道: the names stand before a verb.
REPORTED = re.compile(
    rf"[^，,。：:（(]{{0,30}}?[讯訊电電道]\s*(?P<byline>(?:{AUTHORS})[\u3400-\u9fff·、\s]{{2,30}}?)[报報][导道導][:：]"
)
# 中新网重庆6月25日电 (钱晨菲 邱祥琪): agencies leave the role out.
AGENCY = re.compile(rf"[\u3400-\u9fff]{{3,20}}{_DAY}[电電]\s?[（(](?P<names>[\u3400-\u9fff·\s、]{{2,30}})[)）]")
FULL_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")
NO_NAMES = frozenset(("综合", "综述", "快讯", "述评", "时评", "评论", "特写", "图文", "摘要", "全文", "节选"))
TRAILING = re.compile(r"[（(]\s?(?P<byline>[^（()）]{2,80})[)）]$")
# A body that signs for its people: (教务处 张三).
UNIT = re.compile(
    r"[\u3400-\u9fff]{1,14}(?:部|处|處|院|系|中心|办|辦|科|会|會|室|局|所|队|隊|馆|館|团委|团|站|社|校|厂|廠|组|組)"
)
BRACKETS = "（()）"
PADDED = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])\s+(?=[\u3400-\u9fff](?![\u3400-\u9fff]))")
WRITTEN_AT = re.compile(r"[\s\u3000]+[发發]自[\u3400-\u9fff]{2,8}$")
PARTED = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[\s\u3000]([\u3400-\u9fff]{2})(?![\u3400-\u9fff])")


def is_credit(line: str) -> bool:
    """Whether a line consists of roles and names only, a date perhaps with them.

    >>> is_credit("本报记者 陈曦 通讯员 王燕飞"), is_credit("2021-10-14 记者 陈曦"), is_credit("记者了解到,项目已开工")
    (True, True, False)
    """
    if len(line) > MAX_LINE:
        return False
    line = _roles_whole(_bare(line))
    tokens = SEPARATOR.split(line.replace("文/图", "文图").replace("图/文", "图文"))
    roles = [ROLE_TOKEN.fullmatch(token) for token in tokens]
    named = any(role["name"] for role in roles if role) or len(tokens) > sum(map(bool, roles))
    known = all(
        role or NAME_TOKEN.fullmatch(token) or UNIT.fullmatch(token) for role, token in zip(roles, tokens, strict=True)
    )
    return bool(english.BYLINE.fullmatch(line)) or (bool(roles[0] or roles[-1]) and named and known)


def is_byline(line: str) -> bool:
    """Whether a credit names who wrote, rather than who took the picture or set the page.

    >>> is_byline("记者 张三"), is_byline("记者 张三 摄"), is_byline("责任编辑:王勇")
    (True, False, False)
    """
    return (
        is_credit(line)
        and not _roles_whole(line.strip(BRACKETS)).endswith(("摄", "攝"))
        and bool(
            AUTHOR.search(_roles_whole(_bare(line)))
            or english.BYLINE.fullmatch(_bare(line))
            or PICTURES_TOO.search(_bare(line))
        )
    )


def is_author(line: str) -> bool:
    """Whether a line is a name behind an ornament, as print sets it below the title of an essay.

    >>> is_author("□ 秦望"), is_author("■相关链接"), is_author("秦望")
    (True, False, False)
    """
    words = line.lstrip(AUTHOR_MARKS).strip()
    names = SEPARATOR.split(_closed(words))
    return words != line.strip() and 0 < len(words) <= MAX_AUTHORS and all(map(_is_name, names))


def _closed(words: str) -> str:
    return PADDED.sub(r"\1", words)


def is_dateline(line: str) -> bool:
    """Whether a line opens a news item: ``本报讯``, ``新华社北京10月13日电``, ``【本報訊】``."""
    printed = (LOCAL_NEWS, DATELINE, BRACKETED)
    return any(pattern.match(line) for pattern in printed) or datelines.opens(line) or english.is_dateline(line)


def signature(line: str) -> str | None:
    """Return who signs at the end of an article's last line, in brackets and without a role: ``（教务处 张三）``.

    >>> signature("受到欢迎。（杜宝山）"), signature("（教务处 龚 敏）"), signature("闫洁（女）"), signature("（完）")
    ('杜宝山', '教务处 龚 敏', None, None)
    """
    found = TRAILING.search(line[-MAX_LINE - 2 :])
    before = line[: -len(found[0])].rstrip() if found else ""
    if found is None or (before and before[-1] not in "。！？!?”’」』"):
        return None
    words = found["byline"].strip()
    tokens = SEPARATOR.split(PADDED.sub(r"\1", words))
    unit = UNIT.fullmatch(tokens[0]) is not None
    names = tokens[1:] if unit else tokens
    return words if (names or not before) and all(map(_is_name, names)) else None


def find_byline(lines: Sequence[str]) -> str | None:
    """Return the byline of an article with the body ``lines``: its closing line, its first, or what a bracket names.

    >>> find_byline(["本报讯(记者 李三旺)昨日,现场会在我市召开。"]), find_byline(["中新网重庆6月25日电 (钱晨菲)昨日"])
    ('记者 李三旺', '钱晨菲')
    """
    signing = [line for line in (*reversed(lines[-3:]), *lines[:2]) if is_byline(line)]
    whole = next((line for line in sorted(signing, key=english.is_post)), None)
    if whole:
        return _whole_names(PICTURES_TOO.sub("", _bare(whole)).strip(DASHES))
    if author := next(filter(is_author, lines[:2]), None):
        return _closed(author.lstrip(ORNAMENTS).strip())
    openings = (DATELINE.match(line) for line in lines[:3])
    closings = (TRAILING.search(line[-MAX_LINE - 2 :]) for line in reversed(lines[-3:]))
    reported = (REPORTED.match(line) for line in lines[:3])
    inline = (match["byline"] for match in (*openings, *reported, *closings) if match)
    agencies = (match["names"] for line in lines[:3] if (match := AGENCY.match(line)) and _are_names(match["names"]))
    stated = (words for words in inline if AUTHOR.search(words) and is_byline(words))
    bracketed = (name for line in lines[:3] if (match := BRACKETED.match(line)) and (name := _named_in(match["words"])))
    signed = (name for line in reversed(lines[-2:]) if (name := signature(line)))
    return next((_whole_names(words.strip()) for words in (*stated, *agencies, *bracketed, *signed)), None)


def _whole_names(words: str) -> str:
    """Return a byline without the blank that OCR or print leaves between a surname and the two characters after it.

    Nor with where it was written.

    >>> _whole_names("本报记者 师 大壮 通讯员 茹 可欣"), _whole_names("记者 张三 李四 发自石门")
    ('本报记者 师大壮 通讯员 茹可欣', '记者 张三 李四')
    """
    words = WRITTEN_AT.sub("", words)
    return PARTED.sub(lambda name: "".join(name.groups()) if name[1] in SURNAMES_BY_FORM else name[0], words)


def _bare(line: str) -> str:
    """Return a line without ornaments, brackets and a date around its words."""
    line = line.strip(ORNAMENTS + " \u3000").strip(BRACKETS)
    return english.credit(WITHOUT_DATE.sub("", line)).strip(" \u3000|｜/")


def _roles_whole(line: str) -> str:
    for pattern, role in SHORT_ROLES:
        line = pattern.sub(role, line)
    return line


def _named_in(words: str) -> str | None:
    """Return the byline in the bracket that opens an item: 本報記者梁伯濤 of 本報記者梁伯濤專訪."""
    found = IN_BRACKET.search(HOW.sub("", words))
    if found is None:
        return None
    longest = 4 if found["name"].startswith(COMPOUND_SURNAMES) else 3  # behind a name stands where it was written
    return found["byline"][: len(found["byline"]) - max(0, len(found["name"]) - longest)]


def _is_name(word: str) -> bool:
    return word not in NO_NAMES and is_full_name(word)


def _are_names(words: str) -> bool:
    return all(FULL_NAME.fullmatch(word) and word not in NO_NAMES for word in SEPARATOR.split(words.strip()))
