"""What demo partners tell of themselves, and the vendor's list of specialisations."""

from __future__ import annotations

from random import Random
from typing import Any

from partners.selectors.partners import partner_list
from partners.services.profile import location_add, profile_update, specialisation_save, specialisations_set
from prm.identity.actor import Actor

WORDS = [
    ("campus", "Campus networks", "园区网络"), ("datacentre", "Data centres", "数据中心"),
    ("security", "Network security", "网络安全"), ("wireless", "Wireless and IoT", "无线与物联网"),
    ("cloud", "Cloud migration", "上云迁移"), ("education", "Schools and universities", "教育行业"),
    ("health", "Hospitals", "医疗行业"), ("retail", "Retail chains", "连锁零售"),
]  # fmt: skip
CITIES = {
    "East": ("上海", "浦东新区世纪大道 100 号"), "South": ("深圳", "南山区科技园南路 8 号"),
    "North": ("北京", "海淀区中关村大街 1 号"), "West": ("成都", "高新区天府大道 88 号"),
    "Southeast Asia": ("Singapore", "71 Ayer Rajah Crescent"), "Europe": ("Hamburg", "Am Sandtorkai 30"),
    "North America": ("Austin", "500 Congress Avenue"),
}  # fmt: skip
SILENT_EVERY = 5
"""Every fifth partner has told nothing yet."""


def profiles_create(manager: Actor) -> None:
    random = Random("qudao-profiles")
    for code, english, chinese in WORDS:
        specialisation_save(actor=manager, code=code, name_en=english, name_zh=chinese)
    for rank, partner in enumerate(partner_list(manager).order_by("code")):
        if rank % SILENT_EVERY != SILENT_EVERY - 1:
            _tell(manager, random, partner, rank)


def _tell(manager: Actor, random: Random, partner: Any, rank: int) -> None:
    city, address = CITIES.get(partner.region, ("上海", "静安区南京西路 1266 号"))
    chinese = partner.country == "CN"
    profile_update(
        actor=manager, partner_id=partner.pk, website=f"https://www.{partner.code.lower()}.example",
        phone="+86 21 5555 0" + f"{100 + rank}" if chinese else f"+1 512 555 0{100 + rank}",
        email=f"hello@{partner.code.lower()}.example", employees=random.choice([12, 28, 45, 80, 160, 420]),
        blurb_zh=f"{partner.name}在{city}为客户规划、建设和运维网络，提供七乘二十四小时服务。" if chinese else "",
        blurb_en=f"{partner.name} plans, builds and runs networks for customers in and around {city}.",
        is_public=rank % 3 != 2,
    )  # fmt: skip
    location_add(
        actor=manager, partner_id=partner.pk, name="总部" if chinese else "Head office", city=city, address=address,
        region=partner.region, country=partner.country,
    )  # fmt: skip
    if rank % 4 == 0:
        location_add(
            actor=manager, partner_id=partner.pk, name="服务中心" if chinese else "Service centre", city=city,
            country=partner.country, is_public=False,
        )  # fmt: skip
    codes = random.sample([word[0] for word in WORDS], random.choice([1, 2, 3]))
    specialisations_set(actor=manager, partner_id=partner.pk, codes=codes)
