"""The seam between the `tree` of branches and what holds its states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qmagic.backends.program import Step

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Holder"]


class Holder(Protocol):
    """Something that holds states of one width; a state is its own affair."""

    def compiled(self, steps: list[Step]) -> Any:
        """Returns gates in the form in which `apply` runs them; called once for each run of gates."""
        ...

    def start(self) -> Any:
        """Returns the state in which every qubit is 0."""
        ...

    def apply(self, state: Any, gates: Any) -> None:
        """Runs gates on a state."""
        ...

    def chances(self, state: Any, qubit: int) -> tuple[float, float]:
        """Returns the probabilities of 0 and of 1, each with a small *relative* error."""
        ...

    def copied(self, state: Any) -> Any:
        """Returns a copy of a state."""
        ...

    def collapse(self, state: Any, qubit: int, value: int, chance: float) -> None:
        """Projects a qubit onto a value, which has probability `chance`, and normalises the state."""
        ...

    def flip(self, state: Any, qubit: int) -> None:
        """Turns a qubit that is 1 to 0."""
        ...

    def fingerprint(self, state: Any) -> float:
        """Returns a number that two states share, within 1e-9, if they are equal up to a phase."""
        ...

    def same(self, state: Any, other: Any) -> bool:
        """Returns whether two states of one fingerprint are equal up to a phase, to rounding."""
        ...

    def sample(
        self, state: Any, qubits: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Draws shots of some qubits, the first as the lowest bit: the outcomes, and how often each came."""
        ...
