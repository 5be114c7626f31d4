"""What an error of Amazon's client means: for a question, and for a submit, which may have arrived all the same."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from qmagic.providers.base import AuthError, GoneError, InDoubtError, LaterError, ProviderError, RateError, RefusedError
from qmagic.providers.redacted import line
from qmagic.providers.translating import translator

__all__ = ["code_of", "doubting", "translating"]

#: Seconds to wait after Amazon's throttling, which does not say.
_WAIT = 1.0


@contextlib.contextmanager
def doubting() -> Iterator[None]:
    """The same around a submit: what is not surely refused, or surely never left, is a doubt."""
    from botocore import exceptions

    try:
        yield
    except Exception as error:
        if isinstance(error, exceptions.ClientError) and _status(error) < 500:
            found = _translated(error)
            # the device is there, so what was not found is the service: nothing is wrong with the job
            raise (LaterError(str(found)) if isinstance(found, GoneError) else found) from None
        before = (
            exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError, exceptions.ParamValidationError,
        )  # fmt: skip
        if isinstance(error, before):
            raise _translated(error) from None
        raise InDoubtError(line(error)) from None


def _translated(error: Exception) -> ProviderError:
    from botocore import exceptions

    message = line(error)
    if isinstance(error, exceptions.ParamValidationError):
        return RefusedError(message)
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.NoRegionError)):
        return AuthError(f"no account at AWS: {message}")
    if not isinstance(error, exceptions.ClientError):
        return LaterError(message)
    code, status = code_of(error), _status(error)
    if code in ("DeviceOfflineException", "InternalServiceException") or status >= 500:
        return LaterError(message)
    if status == 429 or code in ("ThrottlingException", "ServiceQuotaExceededException"):
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return RateError(message, float(headers.get("retry-after", _WAIT)))
    if status in (401, 403) or code in ("AccessDeniedException", "ExpiredTokenException"):
        return AuthError(message)
    if status == 404:
        return GoneError(message)
    return RefusedError(message)


def code_of(error: Exception) -> str:
    """Returns Amazon's word for an error; "" where it has none."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _status(error: Exception) -> int:
    response = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))


#: Turns the client's errors into the seam's.
translating = translator(_translated)
