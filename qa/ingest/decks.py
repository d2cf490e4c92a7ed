"""Which of the headings above a newspaper article is the title: above it stand kickers, below it decks."""

import re
from collections.abc import Sequence

from qa.ingest.lines import Line, Role
from qa.text.punctuation import bare_end
from qa.text.sentences import first_sentence

DASHES = ("—", "--", "――", "──", "–", "－－")
MAX_DECK = 80
MIN_SHARED = 0.3

# Who does what at a meeting: 何雄讲话, 徐衣显、王军出席并致辞.
PROTOCOL = re.compile(
    r"(?P<names>[\u3400-\u9fff·]{2,4}?(?:、[\u3400-\u9fff·]{2,4}?)*)"
    r"(?:讲话|致辞|致词|主持|出席|参加|宣读|报告|发言|点评|总结|部署|批示|陪同|会议|活动|见证|揭牌|传达|通报|汇报|作|并|发表|重要)+"
)


def is_dash_deck(text: str) -> bool:
    """Whether a line is a deck that opens with a dash, as in ``——访宜阳县委书记张汉智``."""
    return text.startswith(DASHES) and len(text) <= MAX_DECK and bare_end(text) != "。"


def title_index(headings: Sequence[Line], body: str) -> int:
    """Return which of a run of headings is the title; those above it are kickers, those below it decks.

    What stands nearest to the body is the title: above it print sets the kicker, the column's name and the banner of
    the page, and none of them can be told from a title by its words (a kicker often repeats whole phrases of the
    article). Only a deck comes between. One kind opens with a dash. The other kind names who did what at an event
    (何雄讲话 徐衣显致辞) and needs a heading above that names the event. So a last heading of that form is a deck if
    its people appear in the body and the body's first sentence, which restates the headline, tells the heading above
    no less than the deck; a column's name above (一把手访谈) shares nothing with it, and what is below stays the title.
    """
    texts = [line.text for line in headings]
    levels = [line.level for line in headings]
    last = len(texts) - 1
    above = next((index for index in range(last, -1, -1) if levels[index] != levels[last]), last)
    if 0 < levels[above] < levels[last] and shared(texts[above], body) >= MIN_SHARED:
        return above  # set larger than what stands below it, and about the same
    while last > 0 and is_dash_deck(texts[last]):
        last -= 1
    title = last
    while title > 0 and (is_dash_deck(texts[title]) or is_protocol(texts[title], body)):
        title -= 1
    decks = [text for text in texts[title + 1 : last + 1] if not is_dash_deck(text)]
    return title if all(names_event(texts[title], deck, body) for deck in decks) else last


def placed_around(lines: Sequence[Line], title: int, body: str) -> list[Role]:
    """Return the places of a run of headings: of the title, of which ``title`` is a line, and what is around it.

    Print sets a long title over several lines. Two lines are one title where the body has the words at which they meet;
    or, without a blank line between them, where they are as long as each other and both told in the body.
    """

    def joins(above: Line, below: Line) -> bool:
        texts = above.text, below.text
        if above.level != below.level or is_dash_deck(below.text):
            return False
        alike = not (below.level or below.gap) and abs(len(texts[0]) - len(texts[1])) <= 1
        return _meet(*texts, body) or (alike and min(shared(text, body) for text in texts) >= MIN_SHARED)

    first, end = title, title + 1
    while first > 0 and joins(lines[first - 1], lines[first]):
        first -= 1
    while end < len(lines) and joins(lines[end - 1], lines[end]):
        end += 1
    return [Role.MASTHEAD] * first + [Role.HEADING] * (end - first) + [Role.DECK] * (len(lines) - end)


def _meet(above: str, below: str, body: str) -> bool:
    """Whether the body has the words at which two lines meet.

    >>> _meet("市政府部署秋季森林", "防火工作", "昨日，市政府部署森林防火。"), _meet("人物", "方平", "昨日，方平到任。")
    (True, False)
    """
    return above[-2:] + below[:1] in body or above[-1:] + below[:2] in body


def is_protocol(text: str, body: str) -> bool:
    """Whether every clause of ``text`` says what someone who appears in ``body`` did at an event.

    >>> body = "何雄出席会议并讲话。徐衣显致辞。"
    >>> is_protocol("何雄讲话 徐衣显致辞", body), is_protocol("创新谋跨越 实干勇担当", body)
    (True, False)
    """
    clauses = [PROTOCOL.fullmatch(clause) for clause in text.split()]
    people = [name for clause in clauses if clause for name in clause["names"].split("、")]
    return all(clauses) and all(name in body for name in people)


def names_event(title: str, deck: str, body: str) -> bool:
    """Whether the first sentence of ``body`` tells ``title``, and no less of it than of ``deck``."""
    opening = first_sentence(body)
    return shared(title, opening) >= max(MIN_SHARED, shared(deck, opening))


def shared(heading: str, text: str) -> float:
    """Return the share of a heading's pairs of neighbouring characters that stand in ``text``.

    >>> shared("会议召开", "昨日,会议在我市召开")
    0.6666666666666666
    """
    pairs = {heading[i : i + 2] for i in range(len(heading) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0
