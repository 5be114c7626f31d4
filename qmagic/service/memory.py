"""What memory there is, and the watch that ends a job which takes more than its share."""

from __future__ import annotations

import os
from pathlib import Path

from qmagic.engines.local import LocalEngine
from qmagic.service.loops import Loops
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots

__all__ = ["MemoryWatch", "available_cores", "resident", "total_memory"]

#: A job may take this much more than it reserved (interpreter, libraries, copies) before it is stopped.
_SLACK = 1 << 30
_PAGE = os.sysconf("SC_PAGE_SIZE")


def total_memory() -> int:
    """Returns the memory that this process's group may use, in bytes: the cgroup's limit or the machine's."""
    physical = os.sysconf("SC_PHYS_PAGES") * _PAGE
    limits = [physical]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        if text.isdecimal():
            limits.append(int(text))
    return min(limits)


def available_cores() -> int:
    """Returns how many cores this process may use: affinity and the cgroup's quota, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        if quota != "max":
            cores = min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    return max(1, cores)


def resident(pid: int) -> int:
    """Returns the memory a process holds now (RSS, bytes); 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return 0
    except (OSError, IndexError):
        return 0
    import psutil  # not Linux

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


class MemoryWatch:
    """Looks at the real memory of workers and of loops' processes, and stops a job that is over its limit.

    Args:
        engine: Whose workers.
        manager: Who ends jobs.
        slots: What running jobs hold.
        loops: The hybrid loops, of which each may take what a single job may.
    """

    def __init__(self, engine: LocalEngine, manager: Manager, slots: Slots, loops: Loops) -> None:
        self._engine, self._manager, self._slots, self._loops = engine, manager, slots, loops

    def look(self) -> None:
        """Stops each running job whose worker holds more than the job reserved, with some slack, or than there is."""
        for job, pid, _ in self._loops.processes():
            if job and (held := resident(pid)) > self._slots.memory:
                allowed = self._slots.memory / 2**30
                self._loops.fail(
                    job, f"took {held / 2**30:.1f} GB of memory, more than the {allowed:.1f} GB that there are for "
                    "simulations; it was stopped, and its tape is kept",
                )  # fmt: skip
        running = {record.id: record for record in self._slots.running}
        if not running:
            return
        for worker in self._engine.workers:
            if not worker.calls or worker.calls[0].job not in running:
                continue
            record = running[worker.calls[0].job]
            allowed = min(self._slots.memory, 2 * record.reserved + _SLACK)
            held = resident(worker.process.pid)
            if held > allowed:
                more = f"took {held / 2**30:.1f} GB of memory, reserved were {record.reserved / 2**30:.1f} GB"
                if record.turned or self._manager.rerouting.turn(record.id, more):
                    continue
                self._manager.stop(
                    record.id,
                    f"took {held / 2**30:.1f} GB of memory, more than the {allowed / 2**30:.1f} GB it may have; "
                    "it was stopped and is not tried again",
                )
