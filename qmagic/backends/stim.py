"""The backend ``stim``: Clifford circuits of any width, with Pauli noise, readout errors and feed-forward.

Four ways, by what the circuit holds:

* one final state, no noise: a tableau, whose outcomes are drawn from the affine space that they form;
* feed-forward, no noise: a `tree` of tableaus;
* measurements and resets on the way, or Pauli noise: stim's sampler. It is exact; its counts for a seed are the same on
  machines with the same width of SIMD words only;
* exact expectation values: a Pauli is taken backwards through the circuit; each Pauli channel that it meets shrinks
  it by ``sum of p_Q`` with the sign of its commutator with Q.

Readout errors flip the sampled bits afterwards, with p01 where a 0 was measured and p10 where a 1 was.

Memory: a tableau has 4 n^2 bits; samples are taken in pieces of 64 MB.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import stim

from qmagic.backends import tree
from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.backends.branches import check_exact
from qmagic.backends.flow import Flow, Gates, Measure, Reset, measured_in
from qmagic.backends.grouping import paulis_of
from qmagic.backends.pauli_noise import Channel, PauliNoise, pauli_noise
from qmagic.backends.program import IDLE
from qmagic.backends.sampling import Key, generator, seed_31, table_of, table_of_bits
from qmagic.backends.stim_circuits import lines_of, not_clifford, text_of
from qmagic.backends.stim_states import Tableaus, outcomes_of
from qmagic.backends.unfold import read
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.outcomes import CountsTable

__all__ = ["Stim"]

#: Bytes of unpacked samples in one piece.
_PIECE = 64 << 20
#: Readout errors with a preference for one value double the terms of a Pauli, qubit by qubit.
_MOST_LEANING = 12
#: Readout errors by qubit: (p01, p10).
Readout = dict[int, tuple[float, float]]


class Stim:
    """The backend ``stim``.

    Args:
        name: Its name.
    """

    def __init__(self, name: str = "stim") -> None:
        self.name = name

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns a few tableaus; refuses what is not Clifford, and noise that is not Pauli."""
        if exact:
            check_exact(executable)
        flow = self._flow(executable)
        if flow.obstacle:
            raise InputError(f"stim cannot run this circuit: {flow.obstacle}; use backend 'aer'")
        gate = not_clifford(list(flow.gates()))
        if gate:
            raise InputError(
                f"stim runs Clifford circuits, and {gate} is not Clifford; use 'auto', or aer.mps for many qubits"
            )
        if executable.noise is not None:
            self._noise(executable)
            if not flow.straight:
                raise InputError("stim has no noise together with feed-forward; use backend 'aer'")
        width = executable.program.width
        tableau = 4 * width * width // 8
        states = 1 if flow.straight else 4 + flow.splits
        return Need(tableau * (2 + states) + (0 if flow.unitary and executable.noise is None else 2 * _PIECE))

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts."""
        del grant
        return self._counts(executable, self._flow(executable), shots, key, 0)

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis; the change of basis is free of noise."""
        del grant
        flow, first = self._flow(executable), executable.program.num_clbits
        found = [
            self._counts(executable, measured_in(flow, basis), number, key, first)
            for basis, number, key in zip(bases, shots, keys, strict=True)
        ]
        return [counts for counts, _ in found], found[0][1] if found else self.name

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns exact values, those of noise and readout errors included."""
        del grant
        check_exact(executable)
        flow = self._flow(executable)
        place = self._place(executable)
        noise, readout = self._noise(executable) if executable.noise is not None else (None, {})
        steps = list(flow.gates())
        if noise is None:
            simulator = stim.TableauSimulator(seed=0)
            simulator.set_num_qubits(max(1, len(place)))
            simulator.do(stim.Circuit(text_of(steps, place)))
            value = simulator.peek_observable_expectation
        else:
            back = [(stim.Circuit("\n".join(lines_of(one, place))), noise.after(*one), one[1]) for one in steps]
            value = lambda string: _shrunk(string, back, place)
        known: dict[Product, float] = {(): 1.0}
        values = np.zeros(len(products))
        for row, product in enumerate(products):
            terms = [
                (weight * factor, read_as)
                for weight, pauli in paulis_of(product)
                for factor, read_as in _as_read(pauli, readout)
            ]
            for _, pauli in terms:
                if pauli not in known:
                    string = stim.PauliString(max(1, len(place)))
                    for letter, qubit in pauli:
                        string[place[qubit]] = letter
                    known[pauli] = float(value(string))
            values[row] = math.fsum(weight * known[pauli] for weight, pauli in terms)
        return values, self.name

    def _flow(self, executable: Executable) -> Flow:
        """Returns what the circuit does; under noise in the gates that the noise is defined for."""
        noise = executable.noise
        if noise is None:
            return executable.flow
        if noise.device:
            raise InputError(f"the noise of {noise.name} is no mixture of Paulis; use backend 'aer'")
        from qmagic.backends.aer_translate import fitting

        return read(fitting(executable, "statevector"), executable.program.active, idle=IDLE - {"id"})

    def _noise(self, executable: Executable) -> tuple[PauliNoise, Readout]:
        from qmagic.backends.noise import readout_of

        assert executable.noise is not None
        active = executable.program.active
        try:
            return pauli_noise(executable.noise), readout_of(executable.noise.model(active), active)
        except InputError as reason:
            raise InputError(f"stim cannot run this noise: {reason}; use backend 'aer'") from None

    @staticmethod
    def _place(executable: Executable) -> dict[int, int]:
        return {qubit: i for i, qubit in enumerate(executable.program.active)}

    def _counts(self, executable: Executable, flow: Flow, shots: int, key: Key, first: int) -> tuple[CountsTable, str]:
        """Returns the counts of the bits from `first` on."""
        number = flow.num_clbits - first
        if executable.noise is None and not flow.straight:
            random, order = generator(key)
            found = tree.sample(flow, Tableaus(executable.program.active), shots, random)
            counts: dict[int, int] = {}
            for value, count in found.items():
                counts[value >> first] = counts.get(value >> first, 0) + count
            return table_of(counts, number, order), f"{self.name} (tableaus)"
        final = [(bit - first, qubit) for bit, qubit in flow.final if bit >= first]
        if executable.noise is None and flow.unitary:
            return self._of_state(executable, flow, final, number, shots, key), f"{self.name} (tableau)"
        return self._of_sampler(executable, flow, number, first, shots, key), f"{self.name} (sampler)"

    def _of_state(
        self, executable: Executable, flow: Flow, final: list[tuple[int, int]], number: int, shots: int, key: Key
    ) -> CountsTable:
        holder = Tableaus(executable.program.active)
        state = holder.start()
        for one in flow.code:
            assert isinstance(one, Gates)
            holder.apply(state, holder.compiled(one.steps))
        place = self._place(executable)
        outcomes = outcomes_of(state, [place[qubit] for _, qubit in final])
        random, order = generator(key)
        rows, counts = outcomes.drawn(shots, random)
        bits = np.zeros((len(rows), number), np.uint8)
        if final:
            bits[:, [bit for bit, _ in final]] = np.unpackbits(rows, axis=1, bitorder="little", count=len(final))
        return table_of_bits([(bits, counts)], number, order)

    def _of_sampler(
        self, executable: Executable, flow: Flow, number: int, first: int, shots: int, key: Key
    ) -> CountsTable:
        noise, readout = self._noise(executable) if executable.noise is not None else (None, {})
        place = self._place(executable)
        lines: list[str] = []
        records: list[tuple[int, int]] = []
        for one in flow.code:
            if isinstance(one, Measure):
                lines.append(f"M {place[one.qubit]}")
                records.append((one.bit, one.qubit))
            elif isinstance(one, Reset):
                lines.append(f"R {place[one.qubit]}")
            elif isinstance(one, Gates):
                lines.append(_noisy_text(one, noise, place))
        for bit, qubit in flow.final:
            lines.append(f"M {place[qubit]}")
            records.append((bit, qubit))
        # The last record of each bit counts.
        last = {bit - first: i for i, (bit, _) in enumerate(records) if bit >= first}
        seed, order = seed_31(key)
        sampler = stim.Circuit("\n".join(lines)).compile_sampler(seed=seed)
        random, _ = generator(key)
        errors = [readout.get(qubit, (0.0, 0.0)) for _, qubit in records]
        pieces = []
        each = max(1, _PIECE // max(1, len(records)) // 256 * 256)
        for start in range(0, shots, each):
            seen = sampler.sample(min(each, shots - start)).view(np.uint8)
            bits = np.zeros((len(seen), number), np.uint8)
            for bit, record in last.items():
                bits[:, bit] = _misread(seen[:, record], errors[record], random)
            pieces.append((bits, None))
        return table_of_bits(pieces, number, order)


def _noisy_text(one: Gates, noise: PauliNoise | None, place: dict[int, int]) -> str:
    if noise is None:
        return text_of(one.steps, place)
    lines = []
    for step in one.steps:
        lines += lines_of(step, place)
        channel = noise.after(*step)
        if channel:
            lines.append(_channel_line(channel, [place[qubit] for qubit in step[1]]))
    return "\n".join(lines)


def _channel_line(channel: Channel, places: Sequence[int]) -> str:
    """Returns a Pauli channel as a line of a stim circuit, all probabilities to the last digit."""
    width = len(next(iter(channel)))
    labels = ["".join(letters) for letters in itertools.product("IXYZ", repeat=width)][1:]
    numbers = ",".join(repr(channel.get(label, 0.0)) for label in labels)
    return f"PAULI_CHANNEL_{width}({numbers}) {' '.join(map(str, places[:width]))}"


def _misread(bits: NDArray[np.uint8], errors: tuple[float, float], random: np.random.Generator) -> NDArray[np.uint8]:
    """Returns bits as a readout with errors (p01, p10) gives them."""
    p01, p10 = errors
    if not p01 and not p10:
        return bits
    flipped: NDArray[np.uint8] = bits ^ (random.random(len(bits)) < np.where(bits, p10, p01))
    return flipped


def _as_read(pauli: Product, readout: Readout) -> list[tuple[float, Product]]:
    """Returns what a Pauli is read as: each factor P becomes ``(1 - p01 - p10) P + (p10 - p01)``."""
    terms: list[tuple[float, Product]] = [(1.0, ())]
    leaning = 0
    for factor in pauli:
        p01, p10 = readout.get(factor[1], (0.0, 0.0))
        kept = [(weight * (1 - p01 - p10), (*rest, factor)) for weight, rest in terms]
        if p01 != p10:
            leaning += 1
            kept += [(weight * (p10 - p01), rest) for weight, rest in terms]
        terms = kept
    if leaning > _MOST_LEANING:
        raise InputError(
            f"a term on {leaning} qubits with unequal readout errors has 2^{leaning} parts; "
            f"at most {_MOST_LEANING} such qubits are exact: set shots"
        )
    return terms


def _shrunk(
    string: stim.PauliString, back: list[tuple[stim.Circuit, Channel | None, tuple[int, ...]]], place: dict[int, int]
) -> float:
    """Returns the exact value of a Pauli after noisy gates on qubits that all start as 0."""
    value = 1.0
    for gate, channel, qubits in reversed(back):
        if channel:
            letters = ["IXYZ"[string[place[qubit]]] for qubit in qubits]
            value *= 1.0 - 2.0 * math.fsum(p for label, p in channel.items() if _anticommute(label, letters))
        string = string.before(gate)
    if any(string[i] in (1, 2) for i in range(len(string))):
        return 0.0
    return float(value * string.sign.real)


def _anticommute(label: str, letters: Sequence[str]) -> bool:
    return sum(a not in ("I", b) and b != "I" for a, b in zip(label, letters, strict=False)) % 2 == 1
