"""Names of the shipped sample page: it is an evaluation page, so nothing that is generated may use them."""

HELD_OUT = frozenset(
    "周瑞文 陈曦 王燕飞 张汉智 孙小蕊 张珂 全宇鹏 白云飞 王勇 何雄 徐衣显 支安宇 巩魁生 李维群 李三旺 梁栋才 智慧 谢娜 何燕 "
    "吴中阳 孙延文 张书卿 王琰君 李保兴 李新建 张武清 孙云斌 左朝阳 闫洁 倪西良 李万青 李文俊 江凌 王军 "
    "洛阳 宜阳 孟津 瀍河 漳州 香港 河洛 格力 铂骏 顿汉 艾柯 龙鼎 埃文海姆 中钢洛耐 超赢 久创 航辉 国联 航准 悦精密".split()
)


def is_held_out(text: str) -> bool:
    """Whether ``text`` contains a held-out name."""
    return any(name in text for name in HELD_OUT)
