"""What kind of words a question wants: a span of the page, a whole sentence, or the things that it asks the number of.

Decided by grammar alone: the marks by which Chinese and English form questions to be answered with yes or no, ask for a
summary, or ask how many. Anything else wants a span. A question may also say how many things it wants.
"""

import re
from typing import Final, Literal

from qa.text.dates import cardinal

Wanted = Literal["span", "sentence", "count"]

_YES_NO: Final = re.compile(
    r"是否|有无|(?P<verb>[\u3400-\u9fff])[不没](?P=verb)|有没有|(?:[吗嘛]|(?<![什怎这那多甚])么)\s*[?？。!！]*\s*\Z"
    r"|\A\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n't)?\b"
    r"(?!.*\bor\b)",
    re.IGNORECASE,
)
_SUMMARY: Final = re.compile(r"主要内容|主要讲|概括|概述|简述|总结一下|\bsummari[sz]e\b|\bsummary\b", re.IGNORECASE)
_MEASURES: Final = "个個位名家所座条條项項种種支本部人户戶处處件类類场場篇幅台臺辆輛艘间間栋棟枚起款样樣批只隻队隊"
_NOUNS: Final = "人户戶"
"""Measures that are nouns as well."""
# 几次 and 几届 ask for a count, but 二次 and 二届 mostly say which of them is meant.
_COUNTED: Final = f"{_MEASURES}次届屆"
# 哪三点 asks for three things, but 几点 for an hour, 多少块 for a price and 几路 for a line.
_LISTED: Final = f"{_MEASURES}大点點方国國县縣区區村镇鎮乡鄉路块塊步门門校"

