from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from prm.local.layout import ROOT
from prm.testing.processes import wait_until

STARTER = """
import sys, time
from prm.testing.processes import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its starter's death")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_stopped_run_started_ends_with_it(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        sleeper = psutil.Process(int(run.stdout.readline()))
        assert sleeper.is_running()
        run.send_signal(how)
        wait_until(lambda: not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE, 10, "its end")
