"""What the styles and lists of a Word file say of a paragraph: a heading, an item of a list and its number, hidden."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from qa.ingest.xml_tree import child, local, named, value

HEADING = re.compile(r"(?:title|标题|heading) ?(?P<level>[1-9])?.*", re.IGNORECASE)  # names of styles
DEEPEST = 6
UNSEEN = ("vanish", "strike", "dstrike")
USUAL_SIZE = 20  # half points, where a file does not say
MAX_CHAIN = 20  # styles that are based on one another
DIGITS = "〇一二三四五六七八九"
PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list numbers its items: ``%1、`` with the numerals of ``form``, from ``start``.

    ``legal``: the numbers of outer levels are in figures, whatever their form.
    """

    form: str
    pattern: str
    start: int
    suffix: str
    legal: bool = False


class Styles:
    """The styles of a file by their id, what each is based on included."""

    def __init__(self, root: etree._Element | None) -> None:
        found = named(root, "style") if root is not None else ()
        self._styles = {value(one, "styleId"): one for one in found}
        self._usual = child(root, "docDefaults", "rPrDefault", "rPr", "sz")
        self._default = next(
            (key for key, one in self._styles.items() if value(one, "type") == "paragraph" and value(one, "default")),
            "",
        )

    def heading(self, paragraph: etree._Element) -> int:
        """Return the level of a heading, 0 for any other paragraph."""
        properties = child(paragraph, "pPr")
        style = self._style(paragraph)
        name = self._name(style)
        if known := HEADING.fullmatch(name):
            return min(int(known["level"] or 1), DEEPEST)
        outline = child(properties, "outlineLvl")
        if outline is None:
            outline = self._first(style, "pPr", "outlineLvl")
        level = value(outline) if outline is not None else ""
        return int(level) + 1 if level.isdecimal() and int(level) < DEEPEST else 0

    def list_item(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """Return the list and the level of an item; the list is empty where only the style's name says it is one."""
        properties = child(paragraph, "pPr")
        style = self._style(paragraph)
        numbered = child(properties, "numPr")
        inherited = self._first(style, "pPr", "numPr")
        one = child(numbered, "numId")
        one = child(inherited, "numId") if one is None else one
        level = child(numbered, "ilvl")
        level = child(inherited, "ilvl") if level is None else level
        if one is not None:
            depth = value(level) if level is not None else ""
            return (value(one), int(depth) if depth.isdecimal() else 0) if value(one) != "0" else None
        return ("", 0) if self._name(style).lower().startswith("list ") else None

    def hides(self, run: etree._Element) -> bool:
        """Whether a run is hidden or struck out."""
        return any(self._switched(run, next(run.iterancestors("{*}p"), None), name) for name in UNSEEN)

    def is_bold(self, run: etree._Element, paragraph: etree._Element) -> bool:
        """Whether a run is set in bold."""
        return self._switched(run, paragraph, "b")

    def is_centred(self, paragraph: etree._Element) -> bool:
        """Whether a paragraph is centred."""
        own = child(paragraph, "pPr", "jc")
        found = own if own is not None else self._first(self._style(paragraph), "pPr", "jc")
        return found is not None and value(found) == "center"

    def size(self, run: etree._Element, paragraph: etree._Element) -> int:
        """Return the size of a run's characters, in half points."""
        found = self._of_run(run, paragraph, "sz")
        size = (
            value(found if found is not None else self._usual) if found is not None or self._usual is not None else ""
        )
        return int(size) if size.isdecimal() else USUAL_SIZE

    def _switched(self, run: etree._Element, paragraph: etree._Element | None, name: str) -> bool:
        switch = self._of_run(run, paragraph, name)
        return switch is not None and value(switch).lower() not in ("0", "false", "off")

    def _of_run(self, run: etree._Element, paragraph: etree._Element | None, name: str) -> etree._Element | None:
        """Return a property of a run: its own, its style's, or that of its paragraph's style."""
        properties = child(run, "rPr")
        found = child(properties, name)
        if found is None and (style := self._of(properties, "rStyle")):
            found = self._first(style, "rPr", name)
        if found is None and paragraph is not None:
            found = self._first(self._style(paragraph), "rPr", name)
        return found

    def _style(self, paragraph: etree._Element) -> str:
        return self._of(child(paragraph, "pPr"), "pStyle") or self._default

    def _of(self, properties: etree._Element | None, name: str) -> str:
        named_style = child(properties, name)
        return value(named_style) if named_style is not None else ""

    def _name(self, style: str) -> str:
        name = child(self._styles.get(style), "name")
        return value(name) if name is not None else ""

    def _first(self, style: str, *path: str) -> etree._Element | None:
        for _ in range(MAX_CHAIN):
            one = self._styles.get(style)
            if one is None:
                return None
            if (found := child(one, *path)) is not None:
                return found
            based = child(one, "basedOn")
            style = value(based) if based is not None else ""
        return None


@dataclass(slots=True)
class Lists:
    """The lists of a file, which count as their items are asked for, in the order of the text.

    ``leads`` are what the last items of each depth say of those that are parts of them; ``None`` where that is no lead.
    """

    levels: Mapping[str, Mapping[int, Level]]
    shared: Mapping[str, str]
    counts: dict[str, list[int]] = field(default_factory=dict)
    leads: list[str | None] = field(default_factory=list)

    def label(self, item: tuple[str, int]) -> str:
        """Return what Word prints before an item, with the blank after it: ``一、``, ``1.``; nothing for a bullet."""
        one, depth = item
        levels = self.levels.get(one, {})
        level = levels.get(depth)
        if level is None or level.form in ("bullet", "none") or not level.pattern:
            return ""
        counts = self.counts.setdefault(self.shared.get(one, one), [])
        starts = [levels[at].start if at in levels else 1 for at in range(depth + 1)]
        counts += [start - 1 for start in starts[len(counts) :]]
        del counts[depth + 1 :]
        counts[depth] += 1
        # Outer levels that no item has begun yet show their first number.
        shown = [max(count, start) for count, start in zip(counts, starts, strict=True)]

        def number(mark: re.Match[str]) -> str:
            at = int(mark[1]) - 1
            form = levels[at].form if at in levels and not level.legal else "decimal"
            return numeral(shown[at], form) if at <= depth else ""

        words = PLACEHOLDER.sub(number, level.pattern).strip()
        return words + ("" if level.suffix == "nothing" or not words or words[-1] in "、）．" else " ")


def lists(root: etree._Element | None) -> Lists:
    """Return the lists that a part with numbering defines."""
    if root is None:
        return Lists({}, {})
    abstract = {value(one, "abstractNumId"): _levels(one) for one in named(root, "abstractNum")}
    levels, shared = dict[str, Mapping[int, Level]](), dict[str, str]()
    for one in named(root, "num"):
        base = child(one, "abstractNumId")
        shared[value(one, "numId")] = key = value(base) if base is not None else ""
        levels[value(one, "numId")] = abstract.get(key, {})
        if child(one, "lvlOverride") is not None:
            shared[value(one, "numId")] = f"{key}/{value(one, 'numId')}"  # it counts by itself
            own = {
                depth: level for over in one if local(over) == "lvlOverride" for depth, level in _levels(over).items()
            }
            levels[value(one, "numId")] = {**levels[value(one, "numId")], **own}
    return Lists(levels, shared)


def _levels(root: etree._Element) -> dict[int, Level]:
    found = dict[int, Level]()
    for one in named(root, "lvl"):
        depth = value(one, "ilvl")
        if depth.isdecimal():
            form, pattern, start, suffix = (_stated(one, name) for name in ("numFmt", "lvlText", "start", "suff"))
            first, legal = int(start) if start.isdecimal() else 1, child(one, "isLgl") is not None
            found[int(depth)] = Level(form or "decimal", pattern, first, suffix, legal)
    return found


def _stated(element: etree._Element, name: str) -> str:
    one = child(element, name)
    return value(one) if one is not None else ""


def numeral(number: int, form: str) -> str:
    """Return a number in one of Word's forms; in figures where the form is not known.

    >>> [numeral(12, form) for form in ("decimal", "chineseCounting", "upperRoman", "lowerLetter")]
    ['12', '十二', 'XII', 'l']
    """
    write = _FORMS.get(form)
    return write(number) if write and number > 0 else str(number)


def _chinese(number: int) -> str:
    if number > 99:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return head + (DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    words = ""
    for worth, sign in (
        *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
        *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    ):
        words += sign * (number // worth)
        number %= worth
    return words


def _letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else str(number)


_FORMS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital"), _chinese),
    **dict.fromkeys(("taiwaneseCounting", "taiwaneseCountingThousand"), _chinese),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + at: 0xFF10 + at for at in range(10)}),
}
