"""Noise models whose gate errors are mixtures of Paulis, as exact probabilities.

An Aer error is a list of circuits with probabilities. Where every circuit is made of Paulis, each is one Pauli
string, and the probabilities are the channel's. Nothing is fitted or twirled: relaxation, or any other channel that is
no such mixture, is refused. So Qiskit's ``depolarizing_error(p)`` becomes 3p/4, ``depolarizing_error(p, 2)`` 15p/16.
"""

from __future__ import annotations

import dataclasses
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.noise import Noise

__all__ = ["Channel", "PauliNoise", "pauli_noise"]

#: The probability of each Pauli string that is not the identity, the gate's first qubit leftmost.
Channel = dict[str, float]

#: (x, z) of each Pauli.
_XZ = {"I": (0, 0), "X": (1, 0), "Y": (1, 1), "Z": (0, 1)}
#: The matrix of each, row by row.
_ENTRIES = {"I": (1, 0, 0, 1), "X": (0, 1, 1, 0), "Y": (0, -1j, 1j, 0), "Z": (1, 0, 0, -1)}
_ROUNDING = 1e-12
_LETTER = {xz: letter for letter, xz in _XZ.items()}


@dataclasses.dataclass(slots=True)
class PauliNoise:
    """The errors after gates.

    Attributes:
        everywhere: By the gate's name, on all qubits.
        local: By name and qubits; these count instead of those everywhere.
    """

    everywhere: dict[str, Channel]
    local: dict[tuple[str, tuple[int, ...]], Channel]

    def after(self, instruction: Any, qubits: tuple[int, ...]) -> Channel | None:
        """Returns the error after a gate, None for none.

        As in Aer, a gate with a label is known by its label only.
        """
        name = instruction.label or instruction.name
        return self.local.get((name, qubits), self.everywhere.get(name))


def pauli_noise(noise: Noise) -> PauliNoise:
    """Returns the gate errors of a noise that is the same for all devices; readout errors are `noise.readout_of`'s.

    Raises:
        InputError: An error is no mixture of Paulis on the gate's own qubits (a sentence that names the gate).
    """
    found = _KNOWN.get(noise)
    if found is None:
        found = _KNOWN[noise] = _read(noise)
    return found


#: What was read, for as long as its noise lives.
_KNOWN: weakref.WeakKeyDictionary[Noise, PauliNoise] = weakref.WeakKeyDictionary()


def _read(noise: Noise) -> PauliNoise:
    found = PauliNoise({}, {})
    for entry in noise.model(()).to_dict()["errors"]:
        if entry["type"] == "roerror":
            continue
        names = entry["operations"]
        channel = _channel(entry)
        if channel is None or entry.get("noise_qubits") or not {"measure", "reset", "delay"}.isdisjoint(names):
            raise InputError(f"the errors of {', '.join(names)} are no mixture of Paulis")
        places = entry.get("gate_qubits")
        for name in names:
            if places:
                found.local.update({(name, tuple(place)): channel for place in places})
            else:
                found.everywhere[name] = channel
    return found


def _channel(entry: dict[str, Any]) -> Channel | None:
    """Returns an error's probabilities, None where a circuit of it holds more than Paulis."""
    width = 1 + max((qubit for one in entry["instructions"] for op in one for qubit in op["qubits"]), default=0)
    if width > 2:
        return None
    channel: Channel = {}
    for operations, probability in zip(entry["instructions"], entry["probabilities"], strict=True):
        string = [(0, 0)] * width
        for op in operations:
            letters = _letters(op)
            if letters is None:
                return None
            for letter, qubit in zip(letters, op["qubits"], strict=True):
                x, z = _XZ[letter]
                string[qubit] = (string[qubit][0] ^ x, string[qubit][1] ^ z)
        text = "".join(_LETTER[xz] for xz in string)
        if set(text) != {"I"}:
            channel[text] = channel.get(text, 0.0) + float(probability)
    return channel


def _letters(op: dict[str, Any]) -> str | None:
    """Returns the Paulis of an operation in the order of its qubits."""
    name = op["name"]
    if name in ("id", "x", "y", "z"):
        return "I" if name == "id" else name.upper()
    if name == "pauli":
        return str(op["params"][0])[::-1]
    if name == "unitary" and len(op["qubits"]) == 1:  # what Aer makes of x, y and z when it reads JSON
        return _named(np.asarray(op["params"][0], dtype=complex))
    return None


def _named(matrix: NDArray[np.complex128]) -> str | None:
    """Returns the Pauli that a matrix is, up to a phase; None for none."""
    for letter, (first, second, third, fourth) in _ENTRIES.items():
        pauli = np.array([[first, second], [third, fourth]])
        phase = np.trace(pauli.conj().T @ matrix) / 2
        if abs(abs(phase) - 1) < _ROUNDING and np.abs(matrix - phase * pauli).max() < _ROUNDING:
            return letter
    return None
