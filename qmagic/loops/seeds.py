"""Where a loop's random numbers come from: the job's seed, a purpose, and a number; nothing else."""

from __future__ import annotations

import hashlib

__all__ = ["seed_of"]


def seed_of(job: int, purpose: str, index: int = 0) -> int:
    """Returns 63 bits for one purpose: ``"evaluation"`` (whose number is `index`), ``"x0"``, an optimizer's name."""
    digest = hashlib.blake2b(b"%d %s %d" % (job, purpose.encode(), index), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
