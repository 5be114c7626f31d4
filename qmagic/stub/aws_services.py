"""What Braket's SDK needs of the rest of AWS: who one is (STS), buckets and files (S3), the price list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine

__all__ = ["Storage", "identity", "missing", "offers"]

_XML = "text/xml"
_COLUMNS = (
    "SKU", "Region Code", "Product Family", "DeviceName", "Device Name", "Version", "operation", "Currency", "Unit",
    "PricePerUnit",
)  # fmt: skip


async def identity(request: Request) -> Response:
    """Answers STS ``GetCallerIdentity``; the account gives the default bucket its name."""
    if b"GetCallerIdentity" not in await request.body():
        raise RefusedError(501, "the stub's STS plays GetCallerIdentity only")
    return Response(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::000000000000:user/stub</Arn><UserId>STUB</UserId><Account>000000000000</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>",
        media_type=_XML,
    )


def missing(refusal: RefusedError) -> Response:
    """Returns a refusal as S3 writes it."""
    text = f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
    return Response(text, refusal.status, refusal.headers, _XML)


class Storage:
    """S3: buckets that always exist, files that were put there, and the results of tasks.

    Args:
        engine: Whose store holds the files.
        result: Returns the result that lies under a bucket and a key.
    """

    def __init__(self, engine: Engine, result: Callable[[str, str], bytes | None]) -> None:
        self._store, self._result = engine.store, result

    def entries(self) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("PUT HEAD", "/{bucket}", "storage", self._bucket),
            Entry("PUT", "/{bucket}/{key:path}", "storage", self._put),
            Entry("GET HEAD", "/{bucket}/{key:path}", "result", self._get),
        ]

    async def _bucket(self, request: Request) -> Response:
        return Response(headers={"Location": f"/{request.path_params['bucket']}"})

    async def _put(self, request: Request) -> Response:
        body = await request.body()
        self._store.put("object", f"s3:{request.path_params['bucket']}/{request.path_params['key']}", body)
        return Response(headers={"ETag": _tag(body)})

    async def _get(self, request: Request) -> Response:
        bucket, key = request.path_params["bucket"], request.path_params["key"]
        found = self._result(bucket, key) or self._store.get("object", f"s3:{bucket}/{key}")
        if found is None:
            raise RefusedError(404, "The specified key does not exist.", "NoSuchKey")
        return Response(found, media_type="binary/octet-stream", headers={"ETag": _tag(found)})


def _tag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


def offers(region: str, qpus: Mapping[str, tuple[float, float]], simulators: Mapping[str, float], *, real: bool) -> str:
    """Returns AWS's price list as far as Braket's cost tracker reads it: five lines of preface, then a table.

    Args:
        region: The only region.
        qpus: USD of a task and of a shot, by device.
        simulators: USD of a minute, by simulator.
        real: Whether to name these prices; else all are 0.
    """
    rows: list[dict[str, str]] = []

    def row(family: str, price: float, unit: str, **more: str) -> None:
        amount = f"{price if real else 0.0:.10f}"
        rows.append(
            {"Region Code": region, "Product Family": family, "Currency": "USD", "Unit": unit, "PricePerUnit": amount}
            | {name.replace("_", " "): value for name, value in more.items()}
        )

    for device, (task, shot) in qpus.items():
        row("Quantum Task", task, "Tasks", DeviceName=device)
        row("Quantum Task-Shot", shot, "Shots", DeviceName=device)
    for simulator, minute in simulators.items():
        row("Simulator Task", minute, "minutes", Version=simulator, operation="CompleteTask")
    lines = [",".join(f'"{entry.get(column, "")}"' for column in _COLUMNS) for entry in rows]
    preface = ['"FormatVersion","v1.0"', '"Disclaimer","prices of a stub"', '"Publication Date","2025"', '""', '""']
    return "\n".join([*preface, ",".join(f'"{column}"' for column in _COLUMNS), *lines]) + "\n"
