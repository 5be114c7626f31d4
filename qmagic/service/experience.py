"""What runs really took, as a factor on each backend's estimates; kept in the store, to be looked at and reset.

A backend's factor is the geometric mean of seconds taken over seconds estimated, recent runs counting more: with the
n-th run it moves by 1/(n + 1) of the way (in logarithms), as if one run before them all had taken what was estimated,
and at least by a tenth. A run that was stopped after t seconds took at least t: it never makes a factor smaller.

A factor is to say how quick this machine is, not what one circuit is like. So no run counts for more than a factor of
ten either way, and no factor leaves that range.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Mapping
from typing import Protocol

from qmagic.protocol import Cost
from qmagic.service.store import Store

__all__ = ["MOST", "Experience", "Learner"]

#: The least part of the way that a run moves a factor.
_LEAST = 0.1
#: The range of a factor, either way.
MOST = 10.0


class Learner(Protocol):
    """Who is told what runs took."""

    def learn(self, spent: Mapping[str, tuple[float, float]], *, ended: bool = True) -> None:
        """Takes in seconds estimated and taken, by backend."""


class Experience:
    """The factors of this home.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._costs: dict[str, Cost] = {cost.backend: cost for cost in store.ask(_read)}
        #: The factor of each backend; changed in place.
        self.factors: dict[str, float] = {name: cost.factor for name, cost in self._costs.items()}

    def costs(self) -> list[Cost]:
        """Returns what is remembered."""
        return sorted(self._costs.values(), key=lambda cost: cost.backend)

    def learn(self, spent: Mapping[str, tuple[float, float]], *, ended: bool = True) -> None:
        """Takes in seconds estimated and taken, by backend; the estimates without any factor.

        Args:
            spent: The seconds.
            ended: Whether the runs came to their end; others would have taken longer.
        """
        for backend, (estimated, taken) in spent.items():
            if estimated <= 0 or taken <= 0:
                continue
            before = self._costs.get(backend) or Cost(backend, 1.0, 0, 0.0)
            seen = min(MOST, max(1 / MOST, taken / estimated))
            if not ended and seen < before.factor:
                continue
            share = max(_LEAST, 1 / (before.runs + 2))
            factor = math.exp((1 - share) * math.log(before.factor) + share * math.log(seen))
            self._keep(Cost(backend, factor, before.runs + 1, time.time()))

    def reset(self) -> None:
        """Forgets everything."""
        self._costs.clear()
        self.factors.clear()
        self._store.write([("DELETE FROM costs", ())], lambda error: None)

    def _keep(self, cost: Cost) -> None:
        self._costs[cost.backend] = cost
        self.factors[cost.backend] = cost.factor
        row = (cost.backend, cost.factor, cost.runs, cost.updated)
        self._store.write([("INSERT OR REPLACE INTO costs VALUES (?, ?, ?, ?)", row)], lambda error: None)


def _read(connection: sqlite3.Connection) -> list[Cost]:
    return [Cost(*row) for row in connection.execute("SELECT backend, factor, runs, updated FROM costs")]
