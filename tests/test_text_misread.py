"""What OCR takes for something else is found and read as it is meant, and quoted as it is printed."""

import pytest

from qa.read.told import Told
from qa.store.tokens import tokens, words
from qa.text.misread import breaks, well_read, whole_numbers, with_digits


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("每斤2.4O元", "每斤2.40元"),
        ("共1O2,O00人", "共102,000人"),
        ("Ｏ．５元", "0．５元"),
        ("l2个l8岁", "12个18岁"),
        ("3l水、O2、H2O、K4l2、2l", "3l水、O2、H2O、K4l2、2l"),
        ("No. O7 of ICI", "No. O7 of ICI"),
    ],
)
def test_letters_for_digits(printed: str, meant: str) -> None:
    assert with_digits(printed) == meant


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("案件己审结", "案件已审结"),
        ("巳于昨日动工", "已于昨日动工"),
        ("自已、自己、知己、己任、舍己", "自己、自己、知己、己任、舍己"),
        ("己亥年，辛巳年，巳时", "己亥年，辛巳年，巳时"),
    ],
)
def test_characters_that_look_alike(printed: str, meant: str) -> None:
    assert well_read(printed) == meant


@pytest.mark.parametrize(
    ("printed", "numbers"),
    [
        ("总投资３４ 20万元", ["３４20"]),
        ("增长1 2.5%，减少 3 %", ["12.5"]),
        ("建于19 98年，30 5年", ["1998"]),
        ("今晚 1 9 时至2 1 时，乘2 3 路", ["19", "21", "23"]),
        ("江城 3 2 1 分，每袋 5 12 元", []),
        ("红旗 12 5 3 4 16人", []),
        ("4月 5日，第3 4期，2.5 10吨，A3 20人", []),
    ],
)
def test_numbers_that_blanks_break(printed: str, numbers: list[str]) -> None:
    assert list(whole_numbers(printed)) == numbers
    assert all(printed[at].isspace() for at in breaks(printed))


def test_they_are_found_by_what_they_mean() -> None:
    assert {"已审", "审结"} <= set(tokens("案件己审结")) & set(tokens("案件已审结"))
    assert "2.40" in tokens("每斤2.4O元")
    assert "3420" in tokens("总投资３４ 20万元")
    assert ("2.40", ["2.40"]) in words("每斤2.4O元")
    assert words("己审")[0][1] == words("已审")[0][1]


def test_cells_side_by_side_are_numbers_of_their_own() -> None:
    assert Told("", "江城 3 2 分", ((3, "胜"), (5, "平"))).told()[0] == "江城 胜：3 平：2 分"


def test_they_are_read_as_they_are_meant_at_the_places_of_print() -> None:
    passage = Told("水利", "投资３４ 20万元，己付2.4O万元", ((10, "付款"),))
    read, places = passage.told()
    assert read == "水利\n投资３４20万元，付款：已付2.40万元"
    whole = passage.printed
    at = read.index("３４20")
    assert whole[places[at] : places[at + 4]] == "３４ 20"
    at = read.index("2.40")
    assert whole[places[at] : places[at + 4]] == "2.4O"
    assert len(places) == len(read) + 1
    assert places[-1] == len(whole)
