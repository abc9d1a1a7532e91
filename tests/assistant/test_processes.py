"""Children are shown, watched and stopped together. Each test runs real, small programs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from assistant.processes import Ended, ProcessPlan, Supervisor

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="watches by pidfd, Linux only")

SLEEPS = "import signal; print('up', flush=True); signal.pause()"
# Ends only when it is killed.
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
# Says that it was told to stop, and ends well. It waits for the signal itself: one that comes just
# before a pause() would not end the pause.
OBEDIENT = (
    "import signal\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
    "print('up', flush=True)\n"
    "signal.sigwait({signal.SIGTERM})\n"
    "print('told', flush=True)\n"
)
# Leaves a process of its own behind, and says its number.
PARENT = (
    "import signal, subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}], stdout=subprocess.PIPE)\n"
    "child.stdout.readline()\n"
    "print(child.pid, flush=True)\n"
    "signal.pause()\n"
)


class Output:
    """What was shown, and a way to wait until a line has been."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.changed = asyncio.Event()

    def show(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        self.changed.set()

    async def line_from(self, name: str, number: int = 0) -> str:
        while len(lines := [line for owner, line in self.lines if owner == name]) <= number:
            self.changed.clear()
            await self.changed.wait()
        return lines[number]


def plan(name: str, code: str, **more) -> ProcessPlan:
    return ProcessPlan(name=name, command=(sys.executable, "-c", code), **more)


async def end_of(watch: int) -> None:
    """Wait until the process that a pidfd watches has ended."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(watch, ended.set)
    await ended.wait()
    loop.remove_reader(watch)
    os.close(watch)


async def test_each_line_is_shown_with_the_name_of_the_process_that_printed_it():
    output = Output()
    supervisor = Supervisor(output.show)

    await supervisor.start(plan("web", "print('first'); print('second', end='')"))
    await supervisor.first_end
    await supervisor.stop()

    assert output.lines == [("web", "first"), ("web", "second")]


async def test_what_goes_wrong_is_shown_too():
    output = Output()
    supervisor = Supervisor(output.show)

    await supervisor.start(plan("web", "import sys; print('no port', file=sys.stderr)"))
    await supervisor.first_end
    await supervisor.stop()

    assert output.lines == [("web", "no port")]


async def test_a_process_gets_its_environment_and_its_folder(tmp_path):
    output = Output()
    supervisor = Supervisor(output.show)
    code = "import os; print(os.environ['REDIS_URL'], os.getcwd())"

    await supervisor.start(plan("web", code, environment={"REDIS_URL": "here"}, folder=tmp_path))
    await supervisor.first_end
    await supervisor.stop()

    assert output.lines == [("web", f"here {tmp_path}")]


async def test_when_one_ends_the_others_are_stopped_and_it_is_named():
    output = Output()
    supervisor = Supervisor(output.show)

    async def bring_up() -> None:
        await supervisor.start(plan("web", SLEEPS))
        await output.line_from("web")
        await supervisor.start(plan("worker", "raise SystemExit(3)"))

    ended = await supervisor.supervise(bring_up)

    assert ended == Ended("worker", 3)
    assert all(child.process.returncode is not None for child in supervisor.children)


async def test_a_stop_that_was_asked_for_names_nobody():
    output = Output()
    supervisor = Supervisor(output.show)

    async def bring_up() -> None:
        await supervisor.start(plan("web", OBEDIENT))
        await output.line_from("web")
        supervisor.ask_to_stop()

    ended = await supervisor.supervise(bring_up)

    assert ended is None
    assert ("web", "told") in output.lines


async def test_what_others_need_is_stopped_last():
    output = Output()
    supervisor = Supervisor(output.show)

    async def bring_up() -> None:
        await supervisor.start(plan("redis", OBEDIENT, outlives_others=True))
        await supervisor.start(plan("web", OBEDIENT))
        await output.line_from("redis")
        await output.line_from("web")
        supervisor.ask_to_stop()

    await supervisor.supervise(bring_up)

    assert [name for name, line in output.lines if line == "told"] == ["web", "redis"]


async def test_a_process_that_will_not_stop_is_killed():
    output = Output()
    supervisor = Supervisor(output.show, stop_patience_seconds=0)

    await supervisor.start(plan("worker", STUBBORN))
    await output.line_from("worker")
    await supervisor.stop()

    assert supervisor.children[0].process.returncode == -signal.SIGKILL


async def test_asked_twice_nobody_is_waited_for():
    output = Output()
    supervisor = Supervisor(output.show, stop_patience_seconds=3600)

    async def bring_up() -> None:
        await supervisor.start(plan("worker", STUBBORN))
        await output.line_from("worker")
        supervisor.ask_to_stop()
        supervisor.ask_to_stop()

    ended = await supervisor.supervise(bring_up)

    assert ended is None
    assert supervisor.children[0].process.returncode == -signal.SIGKILL


@linux_only
async def test_what_a_process_leaves_behind_is_ended_with_it():
    output = Output()
    supervisor = Supervisor(output.show)
    await supervisor.start(plan("worker", PARENT))
    left_behind = os.pidfd_open(int(await output.line_from("worker")))

    await supervisor.stop()

    await end_of(left_behind)


async def test_an_end_is_noticed_though_something_is_left_behind():
    output = Output()
    supervisor = Supervisor(output.show)

    async def bring_up() -> None:
        await supervisor.start(plan("worker", PARENT))
        await output.line_from("worker")
        supervisor.children[0].process.kill()

    ended = await supervisor.supervise(bring_up)

    assert ended == Ended("worker", -signal.SIGKILL)


async def test_a_failure_while_bringing_up_stops_what_is_there_and_is_told():
    output = Output()
    supervisor = Supervisor(output.show)

    async def bring_up() -> None:
        await supervisor.start(plan("redis", SLEEPS))
        await output.line_from("redis")
        raise LookupError("no database")

    with pytest.raises(LookupError, match="no database"):
        await supervisor.supervise(bring_up)

    assert supervisor.children[0].process.returncode == -signal.SIGTERM


async def test_a_stop_while_bringing_up_interrupts_what_is_being_run(tmp_path):
    supervisor = Supervisor(Output().show)
    os.mkfifo(tmp_path / "words")
    code = (
        "import signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\n"
        f"words = open({str(tmp_path / 'words')!r}, 'w', buffering=1)\n"
        "print('up', file=words)\n"
        "signal.sigwait({signal.SIGINT})\n"
        "print('interrupted', file=words)\n"
    )

    async def bring_up() -> None:
        await supervisor.run_to_end(plan("prepare", code))

    async def stop_when_up() -> list[str]:
        words = await asyncio.to_thread(open, tmp_path / "words")
        with words:
            first = await asyncio.to_thread(words.readline)
            supervisor.ask_to_stop()
            return [first, *await asyncio.to_thread(words.readlines)]

    ended, words = await asyncio.gather(supervisor.supervise(bring_up), stop_when_up())

    assert ended is None
    assert words == ["up\n", "interrupted\n"]


async def test_what_is_run_to_its_end_gives_its_exit_status():
    supervisor = Supervisor(Output().show)

    exit_code = await supervisor.run_to_end(plan("prepare", "raise SystemExit(4)"))

    assert exit_code == 4


async def test_a_line_without_an_end_is_shown_in_pieces(monkeypatch):
    monkeypatch.setattr("assistant.processes.LINE_LIMIT_BYTES", 10)
    output = Output()
    supervisor = Supervisor(output.show)

    await supervisor.start(plan("web", "print('x' * 200_000, end='')"))
    await supervisor.first_end
    await supervisor.stop()

    assert len(output.lines) > 1
    assert "".join(line for _, line in output.lines) == "x" * 200_000


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (Ended("web", 3), "web ended with exit status 3"),
        (Ended("web", 0), "web ended with exit status 0"),
        (Ended("worker", -9), "worker was killed by SIGKILL"),
        (Ended("worker", -200), "worker was killed by signal 200"),
    ],
)
def test_how_a_process_ended_is_said_in_words(ended, words):
    assert str(ended) == words


@linux_only
async def test_children_are_stopped_when_the_supervisor_itself_is_killed():
    supervising = (
        "import asyncio, sys\n"
        "from assistant.processes import ProcessPlan, Supervisor\n"
        "async def main():\n"
        "    supervisor = Supervisor(lambda name, line: print(line, flush=True))\n"
        "    code = 'import os, signal; print(os.getpid(), flush=True); signal.pause()'\n"
        "    plan = ProcessPlan(name='web', command=(sys.executable, '-c', code))\n"
        "    await supervisor.start(plan)\n"
        "    await supervisor.stop_asked.wait()\n"
        "asyncio.run(main())\n"
    )
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", supervising, stdout=asyncio.subprocess.PIPE
    )
    child = int(await supervisor.stdout.readline())
    watch = os.pidfd_open(child)

    supervisor.kill()
    await supervisor.wait()

    await end_of(watch)
