"""What the service's doors have in common: verbs, and how a client gets an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from qmagic.errors import ErrorInfo

__all__ = ["Send", "Verbs"]

#: By verb: what comes with it, and what answers, from the client and the number of its request.
Verbs = dict[str, tuple[type[Any], Callable[[bytes, int, Any], None]]]


class Send(Protocol):
    """Sends a client an answer."""

    def __call__(self, client: bytes, number: int, body: Any = None, error: ErrorInfo | None = None) -> bool:
        """Sends the answer to a request; False when it could not."""
        ...
