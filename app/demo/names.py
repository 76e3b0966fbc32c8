"""Names of people who do not exist."""

from __future__ import annotations

from dataclasses import dataclass

from pypinyin import lazy_pinyin

from app.demo.dice import Dice

FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董"
    "袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
)
GIVEN = (
    "景澄 若溪 书远 昱辰 沐阳 清芷 知许 砚秋 思衡 予安 嘉树 云舒 望舒 行止 听澜 怀瑾 静姝 承泽 子墨 以宁 "
    "明徽 修远 语桐 南乔 之恒 令仪 微之 松年 采薇 海棠 晓芸 德润 春生 玉洁 佳怡 振邦 欣妍 宏毅 少峰 曼青 "
    "启航 卓然 映雪 奕铭 书瑶 鹤鸣 知微 景行 庭筠 问渠 疏桐 晚照 照野 南星 秋禾 竹溪 远帆 立夏 澄宇 若谷"
).split()
WESTERN_FAMILY = (
    "Aldermoor Brackenbury Castlewick Dunhollow Eastergate Fennimore Glasswright Hartsbourne Inglewhite Jessopdale Kettlewell Lowmoor "
    "Marchbank Netherby Oakhanger Pellworth Quarrington Ravensdale Stillwater Thornquist Underhay Vexley Winterslow Yarrowby "
    "Zellwick Bergstrand Dahlgrove Eikeland Fossheim Grünwalder Hasselbrink Krähenwald Lindqvold Møllerup Nordhagen Rosenquell "
    "Steinbrecher Vandermolen"
).split()
WESTERN_GIVEN = (
    "Ada Bram Clara Dominic Elin Felix Greta Hugo Ingrid Jonas Kirsten Lukas Mara Nils Olivia Petra Quentin Rosalind Stellan Tessa "
    "Ulrich Vera Wendel Yvonne Zachary Annika Bastian Cecily Dorian Esme"
).split()
JAPANESE_FAMILY = "霧島 柚木 氷室 鷹野 榛葉 雪村".split()
JAPANESE_GIVEN = "遥斗 詩織 蒼介 琴音 悠真 美月".split()


_LATIN = str.maketrans("üäø", "uao")


@dataclass(frozen=True)
class Name:
    """What a person is called, and the Latin letters that stand in an address."""

    family: str
    given: str
    shown: str
    latin: str


class Names:
    """Gives each name once."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._given: set[str] = set()

    def new(self, country: str) -> Name:
        while (name := self._draw(country)).shown in self._given:
            pass
        self._given.add(name.shown)
        return name

    def named(self, family: str, given: str) -> Name:
        """This very one, in Chinese."""
        self._given.add(family + given)
        return _chinese(family, given)

    def _draw(self, country: str) -> Name:
        if country == "CN":
            return _chinese(self._dice.pick(FAMILY), self._dice.pick(GIVEN))
        if country == "JP":
            family, given = self._dice.pick(JAPANESE_FAMILY), self._dice.pick(JAPANESE_GIVEN)
            return Name(family, given, f"{family} {given}", ".".join("".join(lazy_pinyin(part)) for part in (given, family)))
        family, given = self._dice.pick(WESTERN_FAMILY), self._dice.pick(WESTERN_GIVEN)
        plain = family.translate(_LATIN)
        return Name(family, given, f"{given} {family}", f"{given}.{plain}".lower())


def _chinese(family: str, given: str) -> Name:
    return Name(family, given, family + given, ".".join("".join(lazy_pinyin(part)) for part in (given, family)))
