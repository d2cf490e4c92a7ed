"""Items of a list that a reader took for one, cut at the mark that stands between the others."""

import pytest

from qa.answer.listing import apart
from qa.read.model import CharSpan


@pytest.mark.parametrize(
    ("text", "items", "cut"),
    [
        ("修缮三处：南塔，旧渡口，以及古井。", ["南塔，旧渡口", "古井"], ["南塔", "旧渡口", "古井"]),
        ("获奖的有松江厂、平原厂、红光厂。", ["松江厂", "平原厂、红光厂"], ["松江厂", "平原厂", "红光厂"]),
        # The mark between the items is another one.
        ("任命吴敏为局长、书记；周强为处长。", ["吴敏为局长、书记", "周强为处长"], ["吴敏为局长、书记", "周强为处长"]),
        # What is quoted is one thing.
        ("展出《山、水、人》、《渡口》。", ["《山、水、人》", "《渡口》"], ["《山、水、人》", "《渡口》"]),
        ("一是缺水，据介绍二是缺电。", ["缺水", "缺电"], ["缺水", "缺电"]),
        # Their number tells where the last ends.
        ("东岭、石桥、柳家店三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家店"]),
        ("东岭、柳家店两个街道和南塔停水。", ["东岭", "柳家", "南塔"], ["东岭", "柳家店", "南塔"]),
        ("东岭和柳家店两個街道停水。", ["东岭", "柳家"], ["东岭", "柳家店"]),
        ("东岭、石桥、柳家店三个街道停水。", ["石桥", "柳家"], ["石桥", "柳家"]),
        ("东岭、石桥、柳家等三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家"]),
        ("东岭、石桥、柳家三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家"]),
        ("只有松江厂、平原厂。", ["松江厂、平原厂"], ["松江厂、平原厂"]),
    ],
)
def test_what_stands_between_items_stands_in_none(text: str, items: list[str], cut: list[str]) -> None:
    spans = [CharSpan(text.index(item), text.index(item) + len(item), float(at)) for at, item in enumerate(items)]
    found = apart(text, spans)
    assert [text[one.start : one.end] for one in found] == cut
    assert {one.score for one in found} == {one.score for one in spans}
