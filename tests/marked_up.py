"""Draws pieces of web pages, with the words that a reader sees of them, in order; each word stands once."""

from collections.abc import Callable
from html import escape
from itertools import count

from hypothesis import strategies as st

ODD = (
    "",
    "",
    "",
    "&",
    "<",
    "> 5",
    '"甲"',
    "R&D",
    "&amp;",
    "é",
    "𠮷",
    "😀",
    "…",
    "Ａ１",
    "\u3000乙",
    "a b",
    "%20",
    "[1]",
    "\\n",
)
RARE = ("<label>{}</label>", "<time datetime='2020-01-01'>{}</time>", "<custom-tag>{}</custom-tag>",
        "<span aria-hidden='true'>{}</span>", "<span class=hidden data-hidden=hidden>{}</span>",
        "<b hidden style='display:inline'>{}</b>",
        "<i style='visibility:hidden'>lost<b style='visibility:visible'>{}</b></i>")  # fmt: skip
KEPT = (
    "{}",
    "<b>{}</b>",
    "<A HREF='x>y'>{}</A>",
    '<span class="a>b" title=\'"\'>{}</span>',
    "<font color=red>{}</font>",
    "<ruby>{}<rp>(</rp><rt>lost</rt><rp>)</rp></ruby>",
    "<ruby>{}<rt>lost</ruby>",
    "<ins>{}</ins>",
    "<sub>{}</sub>",
    "<em><i><u>{}</u></i></em>",
    "<!-- lost -->{}",
    "{}<!-->",
    "<![if !IE]>{}<![endif]>",
    "<!--[if IE]>lost<![endif]-->{}",
    "<img alt='lost' src=\"a.png\">{}",
    "<br>{}<br/>",
    "\n  {}\t",
    "&nbsp;{}&#8203;",
    "\u200b{}",
    "<input value='lost'>{}",
    "</span></>{}",
    *RARE,
)
LOST = (
    "<!-- {} -->",
    "<!-- <p>{}</p> > -->",
    "<script>if (a<b) {}</script>",
    "<SCRIPT type='x'>\"</b>\"; {}</SCRIPT >",
    "<style>p::after {{content: '{}'}}</style>",
    "<del>{}</del>",
    "<s class='a>b'><b>{}</b></s>",
    "<STRIKE>{}</STRIKE>",
    "<template><p>{}</p></template>",
    "<noscript><img>{}</noscript>",
    "<select><option>{}<option selected>{}</select>",
    "<button type=button>{}</button>",
    "<svg><title>{}</title><text>{}</text></svg>",
    "<textarea><b>{}</textarea>",
    "<iframe src='x'>{}</iframe>",
    "<video src='a.mp4' controls><source src=b>{}</video>",
    "<audio>{}</audio>",
    "<canvas>{}</canvas>",
    "<datalist><option>{}</datalist>",
    "<span hidden>{}</span>",
    "<SPAN class='a>b' HIDDEN=''><span>{}</span><br>{}<b>{}</SPAN>",
    "<em style='color: red; display : none'>{}</em>",
    "<a style=visibility:hidden>{}<i>{}</a>",
)
LOST_BLOCKS = (
    "<div hidden><table><tr><td>{}<td>{}</table><ul><li>{}<ul><li>{}</ul></ul></div>",
    "<p style='display:none'>{}</p>",
    "<dialog>{}<h2>{}</h2></dialog>",
)
# What the library that finds the article in a page does not always take for part of it.
ASIDE = (
    "<section><header>{}</header></section>",
    "<aside>{}</aside>",
    "<nav>{}</nav>",
    "<div>{}</div>",
    "<div><div><div>{}</div></div></div>",
    "<h2>{}</h2>",
    "<blockquote>{}</blockquote>",
    "<section>{}</section>",
    "<h3 class=x>{}</h3>",
    "<hr>{}<hr/>",
    "<pre>{}</pre>",
    "<h1>{}</h1>",
    "<figure><img><figcaption>{}</figcaption></figure>",
    "<address>{}</address>",
    "<center>{}</center>",
    "<details><summary>{}</summary></details>",
    "<fieldset><legend>{}</legend></fieldset>",
)
WRAPPED = (
    "<p>{}</p>",
    "<P>{}",
    *ASIDE,
)


