"""Whether nobody is looking: then an output must be the same on every run."""

from __future__ import annotations

import os

__all__ = ["headless"]


def headless() -> bool:
    """Returns whether outputs leave out what differs between runs (job ids, times).

    ``QMAGIC_HEADLESS`` decides (``0`` and empty mean no); where it is not set, ``CI`` does.
    """
    value = os.environ.get("QMAGIC_HEADLESS", os.environ.get("CI", ""))
    return value.strip().lower() not in {"", "0", "false", "no"}
