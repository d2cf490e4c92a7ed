"""Names of people: Faker's, our own compositions with pinyin, compound surnames and names with a middle dot."""

import random

from faker import Faker

from qa.train.notice_values import Value

_SURNAMES = (
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 赵Zhao 黄Huang 周Zhou 吴Wu 徐Xu 孙Sun 胡Hu 朱Zhu 高Gao 林Lin 何He 郭Guo "
    "马Ma 罗Luo 梁Liang 宋Song 郑Zheng 谢Xie 韩Han 唐Tang 冯Feng 于Yu 董Dong 萧Xiao 程Cheng 曹Cao 袁Yuan 邓Deng 许Xu "
    "傅Fu 沈Shen 曾Zeng 彭Peng 吕Lü 苏Su 卢Lu 蒋Jiang 蔡Cai 贾Jia 丁Ding 魏Wei 薛Xue 叶Ye 阎Yan 余Yu 潘Pan 杜Du 戴Dai "
    "夏Xia 钟Zhong 汪Wang 田Tian 任Ren 姜Jiang 范Fan 方Fang 石Shi 姚Yao 谭Tan 廖Liao 邹Zou 熊Xiong 金Jin 陆Lu 郝Hao "
    "孔Kong 白Bai 崔Cui 康Kang 毛Mao 邱Qiu 秦Qin 江Jiang 史Shi 顾Gu 侯Hou 邵Shao 孟Meng 龙Long 万Wan 段Duan 雷Lei 钱Qian "
    "汤Tang 尹Yin 黎Li 易Yi 常Chang 武Wu 乔Qiao 贺He 赖Lai 龚Gong 文Wen 庞Pang 樊Fan 兰Lan 殷Yin 施Shi 陶Tao 洪Hong "
    "翟Zhai 安An 颜Yan 倪Ni 严Yan 牛Niu 温Wen 芦Lu 季Ji 俞Yu 章Zhang 鲁Lu 葛Ge 伍Wu 韦Wei 申Shen 尤You 毕Bi 聂Nie 丛Cong "
    "焦Jiao 向Xiang 柳Liu 邢Xing 路Lu 岳Yue 齐Qi 梅Mei 莫Mo 庄Zhuang 辛Xin 管Guan 祝Zhu 左Zuo 涂Tu 谷Gu 祁Qi 时Shi 舒Shu "
    "耿Geng 牟Mu 卜Bu 詹Zhan 关Guan 苗Miao 凌Ling 费Fei 纪Ji 靳Jin 盛Sheng 童Tong 欧Ou 甄Zhen 项Xiang 曲Qu 成Cheng "
    "游You 阳Yang 裴Pei 席Xi 卫Wei 查Zha 屈Qu 鲍Bao 位Wei 覃Qin 霍Huo 翁Weng 隋Sui 植Zhi 甘Gan 景Jing 薄Bo 单Shan 包Bao"
)
_COMPOUND = (
    "欧阳Ouyang 司马Sima 上官Shangguan 诸葛Zhuge 皇甫Huangfu 令狐Linghu 夏侯Xiahou 东方Dongfang 尉迟Yuchi 慕容Murong"
)
_GIVEN = (
    "伟wei 强qiang 军jun 平ping 建jian 国guo 明ming 志zhi 文wen 华hua 海hai 涛tao 峰feng 波bo 斌bin 刚gang 勇yong "
    "杰jie 辉hui 林lin 红hong 丽li 敏min 静jing 燕yan 玲ling 芳fang 娟juan 霞xia 梅mei 春chun 秀xiu 英ying 兰lan 云yun "
    "亮liang 东dong 庆qing 超chao 鹏peng 飞fei 宇yu 浩hao 凯kai 健jian 俊jun 晨chen 晓xiao 旭xu 阳yang 龙long 祥xiang "
    "福fu 成cheng 荣rong 生sheng 贵gui 德de 仁ren 义yi 信xin 忠zhong 永yong 胜sheng 利li 根gen 立li 良liang 安an 康kang "
    "宁ning 清qing 泽ze 润run 江jiang 河he 山shan 川chuan 松song 柏bai 桂gui 月yue 雪xue 冰bing 雨yu 雷lei 光guang "
    "学xue 新xin 少shao 宏hong 洪hong 继ji 绍shao 振zhen 兴xing 启qi 传chuan 先xian 大da 小xiao 长chang 金jin 玉yu 宝bao "
    "树shu 双shuang 家jia 培pei 正zheng 元yuan 天tian 世shi 景jing 如ru 一yi 中zhong 向xiang 克ke 广guang 劲jin 巍wei 锋feng 锐rui "
    "莉li 萍ping 倩qian 蕾lei 琳lin 瑞rui 佳jia 欣xin 怡yi 岚lan 洁jie 薇wei 颖ying 蓉rong 珍zhen 琴qin 彦yan 维wei 毅yi 磊lei"
)
_MINORITY = (
    Value("买买提·吐尔逊", "Maimaiti Tuerxun"),
    Value("阿不都·热合曼", "Abudu Reheman"),
    Value("艾尼瓦尔·玉素甫", "Ainiwaer Yusufu"),
    Value("古丽·艾合买提", "Guli Aihemaiti"),
    Value("扎西·多吉", "Zhaxi Duoji"),
    Value("木拉提·哈力克", "Mulati Halike"),
    Value("努尔兰·阿不都", "Nuerlan Abudu"),
    Value("帕提古丽·沙迪克", "Patiguli Shadike"),
    Value("巴特尔·苏和", "Bateer Suhe"),
    Value("赛力克·木哈买提", "Sailike Muhamaiti"),
)


def pairs(table: str) -> tuple[tuple[str, str], ...]:
    """Split a table of Chinese words, each followed by its pinyin.

    >>> pairs("王Wang 欧阳Ouyang")
    (('王', 'Wang'), ('欧阳', 'Ouyang'))
    """
    out = []
    for word in table.split():
        cut = next(at for at, char in enumerate(word) if char < "\u02ff")
        out.append((word[:cut], word[cut:]))
    return tuple(out)


SURNAMES, COMPOUND, GIVEN = pairs(_SURNAMES), pairs(_COMPOUND), pairs(_GIVEN)


class People:
    """Draws names, deterministic for the random generator it is given."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._faker = Faker("zh_CN")
        self._faker.seed_instance(rng.getrandbits(32))

    def draw(self) -> Value:
        """Return a name; its gloss is pinyin where we know it, else the Chinese characters."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.3:
            name = str(self._faker.name())
            return Value(name, name)
        if kind < 0.32:
            return rng.choice(_MINORITY)
        surname, surname_en = rng.choice(COMPOUND if kind < 0.35 else SURNAMES)
        given = rng.sample(GIVEN, 1 if rng.random() < 0.3 else 2)
        zh, en = "".join(part for part, _ in given), "".join(part for _, part in given)
        return Value(surname + zh, f"{surname_en} {en.capitalize()}")
