"""The settings of a loop that may change from one evaluation to the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from qmagic.loops.optimizers import check
from qmagic.orders import Changes
from qmagic.tapes import LoopSpec

__all__ = ["Settings"]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What runs, and how; see `tapes.LoopSpec`."""

    optimizer: str
    options: Mapping[str, Any]
    learning_rate: float | None
    maxiter: int
    shots: int | None
    precision: float | None

    @classmethod
    def of(cls, loop: LoopSpec) -> Settings:
        """Returns the settings that a loop begins with."""
        return cls(loop.optimizer, loop.options, loop.learning_rate, loop.maxiter, loop.shots, loop.precision)

    def changed(self, changes: Changes) -> Settings:
        """Returns the settings after a change. Another optimizer begins with its own options and learning rate.

        Raises:
            InputError: They do not fit the optimizer.
        """
        given = {name: getattr(changes, name) for name in changes.__struct_fields__}
        given = {name: value for name, value in given.items() if value is not UNSET}
        if "optimizer" in given:
            given = {"options": {}, "learning_rate": None} | given
        if "shots" in given or "precision" in given:
            given = {"shots": None, "precision": None} | given
        new = dataclasses.replace(self, **given)
        check(new.optimizer, new.learning_rate, new.options)
        return new
