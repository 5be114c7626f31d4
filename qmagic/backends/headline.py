"""An outcome in a few words, for lists of jobs; the worker writes it, so that who lists reads no outcomes."""

from __future__ import annotations

import math

from qmagic.backends import trace
from qmagic.outcomes import EstimatedPub, Outcome, SampledPub

__all__ = ["headline"]


def headline(outcome: Outcome) -> str:
    """Returns an outcome in a few words, for lists of jobs: ``00 512, 11 512`` or ``ZZ = 0.981 ± 0.006``."""
    if not outcome.pubs:
        return trace.headline(outcome)
    first, more = outcome.pubs[0], len(outcome.pubs) - 1
    text = _likeliest(first) if isinstance(first, SampledPub) else _value(first)
    points = math.prod(first.shape)
    rest = ([f"{points} points"] if points > 1 else []) + ([f"{more} more circuits"] if more else [])
    return f"{text} ({', '.join(rest)})" if rest else text


def _likeliest(pub: SampledPub, most: int = 3, widest: int = 24) -> str:
    rows = sorted(pub.tables[0].rows(), key=lambda row: (-row[1], row[0])) if pub.tables else []
    shown = [f"{_bits(value, pub.num_bits, widest)} {count}" for value, count in rows[:most]]
    return ", ".join(shown + (["…"] if len(rows) > most else []))


def _bits(value: int, width: int, widest: int) -> str:
    return f"{value:0{width}b}" if width <= widest else f"0x{value:x}"


def _value(pub: EstimatedPub) -> str:
    import struct

    value, error = (struct.unpack_from("<d", data)[0] for data in (pub.evs, pub.stds))
    label = f"{pub.labels[0][:40]} = " if pub.labels else ""
    return f"{label}{value:.6g}" + ("" if pub.exact else f" ± {error:.2g}")
