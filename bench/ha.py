"""Whether an acknowledged report outlives the machine that acknowledged it: Patroni, etcd and HAProxy from Debian's packages.

Three nodes in network namespaces (deploy/ha/cluster.sh), a synchronous replica, linli writing through HAProxy. Under load the
node that leads is killed, and once more its network is cut. Every report that was answered with 201 must be there afterwards.
"""

import asyncio
import json
import random
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from linli.intake.proving import CONNECTIONS, LINLI, Devices, Home, assert_digested, assert_whole, on_postgres
from linli.intake.testing import request_bytes, wire

CLUSTER = Path(__file__).resolve().parent.parent / "deploy" / "ha" / "cluster.sh"
PROXY = {"HOST": "10.231.77.10", "PORT": "5000", "USER": "linli"}
#: Reports a second that the senders try to send, seconds of load before a node is lost, and after it is replaced.
#: While it comes back they go on: that is when a leader of before may do harm.
PACE, BEFORE_S, AFTER_S, BACK_S = 40, 6.0, 6.0, 15.0
GIVE_UP_S = 180.0
_PAUSE_S = 0.2
Say = Callable[[str], None]


def run(say: Say) -> None:
    """Bring it up, lose a machine in two ways, count; says what is missing where it cannot run."""
    missing = subprocess.run([CLUSTER, "missing"], capture_output=True, text=True)
    if missing.returncode:
        say(f"Not measured: it needs {missing.stdout.strip()}.")
        return
    with tempfile.TemporaryDirectory(prefix="linli-ha-") as folder:
        # PostgreSQL runs as another user.
        Path(folder).chmod(0o711)
        with _cluster(Path(folder) / "cluster") as seconds:
            say(f"three nodes, a leader and its synchronous replica after {seconds:.0f} s")
            (Path(folder) / "linli").mkdir()
            with on_postgres(Path(folder) / "linli", PROXY) as home:
                _measure(home, Path(folder), say)


@contextmanager
def _cluster(folder: Path) -> Iterator[float]:
    """The cluster, and after how many seconds it was whole. Nothing of it is left behind."""
    begun = time.monotonic()
    try:
        _tell("up", str(folder))
        yield time.monotonic() - begun
    finally:
        _tell("down")


def _tell(*words: str) -> str:
    ran = subprocess.run([CLUSTER, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ran.returncode:
        raise RuntimeError(f"cluster.sh {' '.join(words)}: {ran.stderr.strip()}")
    return ran.stdout.strip()


def _measure(home: Home, folder: Path, say: Say) -> None:
    # All tables are made by the first command; on a busy machine that takes longer than any other.
    subprocess.run([*LINLI, "work", "--once"], env=home.environment, check=True, capture_output=True, timeout=600)
    home.furnish(folder)
    senders = _Senders(home, random.Random(1))
    home.start("serve", "work")
    try:
        for what, lose, bring_back in (
            ("every process of the leader killed", _kill, lambda node: _tell("start", str(folder / "cluster"), node)),
            ("the leader's network cut", lambda node: _tell("cut", node), lambda node: _tell("mend", node)),
        ):
            leader = _tell("leader")
            say(senders.through(what, partial(lose, leader), partial(bring_back, leader)))
            _tell("safe")
        asyncio.run(senders.send(senders.unanswered()))
        assert_digested(home)
        home.stop()
    finally:
        if home.running:
            home.reap()
    lost = set(senders.answered) - {str(device) for (device,) in home.query("SELECT device_id FROM intake_kept")}
    assert not lost, f"{len(lost)} of {len(senders.answered)} acknowledged reports are lost."
    assert (senders.wrong, senders.unanswered()) == ([], []), senders.wrong[:3]
    assert_whole(home, senders)
    say(f"{len(senders.answered):,} reports acknowledged: 0 lost, 0 doubled, journal whole; {_rejoined()}")


def _kill(node: str) -> None:
    _tell("kill", node)


def _rejoined() -> str:
    members = json.loads(_tell("status"))["members"]
    roles = sorted(one["role"] for one in members if one["state"] in ("running", "streaming"))
    return f"nodes at the end: {', '.join(roles)}"


class _Senders(Devices):
    """Phones that go on sending: what was not answered with 201 is sent again, under the same id."""

    def __init__(self, home: Home, dice: random.Random) -> None:
        super().__init__(home, dice)
        self.refused: Counter[int] = Counter()
        self.acknowledged_at: list[float] = []

    def _note(self, report: str, status: int, body: bytes) -> None:
        if status >= 500:
            # “Not now”: the phone keeps it.
            self.refused[status] += 1
            return
        if status == 201:
            self.acknowledged_at.append(time.monotonic())
        super()._note(report, status, body)

    def through(self, what: str, lose: Callable[[], Any], bring_back: Callable[[], Any]) -> str:
        """Send for a while, lose a machine, go on until reports are kept again and it is back; what is to be told of it."""
        stop, lost_at = threading.Event(), 0.0
        self.acknowledged_at.clear()
        self.refused.clear()
        sending = threading.Thread(target=lambda: asyncio.run(self._keep_sending(stop)))
        sending.start()
        try:
            time.sleep(BEFORE_S)
            lost_at = time.monotonic()
            lose()
            self._wait_until_kept_again(lost_at)
            time.sleep(AFTER_S)
            bring_back()
            time.sleep(BACK_S)
        finally:
            stop.set()
            sending.join()
        gap = _longest_silence(self.acknowledged_at)
        before = sum(moment < lost_at for moment in self.acknowledged_at)
        told = ", ".join(f"{count:,} times {status}" for status, count in sorted(self.refused.items()))
        return (
            f"{what} after {before:,} acknowledged reports: reports are kept again after {gap:.1f} s; "
            f"meanwhile {told or 'none'} answered “not now”, {len(self.unanswered()):,} reports still to send"
        )

    def _wait_until_kept_again(self, lost_at: float) -> None:
        """Until a report was acknowledged after none had been for a while: the first ones may have been on their way."""
        while time.monotonic() - lost_at < GIVE_UP_S:
            time.sleep(_PAUSE_S)
            known = [moment for moment in self.acknowledged_at if moment > lost_at]
            if known and _longest_silence([lost_at, *known]) > 2 and time.monotonic() - known[-1] < 1:
                return
        raise AssertionError(f"No report was kept for {GIVE_UP_S:.0f} s.")

    async def _keep_sending(self, stop: threading.Event) -> None:
        """New reports at a steady pace; those without an answer are sent again, a connection each."""
        under_way: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            waiting = self.unanswered()[:PACE]
            for report in [*waiting, *self.new(PACE - len(waiting))]:
                if len(under_way) < CONNECTIONS:
                    task = asyncio.create_task(self._send_one(report))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
            await asyncio.sleep(1)
        if under_way:
            await asyncio.wait(under_way, timeout=60)

    async def _send_one(self, report: str) -> None:
        with suppress(ConnectionError, OSError):
            async with wire(self.home.port) as one:
                self._note(
                    report, *await one.ask(request_bytes("/intake/v1/reports", self.sent[report], key=self.home.key))
                )


def _longest_silence(moments: list[float]) -> float:
    return max((later - earlier for earlier, later in zip(moments, moments[1:], strict=False)), default=0.0)
