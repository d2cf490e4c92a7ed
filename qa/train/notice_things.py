"""Fillers for the news frames: companies, projects, sums, dates and the like, each with an English gloss."""

import random
from collections.abc import Callable

from qa.train.notice_offices import draw_office
from qa.train.notice_people import People, pairs
from qa.train.notice_places import Place, Split, draw_place
from qa.train.notice_values import Value

_BRAND = pairs(
    "恒Heng 瑞Rui 鑫Xin 泰Tai 宏Hong 远Yuan 盛Sheng 华Hua 嘉Jia 诚Cheng 兴Xing 科Ke 德De 博Bo 天Tian 海Hai 东Dong 金Jin 润Run "
    "丰Feng 通Tong 达Da 力Li 源Yuan 康Kang 信Xin 佳Jia 美Mei 联Lian 旭Xu 晟Sheng 腾Teng 迈Mai 卓Zhuo 沃Wo 凌Ling 峻Jun 星Xing"
)
_TRADES = (
    ("电子", "Electronics"),
    ("机械", "Machinery"),
    ("新能源", "New Energy"),
    ("生物", "Biotech"),
    ("医药", "Pharmaceuticals"),
    ("食品", "Foods"),
    ("纺织", "Textiles"),
    ("化工", "Chemicals"),
    ("汽车", "Auto"),
    ("重工", "Heavy Industries"),
    ("光电", "Optoelectronics"),
    ("物流", "Logistics"),
    ("软件", "Software"),
    ("农业", "Agriculture"),
    ("环保", "Environmental"),
)
_INDUSTRIES = (
    ("集成电路", "integrated circuits"),
    ("新型显示", "new displays"),
    ("现代物流", "modern logistics"),
    ("文化旅游", "cultural tourism"),
    ("绿色食品", "green food"),
    ("纺织服装", "textiles and clothing"),
    ("生物医药", "biomedicine"),
    ("新能源汽车", "new energy vehicles"),
    ("现代农业", "modern agriculture"),
    ("节能建材", "energy-saving building materials"),
    ("人工智能", "artificial intelligence"),
    ("数字经济", "digital economy"),
    ("家居制造", "furniture making"),
    ("海洋装备", "marine equipment"),
    ("电子信息", "electronic information"),
)
_PRODUCTS = (
    ("新能源客车", "new energy buses", "辆"),
    ("笔记本电脑", "laptops", "台"),
    ("洗衣机", "washing machines", "台"),
    ("电动自行车", "e-bikes", "辆"),
    ("风力发电机组", "wind turbines", "台"),
    ("智能手机", "smartphones", "部"),
    ("拖拉机", "tractors", "台"),
    ("轻型卡车", "light trucks", "辆"),
    ("冰箱", "refrigerators", "台"),
    ("挖掘机", "excavators", "台"),
    ("工业电机", "industrial motors", "台"),
    ("电视机", "television sets", "台"),
)
_PROJECTS = (
    ("锂电池生产基地", "lithium battery base"),
    ("智慧物流园", "smart logistics park"),
    ("医疗器械产业园", "medical device park"),
    ("冷链仓储中心", "cold-chain storage centre"),
    ("风力发电", "wind power"),
    ("半导体封装", "semiconductor packaging"),
    ("污水处理厂", "sewage treatment plant"),
    ("体育中心", "sports centre"),
    ("城市快速路", "urban expressway"),
    ("抽水蓄能电站", "pumped-storage power station"),
    ("纺织工业园", "textile industry park"),
    ("数据中心", "data centre"),
    ("高铁枢纽", "high-speed rail hub"),
    ("康养小镇", "wellness town"),
    ("预制菜加工", "ready-meal processing"),
    ("文化创意园", "creative park"),
)
_TOPICS = (
    ("物业管理", "property management"),
    ("城市绿化", "urban greening"),
    ("大气污染防治", "air pollution control"),
    ("文明行为促进", "civilised conduct"),
    ("古树名木保护", "protection of old trees"),
    ("电动自行车管理", "e-bike management"),
    ("停车场管理", "parking management"),
    ("饮用水水源保护", "drinking water source protection"),
    ("养老服务", "elderly care services"),
    ("历史文化名城保护", "historic city protection"),
    ("餐厨废弃物管理", "kitchen waste management"),
    ("志愿服务", "volunteer service"),
)
_EVENTS = (
    ("招商推介会", "investment promotion meeting"),
    ("春季植树活动", "spring tree planting"),
    ("重点项目集中开工仪式", "key project groundbreaking ceremony"),
    ("安全生产工作会议", "work safety meeting"),
    ("马拉松赛", "marathon"),
    ("农民丰收节", "farmers' harvest festival"),
    ("职业技能大赛", "vocational skills contest"),
    ("防汛应急演练", "flood drill"),
    ("科技成果对接会", "technology matchmaking event"),
    ("人才招聘会", "job fair"),
    ("读书节", "reading festival"),
    ("创新创业大赛", "innovation and entrepreneurship contest"),
    ("国际茶博会", "international tea expo"),
    ("美食文化节", "food culture festival"),
)
_ATTENDEE_TITLES = (
    "副市长",
    "市政协副主席",
    "市委常委、宣传部部长",
    "市人大常委会副主任",
    "市委常委、统战部部长",
    "市政府秘书长",
    "市委副书记",
)
_SITES = (
    ("体育馆", "gymnasium"),
    ("会展中心", "exhibition centre"),
    ("人民广场", "People's Square"),
    ("大剧院", "grand theatre"),
    ("图书馆", "library"),
    ("文化宫", "cultural palace"),
    ("科技馆", "science museum"),
    ("国际会议中心", "international conference centre"),
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DIGITS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """Write 1 to 99 in Chinese.

    >>> chinese_number(28), chinese_number(10), chinese_number(13)
    ('二十八', '十', '十三')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


class Things:
    """Draws a value of a named kind; ``home`` is the place the passage is about."""

    def __init__(self, rng: random.Random, split: Split, home: Place, year: int) -> None:
        self.rng, self.split, self.home, self.year = rng, split, home, year
        self.people = People(rng)

    def draw(self, kind: str) -> Value:
        """Return a value of ``kind`` (a method name below without its underscore)."""
        method: Callable[[], Value] = getattr(self, f"_{kind}")
        return method()

    def _home(self) -> Value:
        return Value(self.home.zh, self.home.en)

    def _local(self) -> Value:
        return Value(f"{self.home.zh[-1]}", "the city")

    def _person(self) -> Value:
        return self.people.draw()

    def _city(self) -> Value:
        place = draw_place(self.rng, self.split, "city")
        return Value(place.zh, place.en)

    def _county(self) -> Value:
        place = draw_place(self.rng, self.split, self.rng.choice(("county", "district")))
        return Value(place.zh, place.en)

    def _company(self) -> Value:
        (first, first_en), (second, second_en) = self.rng.sample(_BRAND, 2)
        trade, trade_en = self.rng.choice(_TRADES)
        end = self.rng.choice(("有限公司", "集团", "股份有限公司", "科技有限公司", "", "公司"))
        return Value(first + second + trade + end, f"{first_en}{second_en.lower()} {trade_en}")

    def _industry(self) -> Value:
        return Value(*self.rng.choice(_INDUSTRIES))

    def _product(self) -> Value:
        zh, en, _ = self.rng.choice(_PRODUCTS)
        return Value(zh, en)

    def _project(self) -> Value:
        return Value(*self.rng.choice(_PROJECTS))

    def _topic(self) -> Value:
        return Value(*self.rng.choice(_TOPICS))

    def _event(self) -> Value:
        return Value(*self.rng.choice(_EVENTS))

    def _site(self) -> Value:
        return Value(*self.rng.choice(_SITES))

    def _post(self) -> Value:
        return Value(self.rng.choice(_ATTENDEE_TITLES), "")

    def _office(self) -> Value:
        office = draw_office(self.rng, self.home)
        return Value(
            self.home.zh[-1] + office.bare if office.organisation != self.home.zh + "人民政府" else office.title,
            office.bare_en,
        )

    def _regulation(self) -> Value:
        topic, topic_en = self.rng.choice(_TOPICS)
        return Value(f"《{self.home.zh}{topic}{self.rng.choice(('条例', '办法', '规定'))}》", f"{topic_en} regulations")

    def _money(self) -> Value:
        amount = self.rng.choice(
            (
                f"{self.rng.randint(2, 99)}",
                f"{self.rng.randint(1, 60)}.{self.rng.randint(1, 9)}",
                f"{self.rng.randint(101, 900)}",
            )
        )
        return Value(f"{amount}{self.rng.choice(('亿元', '亿元', '亿余元'))}", amount)

    def _percent(self) -> Value:
        value = f"{self.rng.randint(2, 60)}{self.rng.choice(('', '.' + str(self.rng.randint(1, 9))))}%"
        return Value(value, value)

    def _count(self) -> Value:
        if self.rng.random() < 0.3:
            value = str(self.rng.randint(2, 30) * 10)
            return Value(value + self.rng.choice(("余", "多")), value)
        value = str(self.rng.choice((self.rng.randint(3, 99), self.rng.randint(100, 400))))
        return Value(value, value)

    def _exact(self) -> Value:
        value = str(self.rng.randint(120, 780))
        return Value(value, value)

    def _wan(self) -> Value:
        return Value(
            f"{self.rng.choice((self.rng.randint(1, 30) * 10, self.rng.randint(1, 99), self.rng.randint(1, 9) * 100))}万",
            "",
        )

    def _ordinal(self) -> Value:
        value = self.rng.randint(2, 39)
        return Value(chinese_number(value), str(value))

    def _year(self) -> Value:
        return Value(f"{self.year}年", str(self.year))

    def _later(self) -> Value:
        year = self.year + self.rng.randint(1, 8)
        return Value(f"{year}年", str(year))

    def _day(self) -> Value:
        month, day = self.rng.randint(1, 12), self.rng.randint(1, 28)
        return Value(f"{month}月{day}日", f"{_MONTHS[month - 1]} {day}")

    def _when(self) -> Value:
        day = self._day().zh
        number = self.rng.randint(1, 26)
        return Value(
            self.rng.choice(
                (
                    day,
                    day,
                    day,
                    f"{number}日",
                    "昨日",
                    "日前",
                    "昨日上午",
                    f"{number}日至{number + 2}日",
                    "近日",
                    f"{day}下午",
                )
            ),
            "",
        )

    def _fulldate(self) -> Value:
        day = self._day()
        return Value(f"{self.year}年{day.zh}", f"{day.en}, {self.year}")

    def _deadline(self) -> Value:
        return Value(
            self.rng.choice(
                (
                    f"明年{self.rng.randint(1, 11)}月底前",
                    f"{self.year + self.rng.randint(1, 4)}年年底前",
                    "今年年底前",
                    "明年上半年",
                    f"{self.rng.randint(2, 11)}月底前",
                    f"{self.year + self.rng.randint(1, 4)}年{self.rng.randint(1, 12)}月",
                )
            ),
            "",
        )

    def _docno(self) -> Value:
        value = f"第{self.rng.randint(1, 99)}号"
        return Value(value, value)
