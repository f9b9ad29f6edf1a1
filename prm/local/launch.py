"""Replaces itself by a server program, after giving up root and tying the program's life to its starter's.

Run as a script with a bare interpreter (`python -I -S launch.py ...`), so it imports the standard library only.
It exists because the same steps in `preexec_fn` would run Python code between fork and exec of a threaded process.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilityData(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def _prctl(option: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(ctypes.c_int(option), *values) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _keep_only(capability: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    data = (_CapabilityData * 2)()
    bit = 1 << capability
    data[0] = _CapabilityData(bit, bit, bit)
    if libc.capset(ctypes.byref(header), data) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def become(account: str, capability: int | None) -> None:
    """Drop root for `account`; `capability` survives, for when the account cannot otherwise reach the checkout."""
    entry = pwd.getpwnam(account)
    if capability is not None:
        # Keeps capabilities over setuid and makes access(2) heed them, which initdb asks about `postgres`.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if capability is not None:
        _keep_only(capability)


def die_with(parent: int, signal_number: int) -> None:
    """Ask the kernel for `signal_number` when the starter dies; leave at once if it is already gone."""
    if sys.platform != "linux":
        return
    _prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        raise SystemExit(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--account")
    parser.add_argument("--capability", type=int)
    parser.add_argument("--parent", type=int)
    parser.add_argument("--death-signal", type=int)
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("argv", nargs="+")
    options = parser.parse_args()
    os.nice(options.nice)
    if options.account:
        become(options.account, options.capability)
    # After the change of user: the kernel clears the request when credentials change.
    if options.parent is not None:
        die_with(options.parent, options.death_signal)
    os.execv(options.argv[0], options.argv)  # noqa: S606 (replacing the process is the purpose)


if __name__ == "__main__":
    main()
