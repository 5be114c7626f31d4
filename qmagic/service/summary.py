"""The service as a whole, for ``python -m qmagic status`` and the handshake."""

from __future__ import annotations

import os
from pathlib import Path

from qmagic.engines.local import LocalEngine
from qmagic.protocol import PROTOCOL, ServiceStatus, WorkerStatus
from qmagic.service.manager import Manager
from qmagic.service.memory import resident
from qmagic.service.slots import Slots
from qmagic.service.store import Store
from qmagic.version import __version__

__all__ = ["loop_workers", "summary"]


def summary(
    home: Path, started: float, store: Store, manager: Manager, engine: LocalEngine, slots: Slots, clients: int
) -> ServiceStatus:
    """Returns what can be said of the service now."""
    workers = [
        WorkerStatus(
            worker.process.pid, worker.state, worker.environment.executable, [call.job for call in worker.calls],
            resident(worker.process.pid),
        )
        for worker in engine.workers
    ]  # fmt: skip
    return ServiceStatus(
        pid=os.getpid(),
        version=__version__,
        protocol=PROTOCOL,
        home=str(home),
        started=started,
        slots=slots.number,
        memory_limit=slots.memory,
        memory_reserved=slots.reserved,
        jobs=manager.living.counts(),
        workers=workers,
        clients=clients,
        store_bytes=sum(_size(store.path.with_name(store.path.name + suffix)) for suffix in ("", "-wal")),
        notices=[store.notice] if store.notice else [],
        disk_full=bool(store.trouble),
    )


def loop_workers(processes: list[tuple[str, int, str]]) -> list[WorkerStatus]:
    """Returns the processes of loops as workers: the job, the process and the interpreter of each."""
    return [
        WorkerStatus(pid, "loop" if job else "free", executable, [job] if job else [], resident(pid))
        for job, pid, executable in processes
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
