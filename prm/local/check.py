"""`make check`: every static check, each reported, none skipped because an earlier one failed."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field

from prm.local.layout import ROOT

PACKAGES = ["prm", "partners", "commerce", "rebates", "portal", "benchmarks", "tests", "manage.py"]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def production_environment() -> dict[str, str]:
    """Complete and harmless: `check --deploy` connects to nothing."""
    return {
        "DJANGO_SETTINGS_MODULE": "prm.settings.production",
        "PRM_SECRET_KEY": secrets.token_urlsafe(60),
        "PRM_SEALING_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PRM_BASE_DOMAIN": "prm.example",
        "DATABASE_URL": "postgresql://prm_app:x@db.example/prm",
        "DATABASE_OWNER_URL": "postgresql://prm_owner:x@db.example/prm",
        "DATABASE_WORKER_URL": "postgresql://prm_worker:x@db.example/prm",
        "REDIS_URL": "redis://redis.example:6379/0",
        "EMAIL_URL": "smtp+tls://user:x@mail.example:587",
    }


def checks() -> list[Check]:
    python = sys.executable
    tool = [python, "-m"]
    manage = [python, "manage.py"]
    present = [name for name in PACKAGES if (ROOT / name).exists()]
    contracts = [python, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return [
        Check("style", [*tool, "ruff", "check", *present]),
        Check("format", [*tool, "ruff", "format", "--check", *present]),
        Check("templates", [*tool, "djlint", "templates", "--lint", "--quiet"]),
        Check("imports", [*contracts, "--no-cache"]),
        Check("types", [*tool, "mypy"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {"PYTHONWARNINGS": "ignore"}),
        Check("diagrams", [*manage, "state_diagrams", "--check"]),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production_environment()),
        Check("tenancy", [*tool, "prm.testing.audit"]),
        Check("translations", [*manage, "compile_translations", "--check"]),
    ]


def main() -> int:
    failed = []
    for check in checks():
        begun = time.monotonic()
        done = subprocess.run(
            check.argv,
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "prm.settings.local", **check.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        sys.stdout.write(f"{check.name:<13} {verdict} ({time.monotonic() - begun:.1f} s)\n")
        if done.returncode != 0:
            failed.append(check.name)
            sys.stdout.write(done.stdout)
        sys.stdout.flush()
    if failed:
        sys.stdout.write(f"Failed: {', '.join(failed)}.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
