"""Which adapter speaks for which cloud: imported when it is asked for, since each brings its cloud's client."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qmagic.providers.base import RefusedError

if TYPE_CHECKING:
    from qmagic.providers.base import Provider

__all__ = ["adapter"]


def adapter(cloud: str) -> Provider:
    """Returns a cloud's adapter.

    Raises:
        RefusedError: Its client is not installed.
    """
    try:
        if cloud == "ibm":
            os.environ["USAGE_DATA_OPT_OUT"] = "True"  # it walks the stack at each request, and tells IBM
            from qmagic.providers.ibm import Ibm

            return Ibm()
    except ModuleNotFoundError as error:
        raise RefusedError(
            f"{cloud} needs the package {error.name!r}, which is not installed: pip install 'qmagic[{cloud}]'"
        ) from None
    raise RefusedError(f"there is no adapter for {cloud!r}")
