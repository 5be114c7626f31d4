"""``%%qrun`` and ``%qrun``: a cell, or an object, becomes a job."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from qmagic import options
from qmagic.errors import InputError
from qmagic.magics import values
from qmagic.magics.body import PythonBody
from qmagic.magics.call import Call
from qmagic.magics.compare import run_group
from qmagic.magics.flags import Command, Flag, number, whole
from qmagic.magics.show import (
    calling_frame,
    planned,
    result_of,
    shown_job,
    shown_result,
    submitted,
    value_is_shown,
)  # fmt: skip

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.cells import CellRequest
    from qmagic.jobs import JobSpec

__all__ = ["FIELDS", "QRUN", "build_spec", "notebook", "run_circuits"]

_LANGUAGES = ("auto", "python", "openqasm2", "openqasm3")

QRUN = Command(
    "qrun",
    usage="%%qrun [flags]           the body is OpenQASM 2 or 3, or Python whose last expression is a circuit\n"
    "%qrun circuit [flags]    the circuit is an object (Qiskit's, Cirq's, Braket's): a variable or an expression",
    about="Runs a circuit as a job and shows its result: counts, or expectation values with --observables. The job "
    "lives outside the kernel: %qresult shows its result again, also after a restart. An interrupt cancels it. A "
    "flag's value may name a variable: --shots {n}. A semicolon at the end shows nothing.",
    words="circuit",
    flags=(
        Flag("--shots", "Shots of each circuit. Default: 1,024 for counts; exact for observables.", "N", whole,
             values="shots"),
        Flag("--seed", "Seed of all random draws; the same seed gives the same counts.", "N", whole, values="seed"),
        Flag("--backend", "Simulator or device; auto takes what suits the circuit. Several, with commas between them, "
             "run the same circuit and are laid over each other.", "NAME", values="backend"),
        Flag("--failover", "With --backend best(...): move on to the next best device when the first goes down."),
        Flag("--repeat", "Run it so many times, and show how the runs differ.", "N", whole),
        Flag("--observables", 'Expectation values in place of counts: "ZZ; 0.5*XX + YY; Z0*Z3".', "LIST"),
        Flag("--bind", "Values of parameters by name: theta=0.3,phi=pi/4.", "LIST"),
        Flag("--sweep", "Values of one parameter, from start to stop with both ends: theta=0:pi:21.", "RANGE"),
        Flag("--precision", "Wanted standard error of each observable; chooses the shots.", "P", number,
             values="precision"),
        Flag("--noise", "Device snapshot, parameters such as depolarizing=0.01,t1=120us,t2=80us,readout=0.02, or a "
             "variable that holds a NoiseModel.", "NOISE", values="noise"),
        Flag("--transpile-to", "Device snapshot onto which the circuits are brought first.", "DEVICE", values="device"),
        Flag("--optimization-level", "How hard the transpiler tries. Default: 1.", "0-3", whole, values="level"),
        Flag("--initial-layout", "Physical qubit of each qubit: 0,1,4.", "LIST", lambda text: text.strip("[]()")),
        Flag("--seed-transpiler", "Seed of the transpiler.", "N", whole, values="seed"),
        Flag("--trials", "Transpiler seeds to try; the circuit with the fewest two-qubit gates is kept.", "N", whole),
        Flag("--verbatim", "Insist that the circuits fit the device as they are."),
        Flag("--dry-run", "Show where it would run, why, and what else could; run nothing."),
        Flag("--file", "Read the circuit from a .qasm or .qpy file.", "PATH", values="file"),
        Flag("--lang", "Language of the body, when looking at it is not enough.", "LANG", choices=_LANGUAGES),
        Flag("--circuit", "Variable or expression that gives the circuits, once the body has run.", "NAME",
             values="circuit"),
        Flag("--async", "Return the job at once; job.result() or await job waits for it.", dest="detach"),
        Flag("--keep", "An interrupt only stops waiting; the job goes on."),
        Flag("--timeout", "Seconds of run time after which the job fails.", "SECONDS", number),
        Flag("--name", "The job's name.", "TEXT"),
        Flag("--tag", "A tag to find the job by; may be given again.", "TEXT", repeats=True, dest="tags", values="tag"),
        Flag("--priority", "Higher runs earlier among this notebook's jobs. Default: 0.", "N", whole),
        Flag("--resubmit-in-doubt", "At a cloud: when the reply to a submit is lost and the job cannot be found there, "
             "submit it again, though it may then be billed twice."),
        Flag("--output", "Also assign the result (with --async: the job) to this variable.", "NAME", short="-o"),
        Flag("--quiet", "Show nothing."),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %%qrun --shots 4096 --seed 7
        OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;

        %qrun circuit --observables "ZZ; 0.5*XX + YY" --bind theta=0.3
        %qrun circuit --sweep theta=0:pi:21 --observables ZZ
        %qrun circuit --backend aer,ibm-stub:manila,ibm-stub:torino
        %qrun circuit --noise fake_sherbrooke --transpile-to fake_sherbrooke --optimization-level 3
        job = %qrun --async circuit
    """,
    errors="""
        %qrun has no flag --shot; did you mean '--shots'?     a flag or a name is misspelt
        line 4, column 3: ...                                 the text is wrong there (the magic's line is 1)
        the circuit has no measurements                       measure, or ask for --observables
        the parameters ... have no value                      give --bind or --sweep
        ... needs ... GB                                      the simulation does not fit; the message says what would
    """,
)  # fmt: skip

