"""Who wrote an article, in the source's words."""

import re
from collections.abc import Sequence

AUTHORS = "记者|通讯员|实习生|评论员|特派员|撰稿人|作者|撰文"
HELPERS = "摄影|摄像|供图|编辑|责编|校对|版式|审核|统筹|文图|文/图|图文|图/文|来源"
NAME = r"[\u3400-\u9fff·]{1,6}"
# 记者了解到, 记者从市政府: what goes on like this is a sentence that a column cut off, not a name.
VERB = "[了从在获看采发走来手观报问近昨日也还随一的们将介表说]"
MAX_LINE = 80

AUTHOR = re.compile(AUTHORS)
# A token that names a role, the name perhaps glued to it: 本报记者, 见习记者, 记者李三旺, 责任编辑:王勇.
ROLE_TOKEN = re.compile(rf"[\u3400-\u9fff]{{0,10}}?(?:{AUTHORS}|{HELPERS})[:：]?(?P<name>(?!{VERB}){NAME})?")
NAME_TOKEN = re.compile(rf"{NAME}|摄")
ENGLISH = re.compile(r"By [A-Z][\w.'-]*(?: (?:and |of )?[A-Z][\w.'-]*){0,6}")
SEPARATOR = re.compile(r"[\s、/|]+")
# 本报讯(记者 李三旺), 新华社北京10月13日电（记者张三）
DATELINE = re.compile(r"[^，,。;；！？!?：:（(]{0,30}?[讯电道]\s*[（(](?P<byline>[^（()）]{2,80})[)）]")
LOCAL_NEWS = re.compile(r"(?:[\u3400-\u9fff]{1,8}讯|[\u3400-\u9fff]{2,20}\d{1,2}月\d{1,2}日电)[\s（(]")
# 中新网重庆6月25日电 (钱晨菲 邱祥琪): agencies leave the role out.
AGENCY = re.compile(r"[\u3400-\u9fff]{3,20}(?:\d{1,2}月)?\d{1,2}日电\s?[（(](?P<names>[\u3400-\u9fff·\s、]{2,30})[)）]")
FULL_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")
NO_NAMES = frozenset(("综合", "综述", "快讯", "述评", "时评", "评论", "特写", "图文", "摘要", "全文", "节选"))
TRAILING = re.compile(r"[（(](?P<byline>[^（()）]{2,80})[)）]$")
BRACKETS = "（()）"


def is_credit(line: str) -> bool:
    """Whether a line consists of roles and names only.

    >>> is_credit("本报记者 陈曦 通讯员 王燕飞"), is_credit("记者了解到,项目已开工")
    (True, False)
    """
    if len(line) > MAX_LINE:
        return False
    tokens = SEPARATOR.split(line.strip(BRACKETS).replace("文/图", "文图").replace("图/文", "图文"))
    roles = [ROLE_TOKEN.fullmatch(token) for token in tokens]
    named = any(role["name"] for role in roles if role) or len(tokens) > sum(map(bool, roles))
    known = all(role or NAME_TOKEN.fullmatch(token) for role, token in zip(roles, tokens, strict=True))
    return bool(ENGLISH.fullmatch(line)) or (bool(roles[0]) and named and known)


def is_byline(line: str) -> bool:
    """Whether a credit names who wrote, rather than who took the picture or set the page.

    >>> is_byline("记者 张三"), is_byline("记者 张三 摄"), is_byline("责任编辑:王勇")
    (True, False, False)
    """
    return (
        is_credit(line)
        and not line.rstrip(BRACKETS).endswith("摄")
        and bool(AUTHOR.search(line) or ENGLISH.match(line))
    )


def is_dateline(line: str) -> bool:
    """Whether a line opens a news item: ``本报讯``, ``新华社北京10月13日电``."""
    return bool(LOCAL_NEWS.match(line) or DATELINE.match(line))


def find_byline(lines: Sequence[str]) -> str | None:
    """Return the byline of an article with the body ``lines``: its closing line, its first, or what a bracket names.

    >>> find_byline(["本报讯(记者 李三旺)昨日,现场会在我市召开。"]), find_byline(["中新网重庆6月25日电 (钱晨菲)昨日"])
    ('记者 李三旺', '钱晨菲')
    """
    whole = next((line for line in (*reversed(lines[-3:]), *lines[:2]) if is_byline(line)), None)
    if whole:
        return whole.strip(BRACKETS)
    openings = (DATELINE.match(line) for line in lines[:3])
    closings = (TRAILING.search(line[-MAX_LINE - 2 :]) for line in reversed(lines[-3:]))
    inline = (match["byline"] for match in (*openings, *closings) if match)
    signed = (match["names"] for line in lines[:3] if (match := AGENCY.match(line)) and _are_names(match["names"]))
    stated = (words for words in inline if AUTHOR.search(words) and is_byline(words))
    return next((words.strip() for words in (*stated, *signed)), None)


def _are_names(words: str) -> bool:
    return all(FULL_NAME.fullmatch(word) and word not in NO_NAMES for word in SEPARATOR.split(words.strip()))
