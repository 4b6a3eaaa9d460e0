"""Countries and cities as people read them: names from the Unicode CLDR, and of cities that it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from secmon.geo.city_names import chinese_name
from secmon.geo.place import COUNTRIES

# CLDR names a city or two a time zone; these are where a Chinese wallet's owners live and travel besides.
_MORE_CITIES = {
    "Barcelona": "巴塞罗那",
    "Beijing": "北京",
    "Boston": "波士顿",
    "Changchun": "长春",
    "Changsha": "长沙",
    "Changzhou": "常州",
    "Chengdu": "成都",
    "Chiang Mai": "清迈",
    "Chongqing": "重庆",
    "Dalian": "大连",
    "Delhi": "德里",
    "Dongguan": "东莞",
    "Foshan": "佛山",
    "Frankfurt": "法兰克福",
    "Fukuoka": "福冈",
    "Fuzhou": "福州",
    "Geneva": "日内瓦",
    "Guangzhou": "广州",
    "Guilin": "桂林",
    "Guiyang": "贵阳",
    "Haikou": "海口",
    "Hamburg": "汉堡",
    "Hangzhou": "杭州",
    "Hanoi": "河内",
    "Harbin": "哈尔滨",
    "Hefei": "合肥",
    "Hohhot": "呼和浩特",
    "Huizhou": "惠州",
    "Jinan": "济南",
    "Kaohsiung": "高雄",
    "Kunming": "昆明",
    "Kyoto": "京都",
    "Lanzhou": "兰州",
    "Las Vegas": "拉斯维加斯",
    "Lhasa": "拉萨",
    "Luoyang": "洛阳",
    "Macao": "澳门",
    "Milan": "米兰",
    "Mumbai": "孟买",
    "Munich": "慕尼黑",
    "Nanchang": "南昌",
    "Nanjing": "南京",
    "Nanning": "南宁",
    "Nantong": "南通",
    "New Delhi": "新德里",
    "Ningbo": "宁波",
    "Osaka": "大阪",
    "Phuket": "普吉",
    "Qingdao": "青岛",
    "Quanzhou": "泉州",
    "San Francisco": "旧金山",
    "Sanya": "三亚",
    "Sapporo": "札幌",
    "Seattle": "西雅图",
    "Shenyang": "沈阳",
    "Shenzhen": "深圳",
    "Shijiazhuang": "石家庄",
    "Suzhou": "苏州",
    "Taiyuan": "太原",
    "Tianjin": "天津",
    "Washington": "华盛顿",
    "Wenzhou": "温州",
    "Wuhan": "武汉",
    "Wuxi": "无锡",
    "Xi'an": "西安",
    "Xiamen": "厦门",
    "Xian": "西安",
    "Xining": "西宁",
    "Xuzhou": "徐州",
    "Yantai": "烟台",
    "Yinchuan": "银川",
    "Zhengzhou": "郑州",
    "Zhuhai": "珠海",
}


def country(code: str, locale: str) -> str:
    """The country's name for its ISO 3166-1 code; the code itself where nobody has named it."""
    return _countries(_language(locale)).get(code, code)


def city(name: str, locale: str) -> str:
    """A city's name, in Chinese where a file or a list has it. A country's code is that country."""
    if name in COUNTRIES:
        return country(name, locale)
    if _language(locale) != "zh":
        return name
    return chinese_name(name) or _chinese_cities().get(name, name)


def is_listed(name: str) -> bool:
    """Whether that is the name of a city that is listed here, in English or in Chinese."""
    return name in _chinese_cities() or name in _listed_in_chinese()


def place(city_name: str | None, country_code: str | None, locale: str) -> str:
    """ "Lagos, Nigeria", or the half of it that is known."""
    parts = (city_name and city(city_name, locale), country_code and country(country_code, locale))
    return ("，" if _language(locale) == "zh" else ", ").join(part for part in parts if part)


def _language(locale: str) -> str:
    return "zh" if locale.lower().startswith("zh") else "en"


@cache
def _countries(language: str) -> Mapping[str, str]:
    return Locale.parse(language).territories


@cache
def _chinese_cities() -> Mapping[str, str]:
    zones = Locale.parse("zh").time_zones
    of_zones = {
        zone.rpartition("/")[2].replace("_", " "): names["city"]
        for zone, names in zones.items()
        if "city" in names
    }
    return {**of_zones, **_MORE_CITIES}


@cache
def _listed_in_chinese() -> frozenset[str]:
    return frozenset(_chinese_cities().values())