class Markup:
    """Draws; ``seen`` are the words that are shown so far, all others are "lost".

    ``article`` makes words that are sentences, and nothing that stands beside an article or is no part of one: what
    finds the article in a page knows it by such signs.
    """

    def __init__(self, draw: st.DrawFn, *, article: bool) -> None:
        self._draw = draw
        self._filler = "上午市人大常委会任命李新建为副市长。" if article else ""
        self._article = article
        self._kept = [one for one in KEPT if not article or one not in RARE]
        self._lost = LOST if article else (*LOST, *LOST_BLOCKS)
        self._wrapped = [one for one in WRAPPED if not article or one not in ASIDE]
        self._number = count(100)
        self.seen = list[str]()

    def blocks(self, depth: int = 0) -> str:
        """Return one to four blocks."""
        kinds: list[Callable[[int], str]] = [self.wrapped, self.wrapped, self.wrapped]
        kinds += [self.listed, *([] if self._article else [self.defined, self.tabled])] if depth < 2 else []
        return "".join(self._draw(st.sampled_from(kinds))(depth) for _ in range(self._draw(st.integers(1, 4))))

    def wrapped(self, depth: int) -> str:
        return self._draw(st.sampled_from(self._wrapped)).replace("{}", self.inline())

    def listed(self, depth: int) -> str:
        tag = self._draw(st.sampled_from(["ul", "ol"]))
        end = self._draw(st.sampled_from(["</li>", ""]))
        items = list[str]()
        for _ in range(self._draw(st.integers(1, 3))):
            nested = not self._article and depth < 2 and self._draw(st.integers(0, 4)) == 0
            items.append(f"<li>{self.inline()}{self.listed(depth + 1) if nested else ''}{end}")
        return f"<{tag}>{''.join(items)}</{tag}>\n"

    def defined(self, depth: int) -> str:
        return f"<dl><dt>{self.inline()}</dt><dd>{self.inline()}<dd>{self.inline()}</dl>"

    def tabled(self, depth: int) -> str:
        ends = self._draw(st.booleans())
        caption = f"<caption>{self.inline()}</caption>" if self._draw(st.booleans()) else ""
        rows = list[str]()
        for number in range(self._draw(st.integers(1, 3))):
            cells = list[str]()
            for _ in range(self._draw(st.integers(1, 3))):
                tag = self._draw(st.sampled_from(["td", "th"]))
                shape = self._draw(st.sampled_from(["", " rowspan=2", " colspan='3'", ' rowspan="0" colspan="99999"']))
                inner = self.blocks(depth + 1) if self._draw(st.integers(0, 5)) == 0 else self.inline()
                cells.append(f"<{tag}{shape}>{inner}{f'</{tag}>' if ends else ''}")
            row = f"<tr>{''.join(cells)}{'</tr>' if ends else ''}"
            rows.append(f"<thead>{row}</thead><tbody>" if not number and self._draw(st.booleans()) else row)
        return f"<table border>{caption}{''.join(rows)}</table>"

    def inline(self) -> str:
        """Return words that are shown, at least one, and others that are not."""
        parts = list[str]()
        for kept in (*self._draw(st.lists(st.booleans(), max_size=3)), True):
            way = self._draw(st.sampled_from(self._kept if kept else self._lost))
            if kept:
                word = f"{next(self._number)}号{self._filler}{self._draw(st.sampled_from(ODD))}"
                self.seen.append(word)
                parts.append(way.replace("{}", self._written(word)))
            else:
                parts.append(way.replace("{}", "lost").replace("{{", "{").replace("}}", "}"))
        return "".join(parts)

    def _written(self, word: str) -> str:
        ways: list[Callable[[str], str]] = [
            escape,
            escape,
            escape,
            lambda text: "".join(f"&#{ord(c)};" for c in text),
            lambda text: "".join(f"&#x{ord(c):X};" for c in text),
            lambda text: f"{text[0]}<!-- lost -->{escape(text[1:])}",
            lambda text: f"{text[0]}<wbr>{text[1]}\xad{escape(text[2:])}",
            lambda text: "<b>" + "</b><b>".join(map(escape, text)) + "</b>",
        ]
        return self._draw(st.sampled_from(ways))(word)


@st.composite
def pages(draw: st.DrawFn, *, article: bool = False) -> tuple[str, list[str]]:
    """Return the body of a page, or of an article in one, and its words."""
    markup = Markup(draw, article=article)
    return markup.blocks(), markup.seen
