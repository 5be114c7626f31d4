"""The name of a noise model, or the model itself, as the text that travels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qmagic.errors import InputError

__all__ = ["noise_text"]


def noise_text(noise: Any, namespace: Mapping[str, Any]) -> str | None:
    """Returns a device's name or noise parameters as they are, and a Qiskit Aer ``NoiseModel`` as JSON.

    Args:
        noise: Text, a ``NoiseModel``, or the name of a variable that holds one; None is no noise.
        namespace: The user's variables.

    Raises:
        InputError: It is something else, or a model that cannot be written down.
    """
    if noise is None:
        return None
    if isinstance(noise, str):
        named = namespace.get(noise.strip())
        if not _is_model(named):
            return noise.strip() or None
        noise = named
    if not _is_model(noise):
        raise InputError(
            "noise: expected a device such as fake_sherbrooke, depolarizing=0.01, or a NoiseModel,"
            f" got {type(noise).__name__}"
        )
    try:
        return json.dumps(noise.to_dict(serializable=True), default=_plain)
    except Exception as error:
        raise InputError(f"the noise model cannot be written down: {type(error).__name__}: {error}") from None


def _is_model(value: Any) -> bool:
    # By name, so that a kernel that uses no noise never imports Aer.
    return any(cls.__name__ == "NoiseModel" and cls.__module__.startswith("qiskit_aer") for cls in type(value).__mro__)


def _plain(value: Any) -> Any:
    if isinstance(value, complex):
        return [value.real, value.imag]
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")
