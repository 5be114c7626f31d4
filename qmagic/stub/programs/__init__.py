"""What runs in a simulation's process: a job's input, as its cloud takes it, to its result, as its cloud gives it.

`run` is the only way in. Each cloud has a file with a function ``run(work) -> Answer``, imported with its first job.
"""

from __future__ import annotations

import importlib
from typing import Any

import msgspec

__all__ = ["Answer", "Work", "run"]


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A job to simulate.

    Attributes:
        program: The module of this package that knows its input.
        device: The device, by the cloud's name.
        drift: Spread of its calibration; see `settings`.
        epoch: Which calibration of the device holds.
        seed: Seed of everything random.
        data: The input, as the client sent it.
        facts: What else its cloud knows of the job.
    """

    program: str
    device: str
    drift: float = 0.0
    epoch: int = 0
    seed: int
    data: bytes
    facts: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a job gave: its result as its cloud gives it, or an error in words.

    Attributes:
        result: The result.
        error: Why there is none.
        shots: Shots, all circuits and points together.
        executions: Circuits that were run, all points and bases counted.
        facts: What its cloud wants to know of the result.
    """

    result: bytes = b""
    error: str = ""
    shots: int = 0
    executions: int = 0
    facts: dict[str, Any] = {}


def run(work: Work) -> Answer:
    """Returns what the job gives; whatever goes wrong is the job's error."""
    try:
        module = importlib.import_module(f"qmagic.stub.programs.{work.program}")
        answer: Answer = module.run(work)
    except Exception as error:  # noqa: BLE001 - what a job gives may be an error of any kind
        return Answer(error=f"{type(error).__name__}: {error}"[:2000])
    return answer
