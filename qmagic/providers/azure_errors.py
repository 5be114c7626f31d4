"""What an error of Azure's client means: for a question, and for a submit, which may have arrived all the same."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from qmagic.providers.base import AuthError, GoneError, InDoubtError, LaterError, ProviderError, RateError, RefusedError
from qmagic.providers.redacted import line
from qmagic.providers.translating import translator

__all__ = ["doubting", "translating"]

#: Seconds to wait after a 429 that does not say.
_WAIT = 2.0


@contextlib.contextmanager
def doubting() -> Iterator[None]:
    """The same around a submit: what is not surely refused, or surely never left, is a doubt."""
    from azure.core.exceptions import ServiceRequestError

    try:
        yield
    except Exception as error:
        found, status = _translated(error), getattr(error, "status_code", None) or 0
        if isinstance(found, GoneError):  # it is the route that is not there: nothing is wrong with the job
            raise LaterError(str(found)) from None
        if 400 <= status < 500 or isinstance(error, ServiceRequestError):
            raise found from None
        raise InDoubtError(str(found)) from None


def _translated(error: Exception) -> ProviderError:
    from azure.core.exceptions import ClientAuthenticationError

    status, message = getattr(error, "status_code", None) or 0, line(error)
    if status == 404:
        return GoneError(message)
    if status in (401, 403) or isinstance(error, ClientAuthenticationError):
        return AuthError(message)
    if status == 429:
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        return RateError(message, float(headers.get("Retry-After", _WAIT)))
    if 400 <= status < 500:
        return RefusedError(message)
    return LaterError(message)


#: Turns the client's errors into the seam's.
translating = translator(_translated)
