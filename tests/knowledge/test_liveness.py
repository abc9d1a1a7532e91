from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

from django.utils import timezone

from knowledge.liveness import get_holder, is_alive, read_state

NOW = timezone.now()
PATIENCE = timedelta(minutes=1)


def alive(holder: str, ago: timedelta = timedelta()) -> bool:
    return is_alive(holder, heartbeat_at=NOW - ago, now=NOW, patience=PATIENCE)


def test_this_process_is_alive():
    assert alive(get_holder())


def test_a_process_that_is_gone_is_dead_whatever_its_heartbeat():
    host = get_holder().partition(":")[0]

    assert not alive(f"{host}:4194303:1")


def test_another_process_with_the_same_number_is_not_the_holder():
    host = get_holder().partition(":")[0]

    assert read_state(os.getpid()) != ("R", "1")
    assert not alive(f"{host}:{os.getpid()}:1")


def test_a_process_elsewhere_is_judged_by_its_heartbeat():
    assert alive("elsewhere:1:1", PATIENCE / 2)
    assert not alive("elsewhere:1:1", PATIENCE * 2)


def test_a_holder_that_never_gave_a_sign_is_dead():
    assert not is_alive("elsewhere:1:1", heartbeat_at=None, now=NOW, patience=PATIENCE)


def test_a_killed_process_that_nobody_has_waited_for_is_dead():
    host = get_holder().partition(":")[0]
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    state = read_state(process.pid)
    assert state is not None
    holder = f"{host}:{process.pid}:{state[1]}"
    assert alive(holder)

    process.kill()
    # Waits for its end without collecting it, so that it stays as a zombie.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert not alive(holder)
    process.communicate()
