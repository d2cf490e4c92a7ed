"""Chinese surnames: the hundred commonest, which nine of ten people bear, and others that names in the news have.

Each stands in all its forms, simplified and traditional.
"""

import re
from typing import Final

# A simplified form and a traditional one, by turns; not those that print has for other words alone (後, 餘, 於).
_FORMS: Final = (
    "张張刘劉陈陳杨楊黄黃赵趙吴吳孙孫马馬罗羅郑鄭谢謝许許韩韓冯馮邓鄧萧蕭蒋蔣叶葉苏蘇吕呂卢盧钟鍾谭譚陆陸贾賈韦韋邹鄒闫閆阎閻"
    "龙龍贺賀顾顧龚龔钱錢严嚴汤湯温溫齐齊乔喬庞龐颜顏庄莊聂聶鲁魯欧歐兰蘭宁寧纪紀毕畢骆駱蓝藍鲍鮑华華饶饒缪繆简簡项項芦蘆娄婁"
    "窦竇党黨宫宮费費卫衛闵閔邬鄔栾欒荣榮丛叢巩鞏迟遲邝鄺谈談荆荊乐樂储儲劳勞谌諶蔺藺闻聞厉厲阚闞帅帥盖蓋丰豐晋晉云雲阙闕况況"
    "鲜鮮凤鳳贝貝诸諸蓟薊赖賴阴陰郦酈寿壽习習鱼魚禄祿缑緱钦欽应應单單关關万萬连連边邊计計车車农農阳陽麦麥时時从從国國终終东東"
    "红紅满滿广廣别別师師养養强強怀懷贡貢须須权權练練楼樓盘盤区區战戰银銀诺諾宾賓乌烏朴樸卫衞"
)


def _in_all_forms(characters: str) -> frozenset[str]:
    further = (form for plain, form in zip(_FORMS[::2], _FORMS[1::2], strict=True) if plain in characters)
    return frozenset((*characters, *further))


_RARELY_WORDS: Final = _in_all_forms(
    "王李于张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭萧肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金廖贾夏韦傅付白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤温康施牛樊葛邢齐乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕季裴霍涂苗谷盛曲翁冉骆蓝辛靳柴蒙鲍华喻祁蒲房滕屈饶牟艾"
    "尤穆卓吉缪简项芦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟臧闵苟邬卞姬仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩佘池麻苑迟邝"
    "封谈匡鞠惠荆乐冀胥班储栗燕鄢劳谌奚皮冼蔺闻厉伊仝郜阚帅屠盖廉禹祖漆巴丰支狄索宣晋云容扈晁芮阙浦戈伏鹿薄邸雍辜裘亓"
    "邰杭况宿鲜逯隆茹危亢嵇湛戎勾茅昌凤贝郁洪诸荀羊牧隗山宓蓬仰暴韶蓟印鄂咸籍赖阴宰郦濮寿习鱼慎庾衡弘禄沃蔚越毋巢竺桓"
    "仉督缑郈琴汝钦智"
)
_ALSO_WORDS: Final = _in_all_forms("全成方石高平明相曾向应单关万管连文海安边查解计游司路车农古易敬卿阳麦楚")
_MOSTLY_WORDS: Final = _in_all_forms("时常和通从有公国终利元都那后东红满法代广别步师养强富幸怀贡扶融须益权居束")
_FIRST_OF_LONGER: Final = _in_all_forms("原南官初普花豆练井楼盘区母战银商修阿哈诺赫宾慕乌朴")
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
    re.findall(
        "..",
        "欧阳上官司马诸葛司徒东方皇甫尉迟公孙令狐慕容端木夏侯南宫长孙宇文轩辕钟离闾丘拓跋独孤"
        "歐陽司馬諸葛東方尉遲公孫南宮長孫軒轅鍾離閭丘獨孤",
    )
)
"""Of two characters."""
_FULL_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")


def is_full_name(word: str) -> bool:
    """Whether a word looks like the whole name of a person, by its form.

    >>> is_full_name("张三"), is_full_name("陳大文"), is_full_name("阿依古丽·买买提"), is_full_name("镇长")
    (True, True, True, False)
    """
    if not _FULL_NAME.fullmatch(word):
        return False
    return "·" in word or word[0] in SURNAMES_BY_FORM or word.startswith(COMPOUND_SURNAMES)
