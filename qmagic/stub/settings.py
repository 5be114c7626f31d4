"""How the stub's clouds behave, as ``%qstub set`` takes it: ``queue=30s fail=0.1 rate=5/s drop=0.05 price=real``.

| name | meaning | default |
|---|---|---|
| ``queue`` | time that a job waits before it starts (``500ms``, ``30s``, ``2min``, ``1h``) | 0s |
| ``run`` | time that a job runs at least; its simulation may take longer | 0s |
| ``fail`` | part of the jobs that end with an error of the device | 0 |
| ``drop`` | part of the requests whose connection is cut, half of them after the request has done its work | 0 |
| ``truncate`` | part of the replies that end in the middle | 0 |
| ``rate`` | submits per second and cloud, above which the answer is 429; 0 is no limit | 0 |
| ``maintenance`` | devices that start no job, by the names their clouds give them; ``all``, ``none`` | none |
| ``drift`` | spread (standard deviation of the logarithm) of error rates from one hour's calibration to the next | 0 |
| ``price`` | ``real``: what the providers published (`prices`); ``free`` | free |
| ``time`` | ``virtual``: a client that asks for a job moves time on to the job's next change; ``real`` | real |
| ``seed`` | makes counts repeat: a job's seed is a function of this and of its number; ``none`` | none |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["Settings", "changed"]

Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e9)]

_UNITS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_EXPECTED = {
    "queue": "a time such as 30s",
    "run": "a time such as 2s",
    "fail": "a number from 0 to 1",
    "drop": "a number from 0 to 1",
    "truncate": "a number from 0 to 1",
    "rate": "submits per second, such as 5/s",
    "maintenance": "device names with commas between them, all, or none",
    "drift": "a number from 0 to 1",
    "price": "real or free",
    "time": "real or virtual",
    "seed": "a whole number, or none",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the clouds behave; times in seconds."""

    queue: Amount = 0.0
    run: Amount = 0.0
    fail: Part = 0.0
    drop: Part = 0.0
    truncate: Part = 0.0
    rate: Amount = 0.0
    maintenance: tuple[str, ...] = ()
    drift: Part = 0.0
    price: Literal["real", "free"] = "free"
    time: Literal["real", "virtual"] = "real"
    seed: int | None = None

    def is_down(self, device: str) -> bool:
        """Tells whether a device, by its name or its ARN, is in maintenance."""
        return "all" in self.maintenance or device in self.maintenance or device.rpartition("/")[2] in self.maintenance


def changed(settings: Settings, words: Iterable[str]) -> Settings:
    """Returns the settings with ``name=value`` words applied; all or, when one is wrong, none.

    Raises:
        NotFoundError: There is no such setting.
        InputError: A value makes no sense.
    """
    changes = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in _EXPECTED:
            raise NotFoundError(f"the stub has no setting {name!r}{nearest(name, _EXPECTED)}")
        try:
            if not equals:
                raise ValueError
            changes[name] = msgspec.convert(_read(name, value), _TYPES[name], strict=False)
        except (ValueError, msgspec.ValidationError):
            raise InputError(f"{name}={value}: expected {_EXPECTED[name]}") from None
    return msgspec.structs.replace(settings, **changes)


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def _read(name: str, value: str) -> object:
    if name in ("queue", "run"):
        match = re.fullmatch(r"([0-9.]+)(ms|s|min|h)?", value)
        if match is None:
            raise ValueError
        return float(match[1]) * _UNITS[match[2] or "s"]
    if name == "rate":
        return value.removesuffix("/s")
    if name == "maintenance":
        return () if value == "none" else tuple(value.split(","))
    if name == "seed" and value == "none":
        return None
    return value
