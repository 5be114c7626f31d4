"""The border between a cloud's client and us: whatever the client raises becomes an error of the seam, in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from qmagic.providers.base import ProviderError

__all__ = ["Translating", "translator"]

#: ``with translating():`` around what asks a client.
Translating = Callable[[], AbstractContextManager[None]]


def translator(translated: Callable[[Exception], ProviderError]) -> Translating:
    """Returns what turns a client's errors into the seam's.

    Args:
        translated: Says what one of the client's errors means.
    """

    @contextlib.contextmanager
    def translating() -> Iterator[None]:
        try:
            yield
        except ProviderError:
            raise
        except Exception as error:
            raise translated(error) from None

    return translating
