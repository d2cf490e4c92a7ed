"""Elements that a web page does not show, with all that stands in them: by an attribute, or by their own style.

A page's style sheets and scripts are not heeded. ``aria-hidden`` hides nothing from those who see.
"""

import re
from collections.abc import Collection, Mapping
from enum import IntEnum

from qa.text import Slice


class State(IntEnum):
    """How an element is shown: ``UNSEEN`` takes its room on the page and shows nothing, ``GONE`` is not there."""

    SHOWN = 0
    UNSEEN = 1
    GONE = 2


SIGN = re.compile(r"<dialog\b|\bhidden\b|\bdisplay\b|\bvisibility\b", re.IGNORECASE)
"""What a source holds if it hides an element."""
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
DECLARATION = re.compile(r"([\w-]+)\s*:\s*([\w-]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
UNSEEN = ("hidden", "collapse")
WHOLE = ("html", "body")  # hidden until the page is loaded, by those who want no flicker
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
TABLED = frozenset(("caption", "td", "th", "tr", "tbody", "tfoot", "thead"))
CELLS = ("td", "th", "caption")
LISTS = ("ul", "ol", "menu", "dir")
# What ends an element whose own end may be left out, and what that must stand in to be ended.
ENDED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), LISTS),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "td": (("td", "th"), ("table",)),
    "th": (("td", "th"), ("table",)),
    "tr": (("tr", "caption"), ("table",)),
    "tbody": (("tbody", "thead", "tfoot", "caption"), ("table",)),
    "thead": (("tbody", "thead", "tfoot", "caption"), ("table",)),
    "tfoot": (("tbody", "thead", "tfoot", "caption"), ("table",)),
}
# These end where their end tag says, whatever begins in them.
FORMATTING = frozenset(("a", "b", "big", "code", "em", "font", "i", "nobr", "small", "strong", "tt", "u"))


def state_of(tag: str, attributes: Mapping[str, str], above: State) -> State:
    """Return how an element is shown that stands in one that is shown as ``above``.

    >>> state_of("p", {"style": "color: red; display: none"}, State.SHOWN).name
    'GONE'
    >>> state_of("p", {"hidden": "", "style": "display:block"}, State.SHOWN).name
    'SHOWN'
    >>> state_of("p", {"style": "visibility: visible"}, State.UNSEEN).name
    'SHOWN'
    """
    if above is State.GONE or tag in WHOLE:
        return above
    style = dict(DECLARATION.findall(COMMENT.sub("", attributes.get("style", "").lower())))
    display, visibility = style.get("display"), style.get("visibility")
    closed = "hidden" in attributes or (tag == "dialog" and "open" not in attributes)
    if display == "none" or (display is None and closed):
        return State.GONE
    if visibility is None:
        return above
    return State.UNSEEN if visibility in UNSEEN else State.SHOWN


class OpenElements:
    """Follows the tags of a page, in order, as browsers do, in time that grows with their number.

    In XML every element has its own end; in HTML some end where others begin, and not every end tag counts.
    ``revealed`` are the offsets of elements that are shown, whatever they say. ``spans`` are those that are not, with
    what stands in them, once they have ended.
    """

    def __init__(self, source: str, blocks: Collection[str], revealed: Collection[int], *, xml: bool) -> None:
        self.spans = list[Slice]()
        self._source, self._blocks, self._revealed, self._xml = source, blocks, revealed, xml
        self._hides = bool(SIGN.search(source))
        self._open = list[tuple[str, int, State]]()
        self._at = dict[str, list[int]]()
        self._blocks_at = list[int]()

    @property
    def state(self) -> State:
        """How what comes next is shown."""
        return self._open[-1][2] if self._open else State.SHOWN

    def begin(self, tag: str, start: int, end: int) -> None:
        """Heed the start tag at ``[start, end)``."""
        if not self._hides or tag in VOID:
            return
        if not self._xml:
            self._end_before(tag, start)
        state = self.state
        if start not in self._revealed and (tag == "dialog" or SIGN.search(self._source, start, end)):
            state = state_of(tag, self._attributes(start + 1 + len(tag), end), state)
        self._at.setdefault(tag, []).append(len(self._open))
        if tag in self._blocks or tag in CELLS:
            self._blocks_at.append(len(self._open))
        self._open.append((tag, start, state))

    def end(self, tag: str, end: int) -> None:
        """Heed an end tag that reaches to ``end``."""
        if self._xml or tag == "table" or tag in FORMATTING:
            self._end((tag,), (), end)
        elif tag in TABLED:
            self._end((tag,), ("table",), end)
        elif tag == "li":
            self._end((tag,), (*LISTS, *CELLS), end)
        elif tag in self._blocks:
            self._end((tag,), CELLS, end)
        elif self._last((tag,)) > (self._blocks_at[-1] if self._blocks_at else -1):
            self._end((tag,), (), end)

    def finish(self) -> None:
        """Heed the end of the page."""
        self._cut(0, len(self._source))

    def _end_before(self, tag: str, at: int) -> None:
        """End what ends where ``tag`` begins."""
        if tag in self._blocks or tag in CELLS:
            self._end(("p",), ("table", *CELLS), at)
        if tag in ENDED:
            self._end(*ENDED[tag], at)

    def _attributes(self, start: int, end: int) -> dict[str, str]:
        found = dict[str, str]()
        for name, double, single, bare in ATTRIBUTE.findall(self._source, start, end):
            found.setdefault(name.lower(), double or single or bare)
        return found

    def _last(self, tags: Collection[str]) -> int:
        """Return the place of the innermost open element of these; -1 if there is none."""
        return max((places[-1] for tag in tags if (places := self._at.get(tag))), default=-1)

    def _end(self, tags: Collection[str], within: Collection[str], at: int) -> None:
        """End the innermost of ``tags``, and what is open in it, unless one of ``within`` was opened since."""
        last = self._last(tags)
        if last > self._last(within):
            self._cut(last, at)

    def _cut(self, height: int, at: int) -> None:
        while len(self._open) > height:
            tag, start, state = self._open.pop()
            self._at[tag].pop()
            if self._blocks_at and self._blocks_at[-1] == len(self._open):
                self._blocks_at.pop()
            if state > self.state:
                self.spans.append((start, at))
