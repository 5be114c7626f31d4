"""Other ways of putting electrons on qubits, and UCCSD on these, by qiskit-nature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError, nearest

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp

    from qmagic.loops.problems.electrons import Electrons

__all__ = ["MAPPERS", "mapped"]

#: Mappers by name, besides our own Jordan-Wigner.
MAPPERS = ("parity", "bravyi-kitaev")


def mapped(electrons: Electrons, mapper: Any) -> tuple[QuantumCircuit, SparsePauliOp]:
    """Returns UCCSD and the energy in Hartree.

    Args:
        electrons: The molecule.
        mapper: One of `MAPPERS` (``"parity"`` leaves out the two qubits that never change), or a mapper of
            qiskit-nature's.

    Raises:
        InputError: qiskit-nature is needed and not installed, or there is no such mapper.
    """
    try:
        from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
        from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
        from qiskit_nature.second_q.mappers import BravyiKitaevMapper, ParityMapper, TaperedQubitMapper
        from qiskit_nature.second_q.mappers.fermionic_mapper import FermionicMapper
    except ImportError as error:
        raise InputError(
            f'mapper={mapper!r} needs qiskit-nature, which is not installed: pip install "qmagic[chemistry]"'
        ) from error
    particles = electrons.pairs, electrons.pairs
    if isinstance(mapper, str):
        if mapper not in MAPPERS:
            known = ("jordan-wigner", *MAPPERS)
            raise InputError(
                f"there is no mapper {mapper!r}{nearest(mapper, known)}; "
                f"expected {', '.join(known)} or a mapper of qiskit-nature's"
            )
        mapper = ParityMapper(num_particles=particles) if mapper == "parity" else BravyiKitaevMapper()
    elif not isinstance(mapper, (FermionicMapper, TaperedQubitMapper)):
        raise InputError(f"mapper={mapper!r} is none; expected a name or a fermionic mapper of qiskit-nature's")
    energy = ElectronicEnergy.from_raw_integrals(electrons.one, electrons.two)
    energy.nuclear_repulsion_energy = electrons.constant
    observable = mapper.map(energy.second_q_op())
    identity = "I" * observable.num_qubits
    observable = (observable + type(observable)(identity, electrons.constant)).simplify()
    start = HartreeFock(electrons.orbitals, particles, mapper)
    ansatz = UCCSD(electrons.orbitals, particles, mapper, initial_state=start)
    # Plain gates: the classes themselves are deprecated, and are nothing that QPY knows.
    return ansatz.decompose(), observable
