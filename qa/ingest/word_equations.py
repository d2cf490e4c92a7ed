r"""Fields of Word that are equations: what they show is in their code, and no result follows.

With them Word and WPS set readings over characters (``EQ \o\ad(\s\up 9(shè),厍)``), frames around them and fractions.
"""

import re

from lxml import etree

from qa.ingest.xml_tree import local, named, value

CODE = re.compile(r"\s*EQ\s", re.IGNORECASE)
FORMAT = re.compile(r"\\\*\s*(?:[\"“”][^\"“”]*[\"“”]|[^\s\\]+)")  # \* jc2 \* "Font:宋体": how it is set
SWITCHES = re.compile(r"(?:\\[a-z]+\s*-?[0-9]*\s*)+(?=\()", re.IGNORECASE)
MAX_DEPTH = 20


def show_equations(root: etree._Element) -> None:
    """Put the words of each equation behind its field, in place."""
    fields, shown = list[list[str]](), list[tuple[etree._Element, str]]()
    results = list[bool]()
    for element in named(root, "fldChar", "instrText", "t"):
        kind = value(element, "fldCharType")
        if kind == "begin":
            fields.append([])
            results.append(False)
        elif kind == "end" and fields:
            code, resulted = "".join(fields.pop()), results.pop()
            if CODE.match(code) and not resulted:
                shown.append((element, equation(code)))
        elif fields and local(element) == "instrText":
            fields[-1].append(element.text or "")
        elif fields and local(element) == "t" and (element.text or "").strip():
            results[-1] = True
    for end, words in shown:
        text = end.makeelement(f"{{{etree.QName(end).namespace}}}t")
        text.text = words
        end.addnext(text)


def equation(code: str) -> str:
    r"""Return what the code of an equation shows, on one line.

    >>> equation(r"EQ \* jc2 \o\ad(\s\up 9(shè),厍)"), equation(r"EQ \f(1,3)"), equation(r"eq \o\ac(○,5)")
    ('厍', '1/3', '5')
    """
    return _shown(FORMAT.sub("", CODE.sub("", code, count=1)).strip(), 0)


def _shown(words: str, depth: int) -> str:
    parts, at = list[str](), 0
    while depth < MAX_DEPTH and (switches := SWITCHES.search(words, at)):
        end = _closing(words, switches.end())
        arguments = [_shown(one.strip(), depth + 1) for one in _arguments(words[switches.end() + 1 : end])]
        parts += [words[at : switches.start()], _laid_out(switches.group()[1].lower(), arguments)]
        at = end + 1
    return "".join([*parts, words[at:]]).strip()


def _laid_out(switch: str, arguments: list[str]) -> str:
    if switch == "o":  # one over the other: the reading or the frame stands before what it is set on
        lettered = [one for one in arguments if any(map(str.isalnum, one))]
        return (lettered or arguments)[-1]
    if switch == "f":
        return "/".join(arguments)
    return f"√{arguments[-1]}" if switch == "r" else "".join(arguments)


def _closing(words: str, start: int) -> int:
    """Return the index of the bracket that closes the one at ``start``; the end if none does."""
    depth = 0
    for at in range(start, len(words)):
        depth += (words[at] == "(") - (words[at] == ")")
        if not depth:
            return at
    return len(words)


def _arguments(words: str) -> list[str]:
    found, depth = [""], 0
    for character in words:
        depth += (character == "(") - (character == ")")
        if character in ",;" and not depth:
            found.append("")
        else:
            found[-1] += character
    return found
