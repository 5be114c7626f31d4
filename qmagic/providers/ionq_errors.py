"""What an error of IonQ's client means: for a question, and for a submit, which may have arrived all the same."""

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
    try:
        yield
    except Exception as error:
        found, status = _translated(error), _status(error)
        if isinstance(found, GoneError):  # it is the route that is not there: nothing is wrong with the job
            raise LaterError(str(found)) from None
        if 400 <= status < 500 or _never_left(error):
            raise found from None
        raise InDoubtError(str(found)) from None


def _cause(error: BaseException) -> BaseException:
    """Returns what the client's wrapper is about."""
    cause: BaseException = getattr(error, "_cause", error)
    return cause


def _status(error: Exception) -> int:
    return int(getattr(_cause(error), "status_code", 0))


def _never_left(error: Exception) -> bool:
    """Tells whether no connection was made."""
    from urllib3.exceptions import NewConnectionError

    reasons = [getattr(one, "reason", None) for one in _cause(error).args]
    return any(isinstance(reason, NewConnectionError) for reason in reasons)


def _translated(error: Exception) -> ProviderError:
    from qiskit_ionq.exceptions import IonQGateError

    cause, status = _cause(error), _status(error)
    # the client's own text has all headers in it
    message = line(cause, str(getattr(cause, "message", "")))
    if status == 404:
        return GoneError(message)
    if status in (401, 403):
        return AuthError(message)
    if status == 429:
        return RateError(message, float(getattr(cause, "headers", {}).get("Retry-After", _WAIT)))
    if 400 <= status < 500 or isinstance(error, IonQGateError):
        return RefusedError(message)
    return LaterError(message)


#: Turns the client's errors into the seam's.
translating = translator(_translated)
