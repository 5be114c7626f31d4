"""The names of the clouds, and of the stub's copies of them: what a backend's name says about where it runs.

``ibm:ibm_torino`` is IBM's device, ``ibm-stub:ibm_torino`` the stub's. Everything else runs on this machine.
"""

from __future__ import annotations

__all__ = ["CLOUDS", "device_of", "provider_of"]

#: The clouds that have an adapter (`providers/`).
CLOUDS = ("ibm",)
_STUB = "-stub"


def provider_of(backend: str) -> str:
    """Returns which provider a backend belongs to, such as ``"ibm-stub"``; "" for one on this machine."""
    provider, colon, device = backend.partition(":")
    known = provider.removesuffix(_STUB) in CLOUDS
    return provider if colon and device and known else ""


def device_of(backend: str) -> str:
    """Returns the device's name at its provider."""
    return backend.partition(":")[2]
