"""Names of companies and people, composed from parts, so that none is a real one on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

CITIES_ZH = [
    ("上海", "华东"), ("杭州", "华东"), ("苏州", "华东"), ("南京", "华东"), ("宁波", "华东"),
    ("深圳", "华南"), ("广州", "华南"), ("东莞", "华南"), ("北京", "华北"), ("天津", "华北"),
    ("青岛", "华北"), ("成都", "西南"), ("重庆", "西南"), ("昆明", "西南"), ("西安", "西北"),
    ("武汉", "华中"), ("长沙", "华中"), ("郑州", "华中"),
]  # fmt: skip
STEMS_ZH = [
    "蓝海", "云岭", "天禾", "信达", "锐捷达", "北辰", "恒瑞通", "中科联", "华润达", "远博", "鼎新", "智汇", "海纳",
    "启明", "瀚宇", "同创", "金桥", "星河", "长风", "汇智", "博远", "嘉诚", "瑞丰", "宏图", "数擎", "新程", "联纵",
    "方舟", "凌云", "卓越通", "腾跃", "景明", "润泽", "弘毅", "乾元", "畅达",
]  # fmt: skip
KINDS_ZH = ["数码科技", "信息技术", "网络系统", "系统集成", "智能科技", "云计算", "通信技术", "数据服务"]

PLACES_EN = [
    ("Singapore", "SG", "Southeast Asia", "SGD"), ("Kuala Lumpur", "MY", "Southeast Asia", "USD"),
    ("Jakarta", "ID", "Southeast Asia", "USD"), ("Bangkok", "TH", "Southeast Asia", "USD"),
    ("Manchester", "GB", "Europe", "GBP"), ("Hamburg", "DE", "Europe", "EUR"), ("Lyon", "FR", "Europe", "EUR"),
    ("Utrecht", "NL", "Europe", "EUR"), ("Milan", "IT", "Europe", "EUR"), ("Austin", "US", "North America", "USD"),
    ("Denver", "US", "North America", "USD"), ("Toronto", "CA", "North America", "USD"),
]  # fmt: skip
STEMS_EN = [
    "Harbourline", "Northgate", "Brightfold", "Keystream", "Oakbridge", "Silverpoint", "Tallis", "Bluefen", "Corvane",
    "Eastmark", "Fernwood", "Greyfield", "Halden", "Ironleaf", "Juniper Row", "Larkhill", "Meridian Park", "Novaline",
    "Pinecrest", "Quayside", "Redstone Vale", "Stonebrook", "Trellis", "Westerlund",
]  # fmt: skip
KINDS_EN = ["Networks", "Systems", "IT Solutions", "Integration", "Technology", "Data Services"]
SUFFIX_EN = {"GB": "Ltd", "DE": "GmbH", "FR": "SAS", "NL": "B.V.", "IT": "S.r.l.", "US": "Inc.", "CA": "Inc.",
             "SG": "Pte. Ltd.", "MY": "Sdn. Bhd.", "ID": "PT", "TH": "Co., Ltd."}  # fmt: skip

CUSTOMERS_ZH = ["第一人民医院", "轨道交通集团", "职业技术学院", "城市商业银行", "港务集团", "精密制造", "水务集团",
                "新能源汽车", "文旅集团", "食品股份", "证券", "物流园区", "政务服务中心", "化工研究院"]  # fmt: skip
CUSTOMERS_EN = ["General Hospital", "Port Authority", "Polytechnic", "Savings Bank", "Foods", "Precision Tools",
                "Water Works", "Logistics", "City Council", "Motors", "Insurance", "Research Institute"]  # fmt: skip
SURNAMES_ZH = ["陈", "王", "李", "张", "刘", "赵", "周", "吴", "徐", "孙", "林", "何"]
GIVEN_ZH = ["伟", "静", "磊", "敏", "雪梅", "志强", "晓东", "丽华", "文博", "佳怡", "子轩", "海燕"]
PEOPLE_EN = ["Anna Keller", "Tom Bright", "Priya Nair", "Marc Dubois", "Sofia Rossi", "James Obi", "Mei Tan"]


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    legal_name: str
    region: str
    country: str
    currency: str


def chinese_companies(random: Random, count: int) -> list[Company]:
    stems = random.sample(STEMS_ZH, count)
    return [_chinese_company(random, stem) for stem in stems]


def _chinese_company(random: Random, stem: str) -> Company:
    city, region = random.choice(CITIES_ZH)
    kind = random.choice(KINDS_ZH)
    return Company(f"{stem}{kind[:2]}", f"{city}{stem}{kind}有限公司", region, "CN", "CNY")


def english_companies(random: Random, count: int) -> list[Company]:
    stems = random.sample(STEMS_EN, count)
    return [_english_company(random, stem) for stem in stems]


def _english_company(random: Random, stem: str) -> Company:
    _city, country, region, currency = random.choice(PLACES_EN)
    name = f"{stem} {random.choice(KINDS_EN)}"
    return Company(name, f"{name} {SUFFIX_EN[country]}", region, country, currency)


def customer_name(random: Random, company: Company) -> str:
    if company.country == "CN":
        return f"{random.choice(CITIES_ZH)[0]}{random.choice(CUSTOMERS_ZH)}"
    return f"{random.choice(PLACES_EN)[0]} {random.choice(CUSTOMERS_EN)}"


def person_name(random: Random, company: Company) -> str:
    if company.country == "CN":
        return random.choice(SURNAMES_ZH) + random.choice(GIVEN_ZH)
    return random.choice(PEOPLE_EN)
