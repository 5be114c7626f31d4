"""What clients asked, by shape: method, route, names of query fields and headers, keys and kinds of the body.

Values are left out: a transcript holds no token and no circuit, and is the same for every run of the same code. The
tests keep one for each client, so that a new version of a client that changes its wire is noticed.
"""

from __future__ import annotations

import collections
import json
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request

__all__ = ["Line", "Transcript"]

_KEPT = 1000
#: Headers that say something about the protocol; the others depend on the machine.
_HEADERS = frozenset({
    "authorization", "service-crn", "ibm-api-version", "x-amz-target", "x-ms-quantum-api-key", "x-ms-blob-type",
    "x-ms-range", "x-ms-version",
})  # fmt: skip
#: Keys whose text is JSON again: Braket's programs and parameters.
_NESTED = frozenset({"action", "deviceParameters"})
#: Query fields of signatures.
_SIGNED = frozenset({"sig", "se", "sp", "sv", "sr", "st", "spr"})


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request: where, and the shape of what came with it."""

    cloud: str
    stage: str
    method: str
    path: str
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: Any = None


class Transcript:
    """The last requests, and every one that no route was there for."""

    def __init__(self) -> None:
        self._lines: collections.deque[Line] = collections.deque(maxlen=_KEPT)
        self.unknown: collections.deque[Line] = collections.deque(maxlen=_KEPT)

    def add(self, cloud: str, path: str, stage: str, request: Request, body: bytes) -> None:
        """Remembers a request."""
        line = Line(
            cloud=cloud,
            stage=stage,
            method=request.method,
            path=path,
            query=tuple(sorted(set(request.query_params) - _SIGNED)),
            headers=tuple(sorted(_HEADERS.intersection(request.headers))),
            body=_shape(body, request.headers.get("content-type", "")),
        )
        self._lines.append(line)
        if not stage:
            self.unknown.append(line)

    def lines(self) -> list[Line]:
        """Returns the last requests, oldest first."""
        return list(self._lines)

    def clear(self) -> None:
        """Forgets all of them."""
        self._lines.clear()
        self.unknown.clear()


def _shape(body: bytes, kind: str) -> Any:
    """Returns the keys and kinds of a body, None where there is none."""
    if not body:
        return None
    if "form" in kind:
        return dict.fromkeys(sorted(parse_qs(body.decode("utf-8", "replace"))), "text")
    try:
        return _kind(json.loads(body))
    except ValueError:
        return "bytes"


def _kind(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _kind(_opened(one) if key in _NESTED else one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        kinds = [_kind(one) for one in value]
        return kinds[:1] if all(kind == kinds[0] for kind in kinds) else kinds
    return {str: "text", bool: "flag", int: "number", float: "number", type(None): None}.get(type(value), "?")


def _opened(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value
