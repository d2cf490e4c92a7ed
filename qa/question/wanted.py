"""What kind of words a question wants: a span of the page, a whole sentence, or the things that it asks the number of.

Decided by grammar alone: the marks by which Chinese and English form questions to be answered with yes or no, ask for a
summary, or ask how many. Anything else wants a span.
"""

import re
from typing import Final, Literal

Wanted = Literal["span", "sentence", "count"]

_YES_NO: Final = re.compile(
    r"是否|有无|(?P<verb>[\u3400-\u9fff])[不没](?P=verb)|有没有|(?:[吗嘛]|(?<![什怎这那多甚])么)\s*[?？。!！]*\s*\Z"
    r"|\A\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n't)?\b"
    r"(?!.*\bor\b)",
    re.IGNORECASE,
)
_SUMMARY: Final = re.compile(r"主要内容|主要讲|概括|概述|简述|总结一下|\bsummari[sz]e\b|\bsummary\b", re.IGNORECASE)
_COUNT: Final = re.compile(
    r"(?:几|多少)(?:个|位|名|家|所|座|条|项|种|支|本|部|人|户|处|件|类|次|届|场|篇|幅|台|辆|艘|间|栋|枚)"
    r"|\bhow many\b",
    re.IGNORECASE,
)


def wanted(question: str) -> Wanted:
    """Tell what a question wants.

    >>> [wanted(q) for q in ("大桥通车了吗?", "是什么?", "Did the bridge open?", "任命了几位副市长?")]
    ['sentence', 'span', 'sentence', 'count']
    """
    if _YES_NO.search(question) or _SUMMARY.search(question):
        return "sentence"
    return "count" if _COUNT.search(question) else "span"
