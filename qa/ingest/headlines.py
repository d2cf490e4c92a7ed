"""What headlines look like, by their words alone."""

import re
from collections.abc import Sequence

from qa.ingest.decks import is_dash_deck, is_protocol, shared
from qa.ingest.english import without_stop
from qa.ingest.jumps import is_jump, page_named
from qa.ingest.lines import Line, Role
from qa.ingest.tables import is_row
from qa.text.folding import simplified
from qa.text.punctuation import CLAUSE_END, COLON, COMMA, ENUMERATION, NON_STARTERS

MAX_TITLE = 40
MIN_TOLD = 0.25  # share of a title's pairs of characters that the opening repeats
MIN_ALONE = 5  # characters of a title; a shorter line is the name of a column
ORNAMENTS = "■□◆◇●○◎▲△☆★※【】[]〔〕"
NO_HEADLINE_END = frozenset((*COMMA, *CLAUSE_END, *ENUMERATION, *COLON, "。", ".", "…", "—", "-", "－", "（", "("))
# A title in halves is completed below: 张江在会上强调 / 坚定信心.
INTRODUCES = re.compile(r"(?:强调|強調|指出|要求|提出|表示|认为|認為|时说|時說|日前|近日|获悉|獲悉|[:：])$")
CAPTION = re.compile(r"附?[表图圖][\s\u3000一二三四五六七八九十\d:：]|[单單]位[:：]|[^\u3400-\u9fff]*(?:图|圖)为")
SPOKEN = re.compile(r"(?:[问問答]|[QA]|[记記]者)[:：]")
PAIR = re.compile(r"[:：]")
# Kinds of small items, which are titles by themselves.
GENRE = re.compile(
    r"[^，,。]*(?:启事|公告|通告|通报|通知|声明|更正|勘误|来信|快讯|短波|简讯|简报|[短零要影书剧]讯|新闻|消息|集锦|预报|导视|导读|节目|电影|价目|行情|广告|讣告"
    r"|链接|新闻背景|背景资料|延伸阅读|小贴士|名词解释|征文|征稿|征婚|寻人|寻物|招聘|招生|招租|招标|招领|失物|信箱|问答|摘登|选登|预告|补白|天气|点滴|拾零)"
)
GENRE_LATIN = re.compile(
    r"(?:(?:in|news|city|local) )?briefs?|(?:the )?weather|obituar(?:y|ies)|deaths|corrections?|classifieds?"
    r"|(?:public |legal )?notices?|letters(?: to the editor)?",
    re.IGNORECASE,
)
MAX_GENRE = 16
MIN_DOCUMENT = 10  # characters of the title of one without the body that issues it
_LABELS = (
    "编者按|編者按|编前|开栏的话|更正|勘误|声明|聲明|启事|啟事"
    "|寻物|尋物|寻人|尋人|招领|招領|遗失|遺失|讣告|訃告|致歉|提示|今日提示|温馨提示"
)
LABEL = re.compile(rf"(?P<label>(?:本报|本報)?(?:{_LABELS}))(?:[:：]|\u3000(?=\S))")
DOCUMENT = re.compile(
    r"(?:公告|决议|決議|通知|通告|名单|名單|办法|辦法|规定|規定|意见|意見|条例|條例|报告|報告|决定|決定)$"
)
ISSUER = re.compile(r"(?:公司|委员会|委員會|局|厅|廳|政府|院|会|會|部|办公室|中心|行|社)$")
BRACKET = re.compile(r"[（(][^（()）]{0,12}[)）]")
SPACED = re.compile(r"[\s\u3000]")
TELEPHONE = re.compile(r"(?:[0-9０-９][-－]?){7,}")  # of a small ad


def label_of(text: str) -> str | None:
    """Return what an item without a title calls itself: 更正 of ``更正：本报昨日…``."""
    found = LABEL.match(text)
    return found["label"] if found else None


def is_genre(text: str) -> bool:
    """Whether a line names a kind of small item: ``招聘启事``, ``荧屏导视 今天(11月6日)``.

    >>> is_genre("简 讯"), is_genre("●短波●"), is_genre("市场行情看好")
    (True, True, False)
    """
    if len(text) > MAX_GENRE:
        return False
    words = SPACED.split(BRACKET.sub("", bare(simplified(text))))
    return any(GENRE.fullmatch(word) for word in words) or GENRE_LATIN.fullmatch(text) is not None


def bare(text: str) -> str:
    """Return a title without the ornaments around it, and without blanks between all its characters.

    >>> bare("●短波●"), bare("简 讯"), bare("招聘 启事")
    ('短波', '简讯', '招聘 启事')
    """
    text = text if is_jump(text) else text.strip(ORNAMENTS + " \u3000") or text
    parts = SPACED.split(text)
    return "".join(parts) if all(len(part) == 1 for part in parts) else text


def headline(texts: Sequence[str], body: str) -> int:
    """Return which of the lines above an article is its title: the first that the opening of the article tells.

    What stands above it is a kicker, what stands below it a deck. Where none is told, the title is the last line that
    is no deck by its form.

    >>> headline(["人物", "显微镜下四十年", "——访教授温启贤"], "温启贤有一台显微镜。")
    1
    """
    decks = [is_dash_deck(text) or (index > 0 and is_protocol(text, body)) for index, text in enumerate(texts)]
    mains = [index for index, deck in enumerate(decks) if not deck] or [0]
    told = (index for index in mains[:-1] if shared(texts[index], body) >= MIN_TOLD and _stands_alone(texts[index]))
    return next(told, mains[-1])


def names_itself(texts: Sequence[str]) -> bool:
    """Whether headlines name what is below: a kind of small item, or an official document."""
    issued = any(ISSUER.search(text) for text in texts[:-1]) or len(texts[-1]) >= MIN_DOCUMENT
    return any(map(is_genre, texts)) or (DOCUMENT.search(texts[-1]) is not None and issued)


def _stands_alone(text: str) -> bool:
    return not INTRODUCES.search(text) and sum(map(str.isalnum, text)) >= MIN_ALONE


def has_form(line: Line) -> bool:
    """Whether a line has the form of a headline: short, no sentence, no row of a table, no label with its value."""
    text = without_stop(line.text)
    if line.level or line.role not in (Role.TEXT, Role.LIST_ITEM):
        return False
    if line.role is Role.LIST_ITEM and not (text[0] in ORNAMENTS and text[-1] in ORNAMENTS):
        return False
    letters = sum(map(str.isalnum, text))
    if not 2 <= letters <= MAX_TITLE or text[-1] in NO_HEADLINE_END or text[0] in NON_STARTERS:
        return False
    if is_dash_deck(text):
        return True
    if any(mark in text for mark in "。；;") or commas(text) > 1 or is_row(text) or TELEPHONE.search(text):
        return False
    if (
        SPOKEN.match(text)
        or CAPTION.match(text)
        or CAPTION.search(text)
        or len(PAIR.findall(text)) > 1
        or label_of(text)
    ):
        return False
    return sum(map(str.isdigit, text)) * 3 <= letters * 2 and not _is_cut(text) and not page_named(text)


def commas(text: str) -> int:
    """Return how many commas of either kind stand in a line."""
    return sum(text.count(mark) for mark in (*COMMA, *ENUMERATION))


def _is_cut(text: str) -> bool:
    """Whether a quotation or a bracket is left open, as in a line of a paragraph."""
    return any(text.count(left) != text.count(right) for left, right in ("“”", "（）", "()", "《》", "「」"))
