"""What heads a page of print: the paper's name, the date, the page and its section, and who made it up.

Nothing of it belongs to an article, and none of it is a title.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.ingest import english, english_jumps
from qa.ingest.dates import FULL, full_date
from qa.ingest.jumps import page_named
from qa.text.folding import folded
from qa.text.punctuation import SENTENCE_END
from qa.text.surnames import SURNAMES_AMONG_WORDS, is_full_name

MAX_LINES = 12
MAX_LINE = 160
_B = r"[\s\u3000]?"
# 日报, 晚 报, 周刊: how the names of papers end.
_PAPER = rf"(?:[报報]|周{_B}刊|週{_B}刊|月{_B}刊|[画畫]{_B}[报報])"
_LATIN = (
    "Daily|Weekly|Times|Post|Herald|Gazette|News|Journal|Tribune|Star|Observer|Chronicle|Courier|Mail|Express|Telegraph"
    "|Mirror|Guardian|Standard|Sun|Record|Register|Bulletin|Press|Examiner|Inquirer|Sentinel|Advertiser|Argus|Mercury"
    "|Echo|Independent|Dispatch|Globe|Review"
)
NAME = re.compile(
    rf"[《]?(?P<name>(?:[\u3400-\u9fff]{_B}){{1,11}}{_PAPER})[》]?(?![\u3400-\u9fff])"
    r"|(?P<latin>(?:The )?[A-Z][A-Za-z']+(?:(?:[ -]| & | and )[A-Z][A-Za-z']+){0,4}"
    rf"[ -](?:{_LATIN})|(?:THE )?[A-Z]+(?:(?:[ -]| & | AND )[A-Z]+){{0,4}}[ -](?:{_LATIN.upper()}))\b"
)
# Any other name (参考消息) is known by the date that follows it.
BEFORE_DATE = re.compile(
    r"[《]?(?P<name>(?!第|星|农|農|今)[\u3400-\u9fff]{2,10})[》]?[\s\u3000/]+(?=[0-9０-９〇一二中民])"
)
PAGE = re.compile(
    rf"第{_B}(?:[0-9０-９]{{1,3}}|[一二三四五六七八九十]{{1,3}}){_B}版|(?<![\w-])[A-Za-z]?[0-9０-９]{{1,3}}{_B}版"
    r"|(?<![\w-])[A-Z][0-9]{1,2}(?![\w-])(?=$|[\s\u3000])|(?<![\w-])[一二三四五六七八九十]{1,3}版(?![\u3400-\u9fff])"
)
SECTION = re.compile(
    r"[\s\u3000/·:：]{0,4}(?P<name>[\u3400-\u9fff](?:[\u3400-\u9fff·・/\s\u3000]{0,1}[\u3400-\u9fff]){1,11})"
)
NO_SECTION = re.compile(
    r"星期|周[一二三四五六日]|\d|责|責|[编編]辑|[编編]輯|主[编編]|[编編]委|今日|[农農夏][历曆]|[农農](?=[甲乙丙丁戊己庚辛壬癸])|国内|國內|第|共|总|總"
)
ISSUE = re.compile(
    r"第\s?[0-9０-９,，]{1,6}\s?(?:期|[号號](?![\u3400-\u9fff]))|[总總]第|(?:今日|共)[0-9０-９一二三四五六七八九十]{1,3}版|第[一二三四五六七八九十]{1,2}[张張]"
)
WEEKDAY = re.compile(rf"星{_B}期{_B}[一二三四五六日天]|[周週][一二三四五六日]")
LUNAR = re.compile(r"[农農夏][历曆]|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年")
# What a masthead or a colophon says of the paper itself.
IMPRINT = re.compile(
    r"(?:责任?|責任?|本版|[值执]班|本期|首席|编审|編審|主|[编編]|美)[编編](?:[辑輯委审]|(?=[\s\u3000:：]))|版式|[组組]版|[校][对對](?=[\s\u3000:：])"
    r"|本?[报報]?社址|地址(?=[:：])|[邮郵][编編箱]|信箱(?=[:：])|[电電][话話](?=[\s\u3000:：0-9])|[热熱][线線](?=[\s\u3000:：0-9])"
    r"|[网網]址|[传傳]真|零售|定[价價](?=[:：])|[刊][号號]|[邮郵][发發]代[号號]|[国國][内內][统統]一|(?:主管|主[办辦]|承印|出版)(?=[:：])"
    r"|短信平台"
)
FIELDS = re.compile(r"[\t\u3000|｜·，,]|\s{2,}|\s(?=[\u3400-\u9fff《])|(?<=[0-9])\s(?=[A-Z])")
APART = re.compile(r"\t|[ \u3000]{3,}|[|｜]")
LATIN = re.compile(r"[A-Z][A-Z\s·.'-]{3,60}")
FOLIO = re.compile(r"[A-Z]?[0-9]{1,3}")
BESIDE_FOLIO = re.compile(r"[^\W\d][^\d.,;:!?，。；：！？]{1,29}")
PERSONNEL = 2
"""Labels of an imprint with which a line is one wherever it stands at the end of a page."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the head of a page says; ``None`` where it does not. ``section`` is the page's own name (要闻)."""

    publication: str | None = None
    date: str | None = None
    page: str | None = None
    section: str | None = None


