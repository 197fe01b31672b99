"""A part of 湘潭县 with real codes and names, and 虎威镇 in 丰都县, for what is found by name."""

from ecodash.domain.regions import Level, Region, RegionTree, level_of, region_key

COUNTY = region_key("430321")
SHITAN = region_key("430321112")
HUASHI = region_key("430321107")
MONTH = 202609

_VILLAGES = {
    "430321100 易俗河镇": "006 百花社区 210 京竹村",
    "430321107 花石镇": "003 花石社区 215 紫荆村 216 中心村 255 金枫村 260 花石村 261 和平村",
    "430321112 石潭镇": "001 正街社区 229 向韶村 230 芙蓉村 239 莳竹塘村 241 托下村 245 中新村 247 甘泉村 252 石桥村",
    "430321113 杨嘉桥镇": "002 电厂街社区 247 杨嘉桥村 251 新桥村 256 金蛟村",
    "430321202 分水乡": "208 石桥村",
    "500230101 虎威镇": "001 大池社区 201 荷花村",
}
ALIASES = [(430321112230, "老屋村"), (430321112000, "古塘桥乡")]


def regions() -> list[Region]:
    found = [
        Region(0, "全国", "全国"),
        Region(region_key("43"), "湖南省", "湖南省", is_whole=False),
        Region(region_key("4303"), "湘潭市", "湘潭市", is_whole=False),
        Region(COUNTY, "湘潭县", "湘潭县"),
        Region(region_key("500230"), "丰都县", "丰都县"),
        # A village that was merged into its neighbour.
        Region(430321112298, "兆托村", "兆托村委会", "村", last_month=202512, successor=430321112241),
    ]
    for town, villages in _VILLAGES.items():
        code, name = town.split()
        found.append(Region(region_key(code), name, name))
        words = villages.split()
        for digits, village in zip(words[::2], words[1::2], strict=True):
            full_name = f"{village}居委会" if village.endswith("社区") else f"{village}委会"
            found.append(Region(region_key(code + digits), village, full_name))
    return found


TREE = RegionTree(regions(), ALIASES)
VILLAGES = [region for region in TREE if level_of(region.key) is Level.VILLAGE]
