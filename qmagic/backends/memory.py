"""How much memory a simulation may take, and the sentence for one that takes more."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from qmagic.errors import InputError

__all__ = ["limit", "refusal", "size"]

_GB = 1 << 30


@functools.cache
def limit() -> int:
    """Returns the bytes that simulations may take in all: three quarters of the machine's, or of the cgroup's."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(file).read_text()))
        except (OSError, ValueError):  # no such controller, or "max"
            continue
    return total * 3 // 4


def size(number: int) -> str:
    """Returns a number of bytes for reading: ``"16.0 GB"``."""
    amount, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if amount >= 100 or unit == "B" else f"{amount:.3g} {unit}"


def refusal(
    what: str, width: int, needed: int, available: int, bytes_of_width: tuple[int, int], instead: str
) -> InputError:
    """Returns the error for a simulation that does not fit.

    Args:
        what: The kind of simulation, in the plural: ``"state vectors"``.
        width: Qubits that it has to hold.
        needed: Bytes that it takes.
        available: Bytes that there are.
        bytes_of_width: ``(a, b)`` when ``n`` qubits take ``a * b**n`` bytes.
        instead: What the user can do, a clause without a full stop; "" for nothing.
    """
    factor, base = bytes_of_width
    fits = 0
    while factor * base ** (fits + 1) <= available:
        fits += 1
    advice = f"; {instead}" if instead else ""
    return InputError(
        f"{width} qubits need {size(needed)} as {what}, {size(available)} are available: "
        f"up to {fits} qubits fit{advice}"
    )