def read_masthead(lines: Sequence[str]) -> Masthead:
    """Return what the lines above the first article say.

    >>> read_masthead(["汾水晚报  A7 都市·消费", "2008年11月6日 星期四"])
    Masthead(publication='汾水晚报', date='2008-11-06', page='A7', section='都市·消费')
    """
    publication = date = page = section = None
    for line in lines:
        publication = publication or publication_named(line)
        date = date or full_date(line)
        if page is None and (page := page_in(line)) and (found := PAGE.search(line)):
            section = _section(line[found.end() :])
        section = section or _section_beside(line)
    return Masthead(publication, date, page, section)


def publication_named(line: str) -> str | None:
    """Return the name of the paper that opens a line, without the blanks that print sets between its characters."""
    line = line.strip()
    found = NAME.match(line)
    if found is None:
        before = BEFORE_DATE.match(line)
        return before["name"] if before and FULL.match(line, before.end()) else None
    return found["latin"] or re.sub(r"[\s\u3000]", "", found["name"])


def paper_in(line: str) -> str | None:
    """Return the name of a paper that opens a line, or any of its fields.

    >>> paper_in("3 要闻 榆溪日报 2022年10月8日"), paper_in("A3｜The Riverside Herald"), paper_in("本报地址")
    ('榆溪日报', 'The Riverside Herald', None)
    """
    found = (NAME.match(part.strip()) for part in (line, *FIELDS.split(line)))
    return next((one["latin"] or re.sub(r"[\s\u3000]", "", one["name"]) for one in found if one), None)


def page_in(line: str) -> str | None:
    """Return the page that a masthead's line names anywhere.

    >>> page_in("岭东日报 第 05 版 产业"), page_in("汾水晚报 A7 都市"), page_in("今日四版")
    ('5', 'A7', None)
    """
    found = PAGE.search(ISSUE.sub(lambda match: " " * len(match[0]), line))
    if found is None:
        named = english.PAGE.search(line)
        return english_jumps.page_number(named["page"]) if named else None
    words = re.sub(r"\s", "", folded(found[0]).upper())
    return page_named(words if words.endswith("版") else f"{words}版")


def folio(parts: Sequence[str]) -> str | None:
    """Return the page that a line of a running head numbers, on one side of the section's name.

    >>> folio(["LOCAL NEWS", "5"]), folio(["12", "Farm & Garden"]), folio(["Sugar, lb.", "5"]), folio(["5"])
    ('5', '12', None, None)
    """
    numbers = [part for part in parts if FOLIO.fullmatch(part)]
    words = [part for part in parts if BESIDE_FOLIO.fullmatch(part)]
    return english_jumps.page_number(numbers[0]) if len(numbers) == len(words) == 1 and len(parts) == 2 else None


def bare_page(line: str) -> str | None:
    """Return the page that a running head numbers by its first or last field alone, beside the date.

    >>> bare_page("泾水日报    2006年4月18日 星期二    2"), bare_page("4    The Mill Star    May 3, 1951")
    ('2', '4')
    >>> bare_page("泾水日报    2006年4月18日 星期二"), bare_page("2    泾水日报    3")
    (None, None)
    """
    parts = [part.strip() for part in APART.split(line.strip()) if part.strip()]
    numbers = [part for part in {parts[0], parts[-1]} if FOLIO.fullmatch(part)] if len(parts) > 1 else []
    return english_jumps.page_number(numbers[0]) if len(numbers) == 1 and full_date(line) else None


