"""What a worker returns for a job, as data: counts or expectation values, and how they came about.

An `Outcome` is what lies on disk; `qmagic.results` makes it something to use. Counts are kept as a table of
distinct outcomes: a million shots of a Bell are two rows. A table decodes without NumPy, so that a kernel shows a
histogram without importing it.
"""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from qmagic.tapes import LoopOutcome

__all__ = [
    "CountsTable", "EstimatedPub", "Outcome", "PartialCounts", "Register", "SampledPub", "StateTrace", "pack", "unpack",
]  # fmt: skip

#: How `struct` calls an unsigned integer of so many bytes.
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Register(msgspec.Struct, frozen=True, array_like=True):
    """A classical register: its name and the indices of its bits, lowest first."""

    name: str
    bits: tuple[int, ...]


class CountsTable(msgspec.Struct, frozen=True, array_like=True):
    """How often each outcome was seen, over all classical bits of the circuit.

    `outcomes` holds one row per distinct outcome, ascending: the value of all bits (bit 0 least significant)
    as a big-endian unsigned integer of ``ceil(num_bits / 8)`` bytes (at least 1). `counts` holds as many
    little-endian int64. The order of shots is not kept: it is drawn from `order_seed` when asked for.
    """

    outcomes: bytes
    counts: bytes
    order_seed: int

    def rows(self) -> list[tuple[int, int]]:
        """Returns ``(value, count)`` for each distinct outcome, ascending by value."""
        number = len(self.counts) // 8
        if number == 0:
            return []
        width = len(self.outcomes) // number
        counts = struct.unpack(f"<{number}q", self.counts)
        if width in _CODES:
            return list(zip(struct.unpack(f">{number}{_CODES[width]}", self.outcomes), counts, strict=True))
        values = [int.from_bytes(self.outcomes[i : i + width], "big") for i in range(0, number * width, width)]
        return list(zip(values, counts, strict=True))


class SampledPub(msgspec.Struct, frozen=True, tag="sampled"):
    """The counts of one PUB: one table per parameter point, C order over `shape`.

    `num_bits` counts the circuit's classical bits; `shots` is the number of shots of each point.
    """

    num_bits: int
    registers: tuple[Register, ...]
    shots: int
    tables: tuple[CountsTable, ...]
    shape: tuple[int, ...] = ()
    metadata: dict[str, Any] = {}


class EstimatedPub(msgspec.Struct, frozen=True, tag="estimated"):
    """The expectation values of one PUB: float64, little-endian, C order over `shape`.

    `stds` are standard errors. With `exact` they are 0 and no shots were taken. `shots` is the number of shots
    that each point took in all, over its measurement groups (float64 bytes are avoided: one int per point).
    """

    evs: bytes
    stds: bytes
    shape: tuple[int, ...] = ()
    exact: bool = False
    shots: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}


class PartialCounts(msgspec.Struct, frozen=True, array_like=True):
    """The counts of a job that still runs: `shots` of `total`. Never stored.

    `outcomes` has the most frequent of `distinct` bitstrings over the joined registers; `registers` their names and
    numbers of bits, lowest first.
    """

    shots: int
    total: int
    distinct: int
    registers: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]


class StateTrace(msgspec.Struct, frozen=True):
    """The state of a small circuit before its first gate and after each.

    `steps` says after what; `amplitudes` is complex128, little-endian, C order over ``(steps, 2 ** num_qubits)``,
    with qubit 0 as the least significant bit of an index.
    """

    num_qubits: int
    steps: tuple[str, ...]
    amplitudes: bytes


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The result of a job.

    A job of kind ``"state"`` has `states` and no `pubs`, one of kind ``"loop"`` a `loop` and no `pubs`.

    `circuits` are the circuits as run, as QPY; empty where the job's own source ran untouched. `seconds` has
    the wall time of each step (``parse``, ``transpile``, ``run``). `transpiled` has, for each circuit that was
    brought onto a device, ``device``, ``depth_before``, ``depth_after``, ``two_qubit_before``, ``two_qubit_after``,
    ``seed`` and ``layout``, and ``untouched`` where it fitted already. `notes` are sentences for the user.
    """

    pubs: tuple[SampledPub | EstimatedPub, ...]
    backend: str
    method: str = ""
    circuits: bytes = b""
    seconds: dict[str, float] = {}
    versions: dict[str, str] = {}
    transpiled: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    states: tuple[StateTrace, ...] = ()
    loop: LoopOutcome | None = None


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Outcome).decode


def pack(outcome: Outcome) -> bytes:
    """Returns the bytes of an outcome, as stored and sent."""
    return _ENCODE(outcome)


def unpack(data: bytes) -> Outcome:
    """Returns the outcome in `data`, which is checked while it is read."""
    return _DECODE(data)