#: The fields of `CellRequest` that are flags of the same name, and of these the ones that have an option.
FIELDS = (
    "lang", "circuit", "file", "shots", "precision", "seed", "backend", "observables", "bind", "sweep", "noise",
    "transpile_to", "optimization_level", "initial_layout", "seed_transpiler", "trials", "verbatim", "name", "timeout",
    "priority", "resubmit_in_doubt", "failover",
)  # fmt: skip
_DEFAULTS = ("seed", "backend", "noise", "transpile_to", "timeout")


def run_circuits(call: Call) -> Any:
    """Submits what the cell or line asks for; returns its result, or the job with ``--async``."""
    import msgspec

    from qmagic import client

    spec = build_spec(call)
    given = call.parsed.given
    backends, repeat = client.backends_of(spec.backend), given.get("repeat", 1)
    if given.get("dry_run"):
        return planned(client.placed(msgspec.structs.replace(spec, backend=backends[0])))
    keep = given.get("keep", call.defaults.keep)
    if len(backends) > 1 or repeat != 1:
        return run_group(call, client.group_specs(spec, backends, repeat), keep=keep)
    job = submitted(spec, keep=keep)
    values.remember(job.id, spec.tags)
    watched = not call.silent and value_is_shown()
    if given.get("detach"):
        return shown_job(call.shell, job) if watched else job
    return shown_result(call.shell, job, keep=keep) if watched else result_of(job, keep=keep)


def build_spec(call: Call, *, name: str = "qrun", state: bool = False) -> JobSpec:
    """Returns the job that the cell or line of a magic asks for.

    Args:
        call: The call.
        name: The magic.
        state: Whether the job is to show the state after each gate.
    """
    from qmagic import cells, client  # here, so that %load_ext stays quick

    defaults = options.RunOptions() if state else call.defaults
    python = _python(call, name, call.parsed.given.get("debug", defaults.debug))
    request = dataclasses.replace(_request(call, name, defaults), state=state)
    spec = cells.build(request, call.namespace, client.environment(), execute=python)
    call.silent = call.silent or python.semicolon
    return spec


def _request(call: Call, name: str, defaults: options.RunOptions) -> CellRequest:
    """Returns the request: the flags, and the defaults for those that were not given."""
    from qmagic import cells

    given, words = call.parsed.given, call.parsed.words
    if call.body is not None and words:
        raise InputError(f"%%{name} takes flags only on its line, got {words!r}; the circuit goes below (or --circuit)")
    if call.body is None and not (words or "circuit" in given or "file" in given):
        raise InputError(f"%{name} needs a circuit: %{name} circuit, or %{name} --file circuit.qasm")
    if words and ("circuit" in given or "file" in given):
        raise InputError(f"%{name} takes one circuit: {words!r}, --circuit or --file")
    fields: dict[str, Any] = {field: getattr(defaults, field) for field in _DEFAULTS}
    if "transpile_to" in given or defaults.transpile_to:
        fields["optimization_level"] = defaults.optimization_level
    if "precision" not in given:
        fields["shots"] = defaults.shots
    fields |= {name: given[name] for name in FIELDS if name in given}
    if words:
        fields["circuit"] = words
    tags = tuple(dict.fromkeys((*defaults.tags, *given.get("tags", ()))))
    magic = f"%{name}" if call.body is None else f"%%{name}"
    cell = f"{magic} {call.line}".rstrip() + ("" if call.body is None else f"\n{call.body}")
    return cells.CellRequest(body=call.body or "", cell=cell, tags=tags, notebook=notebook(call.shell), **fields)


def _python(call: Call, name: str, debug: bool) -> PythonBody:
    """Returns what runs the Python of this call: the body below the line, or the expression on it."""
    if call.body is not None:
        return PythonBody(call.shell, call.namespace, 2, f"%%{name} {call.line}".rstrip(), debug)
    frame = calling_frame()
    return PythonBody(call.shell, call.namespace, frame.f_lineno if frame else 1, debug=debug)


def notebook(shell: InteractiveShell) -> str:
    """Returns what tells this notebook from others; VS Code says it in a variable of its own."""
    from qmagic import client

    return str(shell.user_ns.get("__vsc_ipynb_file__") or client.notebook())