def is_strong(line: str) -> bool:
    """Whether a line heads a page wherever it stands: a date with the weekday, the page or the paper's name."""
    if len(line) > MAX_LINE or not _unended(line):
        return False
    dated = full_date(line) is not None
    named = (publication_named(line) or paper_in(line)) is not None
    paged = PAGE.search(line) is not None or english.PAGE.search(line) is not None
    weekday = WEEKDAY.search(line) is not None or english.WEEKDAY.search(line) is not None
    marks = sum((named, weekday, paged, (ISSUE.search(line) or english.ISSUE.search(line)) is not None))
    return (dated and marks > 0 and _rest(line) <= 20) or (named and paged)


def is_of_head(line: str) -> bool:
    """Whether a line may stand in a masthead: what it says is about the paper."""
    if len(line) > MAX_LINE or not _unended(line):
        return False
    found = NAME.fullmatch(line.strip())
    return bool(
        found
        or is_strong(line)
        or IMPRINT.search(line)
        or english.IMPRINT.search(line)
        or LATIN.fullmatch(line)
        or (_rest(line) <= 8 and (full_date(line) or page_in(line) or ISSUE.search(line) or english.ISSUE.search(line)))
    )


def is_colophon(line: str) -> bool:
    """Whether a line at the foot of a page says who made it and where."""
    return len(line) <= MAX_LINE and len(IMPRINT.findall(line)) >= PERSONNEL


def head_length(lines: Sequence[str]) -> int:
    """Return how many lines at the top of a page are its masthead; 0 unless one of them dates or names the page."""
    count = int(bool(lines) and FOLIO.fullmatch(lines[0]) is not None)
    while count < min(len(lines), MAX_LINES) and is_of_head(lines[count]):
        count += 1
    while 0 < count < len(lines) and LATIN.fullmatch(lines[count - 1]) and lines[count].isascii():
        count -= 1  # a headline in capitals, in a paper that is all in Latin letters
    head = lines[:count]
    if any(map(is_strong, head)) or (any(map(publication_named, head)) and any(full_date(line) for line in head)):
        return count
    return 0


def _unended(line: str) -> bool:
    return not any(mark in line for mark in SENTENCE_END) or IMPRINT.search(line) is not None


def _rest(line: str) -> int:
    """Return how many letters stand beside what mastheads consist of, in the field of a line that has most."""
    line = english.without_dates(line)
    for pattern in (FULL, WEEKDAY, LUNAR, ISSUE, PAGE):
        line = pattern.sub(" ", line)
    line = NAME.sub(" ", line, count=1)
    return max(sum(map(str.isalpha, field)) for field in APART.split(line))


def _section_beside(line: str) -> str | None:
    """Return the section that stands apart from who made the page up.

    >>> _section_beside("责编：邢艳   社会新闻"), _section_beside("责编：邢艳   校对：方圆")
    ('社会新闻', None)
    """
    parts = [part.strip() for part in APART.split(line)]
    named = [part for part in parts if SECTION.fullmatch(part) and not NO_SECTION.search(part) and not full_date(part)]
    apart = [part for part in named if not (IMPRINT.search(part) or NAME.fullmatch(part) or _is_person(part))]
    return apart[0] if len(apart) == 1 and IMPRINT.search(line) else None


def _is_person(words: str) -> bool:
    return is_full_name(words) and words[0] not in SURNAMES_AMONG_WORDS


def _section(after: str) -> str | None:
    found = SECTION.match(after)
    if found is None:
        return None
    name = re.split(r"[\s\u3000]{2,}", found["name"])[0].strip()
    spaced = re.fullmatch(r"(?:[\u3400-\u9fff]\s)+[\u3400-\u9fff]", name)
    name = re.sub(r"\s", "", name) if spaced else name.split()[0]
    return None if NO_SECTION.search(name) or IMPRINT.search(name) else name
