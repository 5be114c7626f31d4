"""The problems that everybody starts with: `vqe` on molecules, `qaoa` on graphs, QUBO and Ising.

molecule, vqe               `molecules`: names and atoms to a problem
                            `geometry`, `electrons`: where the atoms are, integrals over orbitals
                            `jordan_wigner`, `uccsd`: observable and ansatz; `nature`: by other mappers
maxcut, qubo, ising, qaoa   `combinatorial`: graphs and forms to a problem, samples to a solution
                            `graphs`, `spins`, `qaoa_ansatz`: what is given, its energy, ansatz and first point
Problem                     `problem`: ansatz, observable, first point, exact value; `start`: to a loop
"""

from __future__ import annotations

from qmagic.loops.problems.combinatorial import Combinatorial, MaxCut, Solution, ising, maxcut, qaoa, qubo
from qmagic.loops.problems.molecules import Molecule, molecule, vqe
from qmagic.loops.problems.problem import Problem

__all__ = [
    "Combinatorial", "MaxCut", "Molecule", "Problem", "Solution", "ising", "maxcut", "molecule", "qaoa", "qubo", "vqe",
]  # fmt: skip
