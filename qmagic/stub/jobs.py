"""A job at one of the stub's clouds, and a group of jobs (session, batch), as they lie on disk."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

__all__ = ["Group", "StubJob", "StubStatus"]


class StubStatus(enum.StrEnum):
    """Where a job stands; each cloud has its own words for it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (StubStatus.QUEUED, StubStatus.RUNNING)


class StubJob(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A job; times are the stub's (`clock`), in seconds since the epoch.

    Attributes:
        id: Unique over all clouds.
        cloud: Which face it came in by.
        device: The device, by the cloud's own name.
        created: When it was accepted.
        due: When it may start.
        lasts: Seconds that it runs at least.
        seed: Seed of its simulation.
        status: As of the last look.
        started: When it started.
        ended: When it ended.
        computed: When its simulation was through; its result (or `error`) is there from then on.
        error: Why it failed; "" where it did not.
        shots: Shots, all circuits together; 0 before the simulation.
        seconds: Seconds of device time that it takes, by the cloud's rule.
        cost: Its price in USD.
        tags: What the client tagged it with.
        group: The session or batch that it belongs to.
        facts: What its cloud needs to answer for it.
    """

    id: str
    cloud: str
    device: str
    created: float
    due: float
    seed: int
    lasts: float = 0.0
    status: StubStatus = StubStatus.QUEUED
    started: float | None = None
    ended: float | None = None
    computed: float | None = None
    error: str = ""
    shots: int = 0
    seconds: float = 0.0
    cost: float = 0.0
    tags: tuple[str, ...] = ()
    group: str = ""
    facts: dict[str, Any] = {}


class Group(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A session or a batch of jobs."""

    id: str
    cloud: str
    device: str
    created: float
    open: bool = True
    closed: float | None = None
    facts: dict[str, Any] = {}
