"""Running cases of one target, within bounds: processor time a case, memory of the process, and a hand on the plug.

A child process does the work and says of every case that it begins and how it ended, a line of JSON each. What kills the child
(a crash, no memory left, a case that never ends) is thereby known with its number, and the next child goes on behind it.
"""

import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

#: Of one case: seconds of processor, and bytes of memory above what the process had before it.
MOST_S, MOST_BYTES = 20.0, 600_000_000
#: Bytes a child may have beyond what it has when it is ready: past it an allocation fails.
ROOM = 1_500_000_000
#: Seconds without a word after which a child is killed: it waits for something that never comes.
SILENT_S = 180.0
_KEPT = 3000


@dataclass
class Target:
    """Something that takes what strangers send. `make` makes a case by dice, `take` is what must not break.

    `take` answers in a word what came of it. Raising anything is a fault.
    """

    name: str
    make: Callable[[random.Random], Any]
    take: Callable[[Any], str]
    #: Lets go of what the target holds.
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Fault:
    """A case that broke something, and how."""

    target: str
    case: int
    what: str


@dataclass
class Tally:
    """What came of the cases of one target."""

    target: str
    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    worst_s: float = 0.0
    worst_bytes: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, told: dict[str, Any]) -> None:
        """One case as a child tells of it."""
        self.cases += 1
        self.outcomes[told["outcome"]] += 1
        self.worst_s, self.worst_bytes = max(self.worst_s, told["s"]), max(self.worst_bytes, told["bytes"])
        what = told.get("fault") or _too_much(told)
        if what:
            self.faults.append(Fault(self.target, told["case"], what))

    def line(self) -> str:
        """In words."""
        came = ", ".join(f"{word} {count}" for word, count in sorted(self.outcomes.items()))
        return (
            f"{self.target:<14} {self.cases:>7} cases, worst {self.worst_s:6.2f} s and {self.worst_bytes / 1e6:6.1f} MB, "
            f"{len(self.faults)} faults ({came})"
        )


def _too_much(told: dict[str, Any]) -> str:
    if told["bytes"] > MOST_BYTES:
        return f"took {told['bytes'] / 1e6:.0f} MB"
    return ""


class TooSlow(BaseException):
    """A case has used up its processor time. No `except Exception` on the way may swallow it."""


def dice_of(seed: int, target: str, case: int) -> random.Random:
    """The dice of one case; the same for the same words."""
    return random.Random(f"{seed} {target} {case}")


def run_case(target: Target, seed: int, case: int) -> dict[str, Any]:
    """One case in this process, and what came of it."""
    dice = dice_of(seed, target.name, case)
    sent = target.make(dice)
    before, begun = _reset_peak(), time.monotonic()
    told: dict[str, Any] = {"case": case}
    try:
        told["outcome"] = target.take(sent)
    except TooSlow:
        told |= {"outcome": "too slow", "fault": f"used more than {MOST_S:.0f} s of processor"}
    except MemoryError:
        told |= {"outcome": "no memory", "fault": f"asked for more memory than there is\n{_words()}"}
    except Exception:
        told |= {"outcome": "broke", "fault": _words()}
    return told | {"s": round(time.monotonic() - begun, 3), "bytes": max(0, _peak() - before)}


def _words() -> str:
    return traceback.format_exc()[-_KEPT:]


def _reset_peak() -> int:
    """Begin to note the peak of memory anew; the bytes in use now."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return 0
    return _peak()


def _peak() -> int:
    """The peak of memory in bytes since it was last noted anew; 0 where the system does not tell."""
    try:
        with open("/proc/self/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


# --- the child --------------------------------------------------------------------------------------------------------


def serve(target: Target, seed: int, first: int) -> NoReturn:
    """Run cases from this one on until killed; what it does in this process alone, it says on standard output."""
    signal.signal(signal.SIGPROF, _stop)
    size = _size()
    # The soft limit alone: bounded processes of the program set their own, and may not raise a hard one.
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Whatever a target prints is no word of ours.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    case = first
    while True:
        _say(out, {"begins": case})
        signal.setitimer(signal.ITIMER_PROF, MOST_S)
        told = run_case(target, seed, case)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _say(out, told)
        case += 1


def _stop(*_args: Any) -> None:
    raise TooSlow


def _size() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _say(out: Any, words: dict[str, Any]) -> None:
    out.write(json.dumps(words) + "\n")
    out.flush()


# --- the parent -------------------------------------------------------------------------------------------------------


def watch(command: Callable[[int], list[str]], tally: Tally, *, seconds: float, cases: int, first: int = 0) -> None:
    """Have children run cases until the time is over or there were so many; `command(first)` starts one.

    The time begins when the first child has begun its first case, so that a slow start costs nothing of it.
    """
    case, until = first, 0.0
    while (not until or time.monotonic() < until) and tally.cases < cases:
        child = subprocess.Popen(command(case), stdout=subprocess.PIPE, start_new_session=True)
        begun = case - 1
        try:
            for told in _told(child):
                until = until or time.monotonic() + seconds
                if "begins" in told:
                    begun = told["begins"]
                    continue
                tally.add(told)
                if time.monotonic() >= until or tally.cases >= cases:
                    return
        finally:
            _end(child)
        if begun < case:
            raise RuntimeError(f"{tally.target}: a child ended before its first case (status {child.returncode})")
        tally.cases += 1
        tally.outcomes["killed"] += 1
        tally.faults.append(Fault(tally.target, begun, f"ended the process (status {child.returncode})"))
        case = begun + 1


def _told(child: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    """What it says, until it ends or falls silent."""
    assert child.stdout is not None
    pending = b""
    while select.select([child.stdout], [], [], SILENT_S)[0]:
        piece = os.read(child.stdout.fileno(), 65536)
        if not piece:
            return
        *lines, pending = (pending + piece).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
