"""The demo vendors' price lists: families of a product line in a few sizes each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

FAMILIES: list[tuple[str, str, str, int]] = [
    ("Switching", "Access switches", "Lattice S1", 1_900),
    ("Switching", "Access switches", "Lattice S3", 4_200),
    ("Switching", "Core switches", "Lattice C7", 38_000),
    ("Switching", "Industrial switches", "Lattice R2", 6_800),
    ("Wireless", "Access points", "Aerio 5", 1_250),
    ("Wireless", "Access points", "Aerio 6E", 2_400),
    ("Wireless", "Controllers", "Aerio Hub", 15_500),
    ("Security", "Firewalls", "Palisade 100", 5_900),
    ("Security", "Firewalls", "Palisade 800", 46_000),
    ("Security", "Zero trust", "Palisade Gate", 9_800),
    ("Compute", "Edge servers", "Ridge E1", 12_800),
    ("Compute", "Rack servers", "Ridge R2", 32_000),
    ("Compute", "Storage", "Ridge Vault", 54_000),
    ("Services", "Support", "Care Standard", 1_600),
    ("Services", "Support", "Care Premium", 4_800),
    ("Services", "Deployment", "Launch Pack", 7_500),
]
SIZES = ["8", "16", "24", "24P", "48", "48P", "96", "XL", "Pro", "Pro X", "Lite", "Duo", "Max"]


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    name: str
    line: str
    category: str
    brand: str
    unit_cost: Decimal
    list_price: Decimal


def items(random: Random, count: int) -> list[Item]:
    """`count` products, spread evenly over the families; prices in the vendor's base currency."""
    made = []
    for number in range(count):
        line, category, family, base = FAMILIES[number % len(FAMILIES)]
        step = number // len(FAMILIES)
        size = SIZES[step % len(SIZES)]
        price = Decimal(base) * (100 + 18 * step + random.randint(-4, 4)) / 100
        sku = f"{line[:2].upper()}-{number + 1:04d}-{size.replace(' ', '')}"
        cost = (price * random.randint(48, 66) / 100).quantize(Decimal("0.01"))
        made.append(Item(sku, f"{family}-{size}", line, category, family.split()[0], cost, price))
    return made
