"""Places with their English names: real ones and composed ones; the two splits share none."""

import random
from dataclasses import dataclass
from typing import Literal

from qa.train.notice_people import pairs

Split = Literal["train", "dev"]
Level = Literal["province", "city", "county", "district"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ``name`` without its level (``云阳``), ``zh`` with it (``云阳市``), and the pinyin."""

    name: str
    zh: str
    en: str
    level: Level


PROVINCES: dict[Split, tuple[tuple[str, str], ...]] = {
    "train": pairs(
        "河北省Hebei 山西省Shanxi 辽宁省Liaoning 吉林省Jilin 江苏省Jiangsu 安徽省Anhui 福建省Fujian 江西省Jiangxi 山东省Shandong "
        "湖北省Hubei 广东省Guangdong 四川省Sichuan 贵州省Guizhou 陕西省Shaanxi 甘肃省Gansu 青海省Qinghai"
    ),
    "dev": pairs("黑龙江省Heilongjiang 浙江省Zhejiang 湖南省Hunan 海南省Hainan 云南省Yunnan"),
}
CITIES: dict[Split, tuple[tuple[str, str], ...]] = {
    "train": pairs(
        "郑州Zhengzhou 开封Kaifeng 新乡Xinxiang 许昌Xuchang 南阳Nanyang 商丘Shangqiu 周口Zhoukou 信阳Xinyang 焦作Jiaozuo 鹤壁Hebi "
        "石家庄Shijiazhuang 唐山Tangshan 保定Baoding 邯郸Handan 太原Taiyuan 大同Datong 临汾Linfen 沈阳Shenyang 鞍山Anshan 锦州Jinzhou "
        "长春Changchun 四平Siping 南京Nanjing 徐州Xuzhou 扬州Yangzhou 盐城Yancheng 合肥Hefei 芜湖Wuhu 蚌埠Bengbu 安庆Anqing "
        "福州Fuzhou 泉州Quanzhou 南昌Nanchang 九江Jiujiang 赣州Ganzhou 济南Jinan 潍坊Weifang 临沂Linyi 德州Dezhou "
        "武汉Wuhan 宜昌Yichang 襄阳Xiangyang 荆州Jingzhou 广州Guangzhou 佛山Foshan 惠州Huizhou 湛江Zhanjiang 成都Chengdu 绵阳Mianyang "
        "宜宾Yibin 乐山Leshan 贵阳Guiyang 遵义Zunyi 西安Xi'an 宝鸡Baoji 咸阳Xianyang 兰州Lanzhou 天水Tianshui 西宁Xining"
    ),
    "dev": pairs(
        "安阳Anyang 濮阳Puyang 平顶山Pingdingshan 驻马店Zhumadian 哈尔滨Harbin 齐齐哈尔Qiqihar 杭州Hangzhou 宁波Ningbo 温州Wenzhou "
        "绍兴Shaoxing 金华Jinhua 长沙Changsha 株洲Zhuzhou 岳阳Yueyang 常德Changde 海口Haikou 三亚Sanya 昆明Kunming 曲靖Qujing 玉溪Yuxi"
    ),
}
FIRST: dict[Split, tuple[tuple[str, str], ...]] = {
    "train": pairs(
        "临Lin 永Yong 安An 长Chang 武Wu 清Qing 平Ping 广Guang 新Xin 南Nan 北Bei 东Dong 西Xi 江Jiang 海Hai 金Jin 青Qing 宁Ning "
        "泰Tai 兴Xing 嘉Jia 荣Rong 昌Chang 文Wen 龙Long 凤Feng 云Yun 石Shi 玉Yu 桂Gui"
    ),
    "dev": pairs("延Yan 怀Huai 灵Ling 淮Huai 梅Mei 柳Liu 春Chun 丰Feng 崇Chong 蓝Lan 沅Yuan 淳Chun"),
}
SECOND = pairs(
    "州zhou 阳yang 川chuan 江jiang 山shan 城cheng 原yuan 宁ning 平ping 源yuan 河he 陵ling 口kou 泉quan 溪xi 台tai 林lin 水shui 远yuan 丘qiu"
)


def draw_place(rng: random.Random, split: Split, level: Level) -> Place:
    """Return a place of that level from the split's own table."""
    if level == "province":
        zh, en = rng.choice(PROVINCES[split])
        return Place(zh.removesuffix("省"), zh, f"{en} Province", level)
    if level == "city" and rng.random() < 0.7:
        name, en = rng.choice(CITIES[split])
    else:
        name, en = _composed(rng, split)
    if level == "city":
        return Place(name, f"{name}市", en, level)
    suffix, gloss = ("县", "County") if level == "county" else ("区", "District")
    return Place(name, name + suffix, f"{en} {gloss}", level)


def _composed(rng: random.Random, split: Split) -> tuple[str, str]:
    real = {name for table in CITIES.values() for name, _ in table}
    while True:
        (first, first_en), (second, second_en) = rng.choice(FIRST[split]), rng.choice(SECOND)
        if first != second and first + second not in real:
            return first + second, first_en + second_en