_COUNT: Final = re.compile(rf"(?:(?<!哪)几|多少)[{_COUNTED}]|\bhow many\b", re.IGNORECASE)
_NUMBER_OF: Final = re.compile(
    # The measure goes with the number where a noun follows it, and stays where it is the noun itself.
    f"(?:(?<!哪)几|多少)(?P<measure>[{_MEASURES}])(?P<noun>[\u3400-\u9fff])?"
    # By how many, and how many years it lasted, are amounts.
    r"|(?<!\w )\bhow many (?=\w)(?!(?:of|times|more|minutes|hours|days|weeks|months|years)\b)",
    re.IGNORECASE,
)
_EACH: Final = re.compile(r"[各哪]|分[别別]|\b(?:each|respectively)\b", re.IGNORECASE)
_FEW: Final = "[2-9２-９]|[两兩二三四五六七八九十]"
_ASKED_NUMBER: Final = re.compile(
    # 哪三家, and 三家单位分别是 or 是谁: what follows the number has no attribute of its own.
    rf"哪(?P<which>{_FEW})(?=[{_LISTED}])"
    rf"|(?<![第\d一二三四五六七八九十百千万、和与與及])(?P<of>{_FEW})[{_LISTED}][^的之，,。；;]{{0,10}}?"
    r"(?:[是有叫][谁誰哪]|分别|分別|各[是叫]|都[是叫有]|[是叫]什[么麼])"
    r"|\b(?:which|what|who|name|list)(?:\s+(?:are|were|is|was|the|those|these|all|other))*\s+"
    r"(?P<en>two|three|four|five|six|seven|eight|nine|ten)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_ASKS_FOR_ONE: Final = re.compile(
    # 哪家, 哪一位, and what is most of its kind, but 最多的有哪些.
    rf"哪一?[{_MEASURES}届屆]|最[多少高低大小早晚长長短快远遠贵貴便先后後](?!\S*(?:些|什[么麼]))"
    r"|\b(?:which|what) (?!(?:else|other|people|men|women|children)\b)(?:\w+ ){0,2}?"
    r"(?!(?:else|other|people|men|women|children)\b)\w*[^s\W] (?:is|was|has|does)\b"
    r"|\bhow (?:old|tall|long|far|high|deep|big|large|heavy|wide|fast) (?:is|was)\b"
    r"|\bwho (?:is|was) the (?:\w+ )?(?:\w+est|most|least|first|last|only|sole)\b",
    re.IGNORECASE,
)
"""Singular by grammar. Of 1,706 questions over invented articles 262 are so, and no page has several answers to one."""
_ASKS_FOR_SEVERAL: Final = re.compile(
    r"[哪那这這][些几幾两兩二三四五六七八九十]|[几幾]|[各都]|分[别別]|[哪谁誰].*(?:[哪谁誰和及与與])"
    r"|\b(?:and|or|each|both|are|were|have|do|ones)\b",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(
    r"哪些|哪[几幾](?![点點])"
    r"|\bwho (?:(?:all|else) )?(?:are|were|have)\b"
    r"|\b(?:which|what) (?!(?:was|is|has|does)\b)(?:[\w'-]+ ){0,2}?(?:people|men|women|children|\w+[^\W\ds]s)\b",
    re.IGNORECASE,
)
_ENGLISH_NUMBERS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def asked_number(question: str) -> int | None:
    """Return how many things a question says that it wants, one by its grammar; ``None`` if it does not say.

    >>> [asked_number(question) for question in ("是哪两家?", "三名副主任是谁?", "Who were the four survivors?")]
    [2, 3, 4]
    >>> [asked_number(question) for question in ("哪三台机器?", "哪两点要求?", "二次会议主席是谁?")]
    [3, 2, None]
    >>> [asked_number(question) for question in ("第二位是谁?", "馆长和两位副馆长是谁?", "三家银行的利率各是多少?")]
    [None, None, None]
    >>> [asked_number(question) for question in ("由哪家公司承建?", "最高奖多少元?", "Which firm was fined?")]
    [1, 1, 1]
    >>> asked_number("两位局长都在哪座城市任职?")
    """
    if not (found := _ASKED_NUMBER.search(question)):
        return 1 if _ASKS_FOR_ONE.search(question) and not _ASKS_FOR_SEVERAL.search(question) else None
    if english := found["en"]:
        return 2 + _ENGLISH_NUMBERS.index(english.lower())
    return cardinal(found["which"] or found["of"])


def which_ones(question: str) -> str | None:
    """Return the question which things there are, of one that asks their number; ``None`` if these are no things.

    >>> which_ones("任命了几位副市长?"), which_ones("嘉宾有几位?"), which_ones("多少人获奖?")
    ('任命了哪些副市长?', '嘉宾有哪些?', '哪些人获奖?')
    >>> which_ones("How many bridges were lost?"), which_ones("得过几次冠军?")
    ('Which bridges were lost?', None)
    >>> which_ones("甲、乙两县各有几个站?"), which_ones("By how many votes did she win?")
    (None, None)
    """
    if not (found := _NUMBER_OF.search(question)) or _EACH.search(question):
        return None
    before, after, measure = question[: found.start()], question[found.end() :], found["measure"]
    if not measure:
        return f"{before}{'which' if before else 'Which'} {after}"
    noun = f"{measure if measure in _NOUNS else ''}{found['noun'] or ''}"
    return f"{before}哪些{noun}{after}" if noun or before.endswith(("有", "是")) else None


def wants_all(question: str) -> bool:
    """Whether a question asks by its grammar for all there are, however many.

    >>> [wants_all(question) for question in ("哪些县受灾?", "Which towns were hit?", "Who have won?")]
    [True, True, True]
    >>> [wants_all(question) for question in ("哪两个县受灾?", "谁当选?", "Which was hit?", "Which town was hit?")]
    [False, False, False, False]
    """
    return asked_number(question) is None and bool(_OPEN.search(question))


def wanted(question: str) -> Wanted:
    """Tell what a question wants.

    >>> [wanted(q) for q in ("大桥通车了吗?", "是什么?", "Did the bridge open?", "任命了几位副市长?")]
    ['sentence', 'span', 'sentence', 'count']
    >>> [wanted(q) for q in ("建成了多少個車站？", "捐了几样东西?", "去过几次?", "几点开始?", "多少块一张?")]
    ['count', 'count', 'count', 'span', 'span']
    """
    if _YES_NO.search(question) or _SUMMARY.search(question):
        return "sentence"
    return "count" if _COUNT.search(question) else "span"
