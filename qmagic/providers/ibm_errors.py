"""What IBM's client raises, as the seam's errors."""

from __future__ import annotations

import json

from qmagic.providers.base import AuthError, GoneError, LaterError, ProviderError, RateError
from qmagic.providers.translating import translator

__all__ = ["WAIT", "line", "translated", "translating"]

#: Seconds to wait after a 429 that does not say.
WAIT = 2.0


def translated(error: Exception) -> ProviderError:
    """Returns the seam's error for one of the client's."""
    from qiskit_ibm_runtime.api.exceptions import RequestsApiError
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError, RuntimeJobNotFound

    message = line(error)
    if isinstance(error, RuntimeJobNotFound) or getattr(error, "status_code", 0) == 404:
        return GoneError(message)
    if isinstance(error, IBMNotAuthorizedError):
        return AuthError(message)
    if isinstance(error, RequestsApiError) and error.status_code == 429:
        return RateError(message, WAIT)
    if isinstance(error, (RequestsApiError, OSError, json.JSONDecodeError)):
        return LaterError(message)
    return LaterError(f"{type(error).__name__}: {message}")


def line(error: Exception) -> str:
    """Returns an error's message in a line."""
    return " ".join(str(error).split())[:300]


#: Turns the client's errors into the seam's.
translating = translator(translated)
