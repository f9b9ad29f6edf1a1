"""The files of the whole way, and what must come of them. Days follow the calendar: the last quarter is over.

Last quarter, program ROAD-Q (2 % of the first 50,000, 3 % up to 200,000, 5 % above; Road only; paid in CNY):

    P-1   120,000.00 + 5,000.00 USD x 7.2 = 156,000.00   1,000.00 + 106,000.00 x 3 %      = 4,180.00
    P-3    30,000.33                                       30,000.33 x 2 % = 600.0066      =   600.01
    both                                                                                     4,780.01

This quarter, P-1:

    41,234.56 + 1,250.00 USD x 7.2 = 50,234.56             1,000.00 + 234.56 x 3 % = 7.0368 = 1,007.04
    149,765.44 more reach 200,000.00, where                1,000.00 + 4,500.00             = 5,500.00
    with 160,000.00 more, 210,234.56                       5,500.00 + 10,234.56 x 5 % = 511.728 = 6,011.73
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import xlsxwriter


@dataclass(frozen=True)
class Quarter:
    start: dt.date

    @property
    def key(self) -> str:
        return f"{self.start.year}-Q{(self.start.month + 2) // 3}"

    @property
    def previous(self) -> Quarter:
        day = self.start - dt.timedelta(days=1)
        return Quarter(day.replace(month=day.month - 2, day=1))

    def day(self, number: int) -> str:
        return (self.start + dt.timedelta(days=number - 1)).isoformat()


def this_quarter() -> Quarter:
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return Quarter(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1))


def csv_of(*rows: str, encoding: str = "utf-8") -> bytes:
    return ("\n".join(rows) + "\n").encode(encoding)


def partners_file() -> bytes:
    """As Chinese Excel saves it: one company changes its name, one is new, one has a country that is none."""
    return csv_of(
        "经销商编码,经销商名称,类型,区域,国家,等级",
        "P-1,蓝港科技,经销商,华东,CN,金牌",
        "P-3,山石商贸,经销商,华北,CN,",
        "P-4,无名公司,经销商,华北,Atlantis,",
        encoding="gb18030",
    )


def products_file() -> bytes:
    """A workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("products")
        for number, row in enumerate([
            ["sku", "name", "line", "category", "brand", "unit_cost"],
            ["X-100", "Router X-100", "Road", "Network", "Own", 812.5],
            ["Y-200", "Camera Y-200", "City", "Video", "Own", 96],
        ]):  # fmt: skip
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def rates_file() -> bytes:
    return csv_of("from_currency,to_currency,valid_from,rate", "USD,CNY,2020-01-01,7.2")


def sales_file(last: Quarter, now: Quarter) -> bytes:
    """GB18030 with Chinese headers; 型号 is no known name of the SKU. Rows 8 to 10 are bad, each in its own way."""
    return csv_of(
        "行号,经销商编码,型号,销售日期,数量,金额,币种,客户名称",
        f"S-1,P-1,X-100,{last.day(5)},10,120000.00,CNY,第一医院",
        f"S-2,P-1,X-100,{last.day(40)},2,5000.00,USD,海港诊所",
        f"S-3,P-1,Y-200,{last.day(41)},1,9000.00,CNY,第一医院",
        f"S-4,P-3,X-100,{last.day(9)},3,30000.33,CNY,第二中学",
        f"S-5,P-1,X-100,{now.day(1)},4,41234.56,CNY,第一医院",
        f"S-6,P-1,X-100,{now.day(1)},1,1250.00,USD,海港诊所",
        f"S-7,P-1,NOPE,{last.day(6)},1,10.00,CNY,=1+1",
        f"S-8,P-1,X-100,{last.start.year}-02-31,1,10.00,CNY,第一医院",
        f"S-9,P-9,X-100,{last.day(6)},1,10.00,CNY,第一医院",
        encoding="gb18030",
    )


def amount(text: str) -> Decimal:
    """`¥1,234.50` as a number."""
    return Decimal(text.replace("¥", "").replace(",", "").strip())
