"""The tokenizer of multilingual-e5-small (XLM-RoBERTa's SentencePiece unigram), built from its pieces."""

from collections.abc import Iterable, Mapping
from typing import Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

BOS: Final = "<s>"
PAD: Final = "<pad>"
EOS: Final = "</s>"
UNK: Final = "<unk>"
MASK: Final = "<mask>"
SPECIAL: Final = (BOS, PAD, EOS, UNK, MASK)

# SentencePiece's nmt_nfkc is NFKC but for three things: it drops control characters, makes every kind of space and
# zero-width mark a blank, and leaves the full-width tilde, which Chinese dates and numbers use, as it is.
_DROPPED: Final = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
_BLANK: Final = "[\t\n\u000c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
_WIDE_TILDE: Final = "\uff5e"
_STAND_IN: Final = "\ue000"


def build_tokenizer(pieces: Iterable[tuple[str, float]]) -> Tokenizer:
    """Return the tokenizer for ``pieces`` (text, log probability) in id order; offsets are into the given text.

    A pair is encoded as ``<s> A </s></s> B </s>``, as the model was trained.
    """
    vocabulary = list(pieces)
    ids = {text: number for number, (text, _) in enumerate(vocabulary)}
    return furnished(models.Unigram(vocabulary, unk_id=ids[UNK], byte_fallback=False), ids)


def furnished(model: models.Model, ids: Mapping[str, int]) -> Tokenizer:
    """Return a tokenizer that prepares texts for ``model`` as the encoder wants them; ``ids`` of its vocabulary."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_BLANK), " "),
            normalizers.Replace(_WIDE_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _WIDE_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        pair=f"{BOS} $A {EOS} {EOS} $B {EOS}",
        special_tokens=[(BOS, ids[BOS]), (EOS, ids[EOS])],
    )
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    return tokenizer
