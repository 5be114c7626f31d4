"""What a person may ask of a hybrid loop while it runs, and which optimizers there are to be asked for.

Nothing here imports NumPy: a kernel, the service and the Jupyter server check an order before it is given.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from qmagic.errors import NotFoundError, nearest

__all__ = ["LANDSCAPE", "OPTIMIZERS", "AskLoop", "Changes", "Optimizer", "Order", "OrderLoop", "facts", "optimizer_of"]


class Changes(msgspec.Struct, frozen=True, omit_defaults=True):
    """Settings from here on; what is not given stays. `shots` and `precision` None mean exact values."""

    optimizer: str | UnsetType = UNSET
    options: dict[str, Any] | UnsetType = UNSET
    learning_rate: float | UnsetType = UNSET
    maxiter: int | UnsetType = UNSET
    shots: int | UnsetType | None = UNSET
    precision: float | UnsetType | None = UNSET


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person asks of a loop: ``"pause"``, ``"step"``, ``"resume"``, ``"stop"`` or ``"set"``.

    `number` counts a loop's orders from 1; the loop's own have 0. `key` tells an order that was sent twice from two.
    `steps` belongs to ``"step"``, `reason` to ``"stop"``.
    """

    kind: str
    number: int = 0
    key: str = ""
    steps: int = 1
    changes: Changes = Changes()
    reason: str = ""


class OrderLoop(msgspec.Struct, frozen=True):
    """An order for a loop: it is on disk when its number is answered."""

    id: str
    order: Order


class AskLoop(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wish to see a loop: its iterations after number `since`, with their `points` where asked for."""

    id: str
    since: int = 0
    points: bool = False


class Optimizer(msgspec.Struct, frozen=True):
    """What must be known of an optimizer to ask for it; `qmagic.loops.optimizers` has the rest."""

    gradient: bool = False
    learning_rate: bool = False


#: All optimizers, by name.
OPTIMIZERS = {
    "spsa": Optimizer(learning_rate=True),
    "adam": Optimizer(gradient=True, learning_rate=True),
    "gradient-descent": Optimizer(gradient=True, learning_rate=True),
    "cma": Optimizer(learning_rate=True),
    "cobyla": Optimizer(),
    "cobyqa": Optimizer(),
    "nelder-mead": Optimizer(),
    "powell": Optimizer(),
    "l-bfgs-b": Optimizer(gradient=True),
    "slsqp": Optimizer(gradient=True),
}
#: What a landscape's loop has in place of an optimizer; nobody asks for it by name.
LANDSCAPE = "landscape"
_ALIASES = {
    "gd": "gradient-descent", "gradientdescent": "gradient-descent", "cmaes": "cma", "lbfgs": "l-bfgs-b",
    "lbfgsb": "l-bfgs-b", "neldermead": "nelder-mead",
}  # fmt: skip


def facts(name: str) -> Optimizer:
    """Returns what must be known of what a loop runs."""
    return OPTIMIZERS.get(name, Optimizer())


def optimizer_of(name: str) -> str:
    """Returns an optimizer's full name.

    Raises:
        NotFoundError: There is none of this name.
    """
    full = name.lower().replace("_", "-")
    full = full if full in OPTIMIZERS else _ALIASES.get(full.replace("-", ""), full)
    if full not in OPTIMIZERS:
        close = nearest(full, OPTIMIZERS) or "; there are " + ", ".join(OPTIMIZERS)
        raise NotFoundError(f"no optimizer {name!r}{close}")
    return full
