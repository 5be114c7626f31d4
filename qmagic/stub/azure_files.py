"""The storage account of the stub's workspace: containers that always exist, blobs, addresses with a signature."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine

__all__ = ["AzureFiles"]

_VERSION = "2025-01-05"


class AzureFiles:
    """Blobs by container and name.

    Args:
        engine: Whose store holds them.
        signature: What an address must be signed with.
        output: Returns a job's output file by container and name.
    """

    def __init__(self, engine: Engine, signature: str, output: Callable[[str, str], bytes | None]) -> None:
        self._store, self._signature, self._output = engine.store, signature, output

    def entries(self) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("HEAD GET PUT", "/{container}", "storage", self._container),
            Entry("PUT", "/{container}/{blob:path}", "storage", self._put),
            Entry("HEAD GET", "/{container}/{blob:path}", "result", self._get),
        ]

    async def address(self, request: Request) -> Response:
        """Answers with the signed address of a container or a blob."""
        body = await request.json()
        path = "/".join(filter(None, [body["containerName"], body.get("blobName")]))
        return JSONResponse({"sasUri": self._signed(f"{request.url.scheme}://{request.url.netloc}/azure/{path}")})

    def output_address(self, body: dict[str, Any]) -> str:
        """Returns the address of a job's output file, which lies beside its input."""
        return self._signed(body["containerUri"].partition("?")[0] + "/outputData")

    def read(self, address: str) -> bytes | None:
        """Returns the blob under an address, None where there is none."""
        _, _, container, blob = unquote(urlsplit(address).path).split("/", 3)
        return self._store.get("object", f"azure:{container}/{blob}")

    def _signed(self, address: str) -> str:
        return f"{address}?sv={_VERSION}&sr=c&sp=rwdl&se=2099-12-31T00%3A00%3A00Z&sig={self._signature}"

    async def _container(self, request: Request) -> Response:
        return Response(status_code=201 if request.method == "PUT" else 200, headers=_headers(b""))

    async def _put(self, request: Request) -> Response:
        if request.query_params.get("comp"):
            raise RefusedError(501, "the stub's storage takes blobs in one piece only", "NotImplemented")
        body = await request.body()
        self._store.put("object", f"azure:{request.path_params['container']}/{request.path_params['blob']}", body)
        return Response(status_code=201, headers=_headers(body))

    async def _get(self, request: Request) -> Response:
        container, blob = request.path_params["container"], request.path_params["blob"]
        found = self._output(container, blob) or self._store.get("object", f"azure:{container}/{blob}")
        if found is None:
            raise RefusedError(404, "The specified blob does not exist.", "BlobNotFound")
        headers = _headers(found) | {"x-ms-blob-type": "BlockBlob", "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("x-ms-range", request.headers.get("range", "")))
        if asked is None or not found:
            return Response(found, media_type="application/octet-stream", headers=headers)
        first, last = int(asked[1]), min(len(found) - 1, int(asked[2] or len(found)))
        if first >= len(found):
            raise RefusedError(416, "The range lies behind the end of the blob.", "InvalidRange")
        headers["Content-Range"] = f"bytes {first}-{last}/{len(found)}"
        return Response(found[first : last + 1], 206, media_type="application/octet-stream", headers=headers)


def _headers(data: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{hashlib.md5(data).hexdigest()}"',
        "Last-Modified": formatdate(0, usegmt=True),
        "x-ms-version": _VERSION,
        "x-ms-request-id": "stub",
    }
