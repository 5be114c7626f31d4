"""Shares of outcomes, as IonQ tells them, made into shots."""

from __future__ import annotations

import hashlib

import numpy as np

from qmagic.providers.measured import Shots

__all__ = ["shots_of_shares"]


def shots_of_shares(shares: dict[str, float], width: int, shots: int, simulated: str = "") -> Shots:
    """Returns shots of which IonQ tells the shares of outcomes: decimal numbers, whose lowest bit is qubit 0.

    Its simulator tells probabilities: shots are drawn from them, by the name `simulated`. What a QPU counted is counted
    again; where mitigation has changed the shares, they are rounded such that the shots add up.
    """
    values = np.fromiter(shares.values(), float)
    if simulated:
        seed = int.from_bytes(hashlib.sha256(simulated.encode()).digest()[:8], "big")
        counts = np.random.default_rng(seed).multinomial(shots, values / values.sum())
    else:
        parts = values / values.sum() * shots
        counts = np.floor(parts + 1e-9).astype(np.int64)
        counts[np.argsort(counts - parts, kind="stable")[: shots - counts.sum()]] += 1
    bits = [[int(outcome) >> qubit & 1 for qubit in range(width)] for outcome in shares]
    return Shots(np.asarray(bits, np.uint8).reshape(len(shares), width), counts.astype(np.int64))
