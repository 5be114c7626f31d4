"""Which adapter speaks for which cloud: imported when it is asked for, since each brings its cloud's client."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING

from qmagic.providers.base import RefusedError

if TYPE_CHECKING:
    from qmagic.providers.base import Provider
    from qmagic.providers.pace import Pace

__all__ = ["adapter"]

#: The client of each cloud.
_CLIENTS = {"ibm": "qiskit_ibm_runtime", "braket": "braket.aws", "azure": "azure.quantum", "ionq": "qiskit_ionq"}


def adapter(cloud: str, pace: Pace) -> Provider:
    """Returns a cloud's adapter.

    Args:
        cloud: Which one, such as ``"ibm"``.
        pace: How fast those submit the parts of a job that have any; the caller keeps it for the first.

    Raises:
        RefusedError: Its client is not installed.
    """
    if cloud not in _CLIENTS:
        raise RefusedError(f"there is no adapter for {cloud!r}")
    if not _is_installed(_CLIENTS[cloud]):
        raise RefusedError(
            f"{cloud} needs the package {_CLIENTS[cloud]!r}, which is not installed: pip install 'qmagic[{cloud}]'"
        )
    if cloud == "ibm":
        os.environ["USAGE_DATA_OPT_OUT"] = "True"  # it walks the stack at each request, and tells IBM
        from qmagic.providers.ibm import Ibm

        return Ibm()
    if cloud == "braket":
        from qmagic.providers.braket import Braket

        return Braket(pace)
    if cloud == "azure":
        from qmagic.providers.azure import Azure

        return Azure(pace)
    from qmagic.providers.ionq import Ionq

    return Ionq()


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # nor is the package that it is in
        return False
