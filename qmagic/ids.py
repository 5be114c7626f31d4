"""The ids of jobs: made by who wants the job, so that a request may be sent again."""

from __future__ import annotations

import hashlib
import secrets
import time

__all__ = ["derived_job_id", "new_job_id"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def new_job_id() -> str:
    """Returns a new job id: 9 characters of time (sorts by millisecond) and 6 of chance, lower case."""
    return _base32(time.time_ns() // 1_000_000, 9) + _base32(secrets.randbits(30), 6)


def derived_job_id(parent: str, purpose: str, place: int) -> str:
    """Returns the id of a job that another one needs: always the same for the same purpose.

    Args:
        parent: The other job.
        purpose: What it is for.
        place: Its number among those of the parent: ids sort by it, after the parent.
    """
    born = sum(_ALPHABET.index(digit) << (5 * (8 - i)) for i, digit in enumerate(parent[:9]))
    digest = hashlib.blake2b(f"{parent} {purpose}".encode(), digest_size=8).digest()
    return _base32(born + 1 + place, 9) + _base32(int.from_bytes(digest, "little"), 6)


def _base32(number: int, digits: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(digits)))
