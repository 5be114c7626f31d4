"""Qiskit's own result containers, made from an `Outcome` on first use.

Qiskit's algorithms check for these very classes, so they are not imitated. Sampled PUBs become a
`SamplerPubResult` with one `BitArray` for each register; estimated ones a `PubResult` with ``evs`` and ``stds``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results import bits, shots

if TYPE_CHECKING:
    from qiskit.primitives import PubResult

__all__ = ["pub_result"]


def pub_result(pub: SampledPub | EstimatedPub) -> PubResult:
    """Returns Qiskit's result of one PUB.

    Raises:
        InputError: Points kept different numbers of shots (BitArray cannot hold that), or the shots do not fit in
        memory.
    """
    return _sampled(pub) if isinstance(pub, SampledPub) else _estimated(pub)


def _sampled(pub: SampledPub) -> PubResult:
    import numpy as np
    from qiskit.primitives import BitArray, DataBin, SamplerPubResult

    per_point = [shots.table_counts(one) for one in pub.tables]
    numbers = sorted({int(counts.sum()) for counts in per_point})
    if len(numbers) > 1:
        raise InputError(
            f"the points kept different numbers of shots ({numbers[0]:,} to {numbers[-1]:,}), which Qiskit's BitArray "
            "cannot hold; use counts(point=...)"
        )
    number = numbers[0] if numbers else pub.shots
    registers = bits.layout(pub)
    width = sum(-(-len(one.bits) // 8) for one in registers)
    shots.check_memory(number * len(pub.tables) * (width + 4), number * len(pub.tables))
    arrays = [np.empty((len(pub.tables), number, -(-len(one.bits) // 8)), np.uint8) for one in registers]
    for at, (table, counts) in enumerate(zip(pub.tables, per_point, strict=True)):
        # One order for all registers: the bits of a shot stay together.
        order = shots.arrangement(counts, table.order_seed)
        for array, one in zip(arrays, registers, strict=True):
            packed = np.ascontiguousarray(shots.packed_rows(table, one.bits, pub.num_bits))
            # A row is taken as one number (or block) of its width: four times faster than byte by byte.
            whole = {1: "u1", 2: "u2", 4: "u4", 8: "u8"}.get(packed.shape[1], f"V{packed.shape[1]}")
            array[at].view(whole)[:, 0] = packed.view(whole)[:, 0].take(order)
    data = {
        one.name: BitArray(array.reshape(*pub.shape, *array.shape[1:]), len(one.bits))
        for one, array in zip(registers, arrays, strict=True)
    }
    return SamplerPubResult(DataBin(**data, shape=pub.shape), {"shots": number, **pub.metadata})


def _estimated(pub: EstimatedPub) -> PubResult:
    import numpy as np
    from qiskit.primitives import DataBin, PubResult

    data = {
        name: np.frombuffer(raw, "<f8").reshape(pub.shape).copy()
        for name, raw in (("evs", pub.evs), ("stds", pub.stds))
    }
    metadata: dict[str, Any] = {"exact": pub.exact}
    if pub.shots:
        metadata["shots"] = pub.shots[0] if len(set(pub.shots)) == 1 else pub.shots
    return PubResult(DataBin(**data, shape=pub.shape), {**metadata, **pub.metadata})
