"""Questions as people type them into a search box: ``校歌的作者是谁？`` as ``校歌的作者``.

The word patterns make training data only: at question time the model reads a phrase as it is typed.
"""

import re
from typing import Final

_END: Final = r"(?:呢|的)?[？?。\s]*$"
_ASKING: Final = re.compile(r"谁|誰|什么|什麼|哪|几|幾|多少|何|怎|吗|嗎|多[大长高远]")
# "X是谁", "X是多少米": what is asked for stands before it.
_WHAT: Final = re.compile(
    r"^(?P<head>.{4,}?)(?:是(?:谁|誰|什么|什麼|多少\w{0,4}|哪里|哪裡|哪一?[个個位种種家]\w{0,3}|哪些\w{0,3})"
    r"|有(?:多少|哪些)|叫什[么麼](?:名字)?|(?:达|達)?多少)(?P<tail>)" + _END
)
_WHEN: Final = re.compile(
    r"^(?P<head>.{2,}?)(?:是)?(?:在|于|於)?(?:什么时候|什麼時候|什么时间|何时|何時|(?:西元|公元)?(?:哪一?年|何年|幾年))"
    r"(?P<tail>[^，,]{0,8}?)" + _END
)
_WHERE: Final = re.compile(
    r"^(?P<head>.{2,}?)(?:(?:是|坐落|位)?(?:在|于|於))(?:哪里|哪裡|什么地方|什麼地方)(?P<tail>[^，,]{0,8}?)" + _END
)
_ENGLISH: Final = re.compile(
    r"^(?:who|what) (?:is|was|are|were) (?:the )?(?P<head>[\w ]{3,}(?: of |'s ).{3,}?)[?\s]*$", re.IGNORECASE
)
# A head that ends in one of these is no phrase without the rest of its question.
_OPEN: Final = re.compile(r"[的在于於被由以为為任从從向和与與了过過指也约約，,]$|分别$|分別$|体现$|[时時][间間]$")
# One-character verbs of the written language, and what they are in a phrase.
_VERBS: Final = re.compile(r"(?<![出发發诞誕兴興修创創新扩擴重始])[生建]$")
_WHOLE: Final = {"生": "出生", "建": "建成"}


def search_phrase(question: str) -> str:
    """Return the question as a phrase for a search box, or the question itself where no phrase says the same.

    >>> search_phrase("《流浪地球》的导演是谁？"), search_phrase("图书馆是在什么时候落成的？")
    ('《流浪地球》的导演', '图书馆落成时间')
    >>> search_phrase("这家工厂位于哪里？"), search_phrase("Who was the mayor of Jinan?")
    ('这家工厂位置', 'mayor of Jinan')
    >>> search_phrase("谁发明了电灯？")
    '谁发明了电灯？'
    """
    if found := _ENGLISH.match(question):
        return found["head"]
    for pattern, noun, closing in ((_WHEN, "时间", "时间"), (_WHERE, "地点", "位置"), (_WHAT, "", "")):
        if not (found := pattern.match(question)):
            continue
        head, tail = found["head"], found["tail"]
        if _OPEN.search(head) or _ASKING.search(head + tail):
            continue
        if tail:
            return head + tail.removesuffix("的") + noun  # 何时成立的呢
        whole = _VERBS.sub(lambda verb: _WHOLE[verb[0]], head) if pattern is _WHEN else head
        return whole + closing
    return question
