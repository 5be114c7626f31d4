"""What a client says of an error, in a line that may be shown: addresses without their signatures, no credentials."""

from __future__ import annotations

import re

__all__ = ["line"]

_MOST = 300
#: What follows ``?`` in an address may be signed; what AWS quotes of a request has the access key.
_SECRET = re.compile(r"\?\S+|(?<=Credential=)[^\s,/]+|(?<=Signature=)\w+|(?<=apiKey )\S+|(?<=Bearer )\S+")


def line(error: BaseException, told: str = "") -> str:
    """Returns an error's kind and text; `told` in place of its own text, where that says too much."""
    text = " ".join((told or str(error)).split())
    return f"{type(error).__name__}: {_SECRET.sub('', text)}"[:_MOST]
