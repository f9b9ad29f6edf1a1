"""Makes `.venv` and installs the locked packages: `python3 prm/local/install.py`. Standard library only.

Fast when nothing changed: a stamp in the environment holds the digest of `requirements.lock`.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)

PIP_OPTIONS = ["--disable-pip-version-check", "--no-input", "--quiet", "--quiet", "--progress-bar", "off"]
INSTALL = ["install", *PIP_OPTIONS, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]


def main() -> int:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        return fail(f"Python 3.11 or newer is needed; this is {found} ({sys.executable}). Try: make PYTHON=python3.12")
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w") as lock:
        # Two targets may start at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if STAMP.exists() and STAMP.read_text() == digest() and PYTHON.exists():
            return 0
        print("Installing the packages of requirements.lock into .venv (a minute or two, once) ...", flush=True)  # noqa: T201
        status = install()
        if status == 0:
            STAMP.write_text(digest())
        return status


def digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def install() -> int:
    """Debian's python3 may lack ensurepip; then the pip outside installs into the environment."""
    make = [sys.executable, "-m", "venv", str(VENV)]
    if not PYTHON.exists() and run(make, quiet=True) != 0 and run([*make, "--without-pip"]) != 0:
        return fail("The virtual environment could not be made. Is the package python3-venv installed?")
    if run([str(PYTHON), "-m", "pip", "--version"], quiet=True) == 0:
        status = run([str(PYTHON), "-m", "pip", *INSTALL])
    elif run([sys.executable, "-m", "pip", "--version"], quiet=True) == 0:
        status = run([sys.executable, "-m", "pip", "--python", str(PYTHON), *INSTALL])
    else:
        return fail("There is no pip. Install the packages python3-venv or python3-pip of your system.")
    return status if status == 0 else fail("The packages could not be installed; see above.")


def run(command: "list[str]", *, quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    environment = {**os.environ, "PIP_NO_PYTHON_VERSION_WARNING": "1"}
    return subprocess.run(command, stdout=output, stderr=output, env=environment, check=False).returncode


def fail(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
