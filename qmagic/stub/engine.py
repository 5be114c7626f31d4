"""The stub's jobs: accepted, queued, run, ended; one engine for all four clouds.

A job is simulated as soon as it is accepted, in a process of its own; what it gives is held back until its time in the
queue and on the device has passed. So a job's life follows the stub's clock, and its states can be had at any speed.
Every change is on disk before anybody is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from qmagic.errors import ServiceError
from qmagic.stub.calibration import epoch_of
from qmagic.stub.clock import Clock
from qmagic.stub.faults import Faults
from qmagic.stub.jobs import Group, StubJob, StubStatus
from qmagic.stub.programs import Answer, Work
from qmagic.stub.settings import Settings
from qmagic.stub.store import Store
from qmagic.stub.workers import Workers

__all__ = ["Engine", "Finish"]

_ENCODE = msgspec.msgpack.Encoder().encode
_JOB = msgspec.msgpack.Decoder(StubJob).decode
_GROUP = msgspec.msgpack.Decoder(Group).decode
_SETTINGS = msgspec.msgpack.Decoder(Settings).decode
_FLOAT = msgspec.msgpack.Decoder(float).decode

#: Told a job and what its simulation gave, before the job is stored: the cloud reckons seconds and price.
Finish = Callable[[StubJob, Answer], None]


class Engine:
    """All jobs and groups of a stub.

    Args:
        store: Where they lie.
        workers: Who simulates.
    """

    def __init__(self, store: Store, workers: Workers) -> None:
        self.store = store
        self._workers = workers
        given = store.get("stub", "settings")
        self._settings = Settings() if given is None else _SETTINGS(given)
        skipped = store.get("stub", "skipped")
        self.clock = Clock(0.0 if skipped is None else _FLOAT(skipped))
        self.faults = Faults()
        self._jobs = {name: _JOB(data) for name, data in store.every("job").items()}
        self._groups = {name: _GROUP(data) for name, data in store.every("group").items()}
        self._finishes: dict[str, Finish] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    @property
    def settings(self) -> Settings:
        """How the clouds behave."""
        return self._settings

    def set(self, settings: Settings) -> None:
        """Changes how the clouds behave; a job that waits keeps the queue time that it was given."""
        now = self.clock.now()
        for job in self._jobs.values():
            self._settle(job)
            if job.status is StubStatus.QUEUED and self._settings.is_down(job.device):
                job.due = max(job.due, now)  # it starts now at the earliest, if the device comes back
                self._save(job)
        self.store.put("stub", "settings", _ENCODE(settings))
        self._settings = settings

    def on_finish(self, cloud: str, finish: Finish) -> None:
        """Has `finish` called for each job of a cloud whose simulation is through."""
        self._finishes[cloud] = finish

    def resume(self) -> None:
        """Simulates again what an earlier process had accepted and not finished."""
        for job in self._jobs.values():
            if not job.status.final and job.computed is None:
                self._start(job)

    def submit(
        self,
        cloud: str,
        device: str,
        data: bytes,
        program: str,
        facts: dict[str, Any],
        *,
        id: str = "",
        tags: Iterable[str] = (),
        group: str = "",
    ) -> StubJob:
        """Accepts a job; one that is there already, by its id, is returned as it is.

        Args:
            cloud: Which face it came in by.
            device: The device, by the cloud's name.
            data: What the client sent; kept as it is.
            program: Who simulates it (`programs`).
            facts: What its cloud needs to answer for it.
            id: Its id; made up where the cloud makes them.
            tags: What the client tagged it with.
            group: Its session or batch.
        """
        if id in self._jobs:
            return self._jobs[id]
        now, settings = self.clock.now(), self._settings
        waits = 0.0 if group and self._is_active(group) else settings.queue
        job = StubJob(
            id=id or secrets.token_hex(10),
            cloud=cloud,
            device=device,
            created=now,
            due=now + waits,
            seed=self._seed(),
            lasts=settings.run,
            tags=tuple(tags),
            group=group,
            facts={**facts, "simulator": program, "epoch": epoch_of(now, settings.drift), "drift": settings.drift},
        )
        self.store.put("input", job.id, data)
        self._jobs[job.id] = job
        self._save(job)
        self._start(job)
        return job

    async def ask(self, program: str, device: str) -> bytes:
        """Returns the description of a device, in its cloud's own schema, made where the vendors' code is loaded."""
        answer = await self._workers.run(
            Work(program=program, device=device, seed=0, data=b"", facts={"describe": True})
        )
        if answer.error:
            raise ServiceError(answer.error)
        return answer.result

    def job(self, id: str) -> StubJob | None:
        """Returns a job as it stands now, None where there is none."""
        job = self._jobs.get(id)
        if job is not None:
            self._settle(job)
        return job

    def jobs(self, cloud: str) -> list[StubJob]:
        """Returns all jobs of a cloud as they stand now, newest first."""
        found = [job for job in self._jobs.values() if job.cloud == cloud]
        for job in found:
            self._settle(job)
        return sorted(found, key=lambda job: (-job.created, job.id))

    def polled(self, job: StubJob) -> None:
        """Moves virtual time on to a job's next change, once the client was told how it stands."""
        if self._settings.time == "virtual" and not job.status.final and not self._settings.is_down(job.device):
            queued = job.status is StubStatus.QUEUED
            self.clock.skip_to(job.due if queued else (job.started or job.due) + job.lasts)
            self.store.put("stub", "skipped", _ENCODE(self.clock.skipped))

    def waiting(self, device: str) -> int:
        """Returns how many jobs wait at a device."""
        return sum(job.status is StubStatus.QUEUED and job.device == device for job in self._jobs.values())

    def input(self, job: StubJob) -> bytes:
        """Returns what the client sent."""
        return self.store.get("input", job.id) or b""

    def result(self, job: StubJob) -> bytes:
        """Returns what the simulation gave."""
        return self.store.get("result", job.id) or b""

    def cancel(self, job: StubJob) -> bool:
        """Ends a job that has not ended; returns whether it did."""
        self._settle(job)
        if job.status.final:
            return False
        job.status, job.ended = StubStatus.CANCELLED, self.clock.now()
        if running := self._running.pop(job.id, None):
            running.cancel()
        self._save(job)
        return True

    def delete(self, job: StubJob) -> None:
        """Forgets a job."""
        self.cancel(job)
        del self._jobs[job.id]
        for kind in ("job", "input", "result"):
            self.store.delete(kind, job.id)

    def tag(self, job: StubJob, tags: Iterable[str]) -> None:
        """Replaces a job's tags."""
        job.tags = tuple(tags)
        self._save(job)

    def group(self, id: str) -> Group | None:
        """Returns a session or batch, None where there is none."""
        return self._groups.get(id)

    def groups(self, cloud: str) -> list[Group]:
        """Returns all sessions and batches of a cloud, oldest first."""
        return sorted([group for group in self._groups.values() if group.cloud == cloud], key=lambda one: one.created)

    def save_group(self, group: Group) -> None:
        """Stores a session or batch, new or changed."""
        self._groups[group.id] = group
        self.store.put("group", group.id, _ENCODE(group))

    def members(self, group: str) -> list[StubJob]:
        """Returns the jobs of a session or batch as they stand now, oldest first."""
        found = [job for job in self._jobs.values() if job.group == group]
        for job in found:
            self._settle(job)
        return sorted(found, key=lambda job: job.created)

    def clear(self) -> None:
        """Forgets all jobs, groups and objects, and every fault to come; settings stay."""
        for running in self._running.values():
            running.cancel()
        self._running.clear()
        self._jobs.clear()
        self._groups.clear()
        for kind in ("job", "input", "result", "group", "object"):
            self.store.clear(kind)
        self.faults.plan(())

    def close(self) -> None:
        """Ends the simulations; unfinished jobs run again when the stub next starts."""
        self._workers.close()
        self.store.close()

    def _is_active(self, group: str) -> bool:
        """Tells whether a session holds its device: then its next job starts at once."""
        return any(job.started is not None for job in self.members(group))

    def _seed(self) -> int:
        if self._settings.seed is None:
            return secrets.randbits(31)
        text = f"{self._settings.seed} {len(self._jobs)}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1

    def _start(self, job: StubJob) -> None:
        self._running[job.id] = asyncio.get_running_loop().create_task(self._simulate(job))

    async def _simulate(self, job: StubJob) -> None:
        facts = job.facts
        if random.Random(job.seed).random() < self._settings.fail:
            answer = Answer(error="the device lost its calibration while the job ran (a fault of the stub's settings)")
        else:
            answer = await self._workers.run(
                Work(
                    program=facts["simulator"],
                    device=job.device,
                    drift=facts["drift"],
                    epoch=facts["epoch"],
                    seed=job.seed,
                    data=self.input(job),
                    facts=facts,
                )
            )
        if job.status.final:  # cancelled meanwhile
            return
        self.store.put("result", job.id, answer.result)
        job.error, job.shots, job.computed = answer.error, answer.shots, self.clock.now()
        if finish := self._finishes.get(job.cloud):
            finish(job, answer)
        self._running.pop(job.id, None)
        self._settle(job)
        self._save(job)

    def _settle(self, job: StubJob) -> None:
        """Brings a job's status up to the stub's time."""
        now, before = self.clock.now(), job.status
        if job.status is StubStatus.QUEUED and now >= job.due and not self._settings.is_down(job.device):
            job.status, job.started = StubStatus.RUNNING, job.due
        if job.status is StubStatus.RUNNING and job.computed is not None and job.started is not None:
            end = max(job.started + job.lasts, job.computed)
            if now >= end:
                job.status, job.ended = StubStatus.FAILED if job.error else StubStatus.DONE, end
        if job.status is not before:
            self._save(job)

    def _save(self, job: StubJob) -> None:
        self.store.put("job", job.id, _ENCODE(job))
