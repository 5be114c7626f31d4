"""What a cockpit that is fed by the kernel may ask of it: orders to its loop, a landscape around one of its points."""

from __future__ import annotations

import functools
from typing import Any

from qmagic.client import Loop
from qmagic.client.loop import view
from qmagic.client.pages import whole
from qmagic.display.loop import of_view
from qmagic.display.loop_data import plane_data
from qmagic.errors import InputError

__all__ = ["LoopWidgetDoor"]


class LoopWidgetDoor:
    """Obeys what one cockpit asks for.

    Args:
        loop: Its loop.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._around: Loop | None = None

    def __call__(self, asked: dict[str, Any]) -> int:
        """Does what a message asks for; returns the number of an order, else 0.

        Raises:
            QmagicError: It cannot be done.
        """
        match asked.get("kind"):
            case "order":
                return self._loop.obey(str(asked.get("order", "")), asked.get("settings") or {})
            case "landscape":
                iteration = asked.get("iteration")
                self._around = self._loop.landscape(iteration if isinstance(iteration, int) else None)
            case "end landscape" if self._around is not None:
                self._around.cancel()
            case other:
                raise InputError(f"the cockpit asks for {other!r}; expected order, landscape or end landscape")
        return 0

    def landscape(self) -> dict[str, Any]:
        """Returns how the landscape stands that was asked for last; empty where there is none."""
        if self._around is None:
            return {}
        seen = whole(functools.partial(view, self._around.id, points=True))
        return plane_data(of_view(self._around.info(), seen))
