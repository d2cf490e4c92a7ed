"""Chinese surnames: the hundred commonest, which nine of ten people bear, and others that names in the news have."""

import re
from typing import Final

_RARELY_WORDS: Final = frozenset(
    "王李于张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭萧肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金廖贾夏韦傅付白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤温康施牛樊葛邢齐乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕季裴霍涂苗谷盛曲翁冉骆蓝辛靳柴蒙鲍华喻祁蒲房滕屈饶牟艾"
    "尤穆卓吉缪简项芦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟臧闵苟邬卞姬仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩佘池麻苑迟邝"
    "封谈匡鞠惠荆乐冀胥班储栗燕鄢劳谌奚皮冼蔺闻厉伊仝郜阚帅屠盖廉禹祖漆巴丰支狄索宣晋云容扈晁芮阙浦戈伏鹿薄邸雍辜裘亓"
    "邰杭况宿鲜逯隆茹危亢嵇湛戎勾茅昌凤贝郁洪诸荀羊牧隗山宓蓬仰暴韶蓟印鄂咸籍赖阴宰郦濮寿习鱼慎庾衡弘禄沃蔚越毋巢竺桓"
    "仉督缑郈琴汝钦智"
)
_ALSO_WORDS: Final = frozenset("全成方石高平明相曾向应单关万管连文海安边查解计游司路车农古易敬卿阳麦楚")
_MOSTLY_WORDS: Final = frozenset("时常和通从有公国终利元都那后东红满法代广别步师养强富幸怀贡扶融须益权居束")
_FIRST_OF_LONGER: Final = frozenset("原南官初普花豆练井楼盘区母战银商修阿哈诺赫宾慕乌朴")
"""Rare ones with which words of three characters begin, and foreign names: 原告人, 南非, 诺曼."""

SURNAMES: Final = _RARELY_WORDS | _ALSO_WORDS | _MOSTLY_WORDS | _FIRST_OF_LONGER
"""Of one character."""
SURNAMES_BY_SOUND: Final = SURNAMES - _MOSTLY_WORDS
"""Where the sound of the whole name is known: all but those that would make names of any prose (和, 时, 都)."""
SURNAMES_BY_FORM: Final = SURNAMES - _FIRST_OF_LONGER
"""Where only the form of a name tells that it is one."""
SURNAMES_AMONG_WORDS: Final = _ALSO_WORDS | _MOSTLY_WORDS
"""Of these, those that begin many words of two characters: a name has two characters more, or it is none."""
COMPOUND_SURNAMES: Final = tuple(
    re.findall("..", "欧阳上官司马诸葛司徒东方皇甫尉迟公孙令狐慕容端木夏侯南宫长孙宇文轩辕钟离闾丘拓跋独孤")
)
"""Of two characters."""
_FULL_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")


def is_full_name(word: str) -> bool:
    """Whether a word looks like the whole name of a person, by its form.

    >>> is_full_name("张三"), is_full_name("阿依古丽·买买提"), is_full_name("镇长")
    (True, True, False)
    """
    if not _FULL_NAME.fullmatch(word):
        return False
    return "·" in word or word[0] in SURNAMES_BY_FORM or word.startswith(COMPOUND_SURNAMES)
