"""`make bench`: how many times as long the product takes as the bare work, both measured in this run.

Each module `bench_*.py` has `main() -> dict[str, float]` (name of the figure, ratio) and leaves nothing behind: the
database is a scratch one that is dropped at the end. Names of modules as arguments run only those.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
from pathlib import Path

import django

AT_LEAST = {"loop_to_payouts": 10.0, "reading_loop_to_payouts": 10.0}
AT_MOST = {
    "import_500k": 4.0,
    "evaluate_1m_x_20": 3.0,
    "payouts_1m_x_50": 3.0,
    "home_page": 6.0,
    "export_300k": 2.0,
    "tiers_10k_x_6": 3.0,
    "directory_page": 1.5,
    "directory_filtered": 1.5,
}


def run(names: list[str]) -> None:
    from prm.testing.database import scratch_database

    with scratch_database():
        for name in names:
            started = time.monotonic()
            figures = importlib.import_module(f"benchmarks.{name}").main()
            for figure, ratio in figures.items():
                aim = f"aim at most {AT_MOST[figure]:.1f}x" if figure in AT_MOST else ""
                aim = f"aim at least {AT_LEAST[figure]:.1f}x" if figure in AT_LEAST else aim
                sys.stdout.write(f"{figure:<32}{ratio:>8.2f}x  {aim}\n")
            sys.stdout.write(f"  {name} took {time.monotonic() - started:.0f} s\n")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "prm.settings.test"
    django.setup()
    modules = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    known = sorted(name for name in modules if name.startswith("bench_"))
    wanted = [f"bench_{name.removeprefix('bench_')}" for name in sys.argv[1:]] or known
    if unknown := set(wanted) - set(known):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    run(wanted)


if __name__ == "__main__":
    main()
