"""The reader doubts what it reads in Latin script by as much as it is told to."""

from dataclasses import replace

import pytest

from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.read.model import load_reader
from qa.read.told import Told

ENGLISH = "The harbour board elected Mrs. Enid Farrow chairman on March 3 and Mr. Cole Batt treasurer."
CHINESE = "三月三日，港务委员会选举樊以宁为主任，Cole Batt 为司库。"


def test_scores_over_latin_script_are_lowered_and_no_others() -> None:
    folder = provision()
    plain = load_reader(folder, load_tokenizer(folder))
    plain = replace(plain, latin=0.0)
    doubting = replace(plain, latin=2.0)
    for question in ("Who was elected chairman?", "谁当选主任？"):
        passages = [Told("", ENGLISH), Told("Harbour", ENGLISH), Told("", CHINESE)]
        for before, after, lowered in zip(
            plain.read(question, passages), doubting.read(question, passages), (2.0, 2.0, 0.0), strict=True
        ):
            assert before
            assert after
            assert (after.best.start, after.best.end) == (before.best.start, before.best.end)
            assert after.best.score == pytest.approx(before.best.score - lowered, abs=1e-4)
            assert after.whole == pytest.approx(before.whole - lowered, abs=1e-4)
            assert after.listed == before.listed
