"""`LoopResult`: what a hybrid loop gave, and `History`: its iterations. NumPy only where arrays are asked for."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.jobs import JobInfo, JobSpec
from qmagic.money import Money
from qmagic.outcomes import Outcome
from qmagic.results.headline import duration
from qmagic.tapes import LoopOutcome, Noted, Ordered, Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray

__all__ = ["History", "LoopResult", "loop_headline", "many", "spent"]


class History:
    """A loop's iterations, as columns.

    Args:
        rows: The iterations.
        labels: Names of the parameters.
    """

    def __init__(self, rows: Rows, labels: tuple[str, ...]) -> None:
        self.rows, self.labels = rows, labels

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def values(self) -> NDArray[np.float64]:
        """The value of each iteration."""
        return _array(self.rows.value)

    @property
    def stds(self) -> NDArray[np.float64]:
        """The standard error of each value; 0 where exact."""
        return _array(self.rows.std)

    @property
    def points(self) -> NDArray[np.float64]:
        """Where each iteration ended: one row each, one column for each parameter."""
        import numpy as np

        return np.frombuffer(self.rows.x, "<f8").reshape(len(self), -1) if len(self) else np.zeros((0, 0))

    def to_dataframe(self) -> pandas.DataFrame:
        """Returns one row for each iteration.

        Raises:
            InputError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise InputError("to_dataframe() needs pandas, which is not installed: pip install pandas") from error
        columns = ("iteration", "evaluations", "shots", "seconds", "value", "std", "gradient_norm", "step")
        frame = pandas.DataFrame({name: getattr(self.rows, name) for name in columns})
        if self.rows.x:
            points = self.points
            for i, label in enumerate(self.labels):
                frame[label] = points[:, i]
        return frame

    def __repr__(self) -> str:
        last = f", last value {self.rows.value[-1]:.6g}" if len(self) else ""
        return f"History({len(self)} iterations{last})"


class LoopResult:
    """The result of a hybrid loop.

    Args:
        outcome: What the loop's process returned.
        info: What the service says of the job.
        spec: What was asked for; None when not known.
    """

    def __init__(self, outcome: Outcome, info: JobInfo, spec: JobSpec | None = None) -> None:
        assert outcome.loop is not None
        self.outcome, self.info, self.spec = outcome, info, spec
        self.loop: LoopOutcome = outcome.loop

    @property
    def value(self) -> float:
        """The value at `x`: exact, or measured again with fresh shots after the loop had ended."""
        return self.loop.value

    @property
    def std(self) -> float:
        """Its standard error; 0 where it is exact."""
        return self.loop.std

    @property
    def lowest(self) -> float:
        """The lowest value that the loop saw. Of noisy values it is biased: it lies below the truth."""
        return self.loop.lowest

    @functools.cached_property
    def x(self) -> NDArray[np.float64]:
        """The best point."""
        import numpy as np

        return np.frombuffer(self.loop.x, "<f8")

    @property
    def parameters(self) -> dict[str, float]:
        """The best point by the parameters' names."""
        return dict(zip(self.loop.labels, self.x.tolist(), strict=True))

    @property
    def history(self) -> History:
        """Every iteration."""
        return History(self.loop.history, self.loop.labels)

    @property
    def iterations(self) -> int:
        """How many iterations there were."""
        return self.loop.iterations

    @property
    def evaluations(self) -> int:
        """How many values (or gradients) the optimizer was told."""
        return self.loop.evaluations

    @property
    def shots(self) -> int:
        """All shots that were taken."""
        return self.loop.shots

    @property
    def seconds(self) -> float:
        """Seconds of the loop's own work, without pauses."""
        return self.loop.seconds

    @property
    def cost(self) -> float:
        """What the loop spent at providers, in US dollars."""
        return self.loop.cost

    @property
    def reason(self) -> str:
        """Why the loop ended."""
        return self.loop.reason

    @property
    def optimizer(self) -> str:
        """The optimizer that ran last."""
        return self.loop.optimizer

    @property
    def gradient(self) -> str:
        """Where gradients came from, and why."""
        return self.loop.gradient

    @property
    def notes(self) -> list[Noted]:
        """What the loop had to say: plateaus, divergence."""
        return self.loop.notes

    @property
    def orders(self) -> list[Ordered]:
        """What was ordered, and before which evaluation it was obeyed."""
        return self.loop.orders

    @property
    def headline(self) -> str:
        """The result in one line."""
        return loop_headline(self.loop)

    def __repr__(self) -> str:
        return f"LoopResult({self.headline})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.loop import loop_bundle

        return loop_bundle(self)


def loop_headline(loop: LoopOutcome) -> str:
    """Returns such as ``-1.137306 · 12 iterations of l-bfgs-b · 14 evaluations · 0.1 s``."""
    value = f"{loop.value:.10g}" if not loop.std else f"{loop.value:.6g} ± {loop.std:.2g}"
    parts = [value, f"{many(loop.iterations, 'iteration')} of {loop.optimizer}", many(loop.evaluations, "evaluation")]
    if loop.shots:
        parts.append(f"{loop.shots:,} shots")
    if loop.cost:
        parts.append(spent(loop.cost))
    return " · ".join([*parts, duration(loop.seconds)])


def many(number: int, what: str) -> str:
    """Returns such as ``1 iteration``, ``1,000 iterations``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def spent(cost: float, budget: float | None = None) -> str:
    """Returns what was spent, and of how much: ``0.32 USD``, ``0.32 of 2.00 USD``."""
    amount = str(Money(Decimal(str(cost))))
    return amount if budget is None else f"{amount.removesuffix(' USD')} of {Money(Decimal(str(budget)))}"


def _array(values: list[float]) -> NDArray[np.float64]:
    import numpy as np

    return np.array(values)
