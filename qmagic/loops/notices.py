"""What a loop says of itself in plain words: a plateau, a divergence, a vanishing gradient, a rule that cannot bite.

Each is said once, and again only when it was over in between. Notices follow from the iterations alone, so that a
replayed loop says the same.
"""

from __future__ import annotations

from qmagic.loops.stopping import WINDOW, Z, improvement
from qmagic.tapes import Noted, Rules, Stood

__all__ = ["Notices"]

#: Iterations between two looks.
_EVERY = 5
_PLATEAU = 25
_RECENT = 5
_TINY_GRADIENT = 1e-7


class Notices:
    """Looks at a loop's iterations.

    Args:
        rules: The loop's rules.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._said: set[str] = set()

    def after(self, history: list[Stood]) -> list[Noted]:
        """Returns what is to be said after the last iteration."""
        last = history[-1]
        if last.iteration % _EVERY:
            return []
        found = {
            kind: text for kind, text in (self._plateau(history), self._divergence(history), self._flat(last)) if text
        }
        if (doubt := self._doubt(history)) is not None:
            found["doubt"] = doubt
        said, self._said = self._said, set(found)
        return [Noted(last.iteration, kind, text) for kind, text in found.items() if kind not in said]

    def _plateau(self, history: list[Stood]) -> tuple[str, str]:
        seen = improvement(history, _PLATEAU)
        if seen is None:
            return "plateau", ""
        gain, error = seen
        scale = max(abs(history[-1].value), 1e-12)
        if error and gain < Z * error:
            return "plateau", (
                f"For {_PLATEAU} iterations nothing has improved beyond the error of ±{Z * error:.2g}: "
                "more shots would show more, or this is a minimum."
            )
        if not error and gain < 1e-9 * scale:
            return "plateau", (
                f"For {_PLATEAU} iterations nothing has improved by more than {max(gain, 0.0):.1g}: "
                "a minimum, or a plateau; another start or optimizer may lead on."
            )
        return "plateau", ""

    def _divergence(self, history: list[Stood]) -> tuple[str, str]:
        seen = improvement(history, _RECENT)
        first, last = history[0], history[-_RECENT:]
        if seen is None or seen[0] >= -Z * seen[1] or min(one.value - Z * one.std for one in last) <= first.value:
            return "divergence", ""
        return "divergence", (
            f"The values grow: {last[-1].value:.6g} now, {first.value:.6g} at the start. "
            "A smaller learning rate may help."
        )

    def _flat(self, last: Stood) -> tuple[str, str]:
        if last.gradient_norm is None or last.gradient_norm > _TINY_GRADIENT:
            return "flat", ""
        return "flat", (
            f"The gradient is nearly zero ({last.gradient_norm:.1e}): a minimum, or a barren plateau "
            "if the value is still far from what you expect."
        )

    def _doubt(self, history: list[Stood]) -> str | None:
        tol = self._rules.tol
        seen = improvement(history, WINDOW)
        if tol is None or seen is None or Z * seen[1] / WINDOW < tol:
            return None
        return (
            f"tol = {tol:g} cannot be told from noise: the error of an iteration's improvement is "
            f"±{Z * seen[1] / WINDOW:.1g}; more shots, or a larger tol, would let the loop stop."
        )
