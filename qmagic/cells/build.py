"""A cell, or the arguments of `qmagic.run`, to a `JobSpec`.

OpenQASM text goes as it is: this path imports neither Qiskit nor NumPy, and a worker checks the circuit before the job
exists. Python objects are checked here and travel as QPY. Whatever raises here raises before anything was submitted.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from typing import Any

from qmagic.cells import files, flags, foreign, python, validate
from qmagic.cells.includes import inline
from qmagic.cells.languages import language_of, width_of
from qmagic.cells.request import CellRequest, Wanted
from qmagic.errors import InputError
from qmagic.jobs import Environment, JobSpec, PubSpec, Source, new_job_id, new_seed

__all__ = ["build", "build_objects", "build_text"]

_NO_OBSERVABLES = "precision is a standard error of observables, and there are none; give shots for counts"


def build(
    request: CellRequest,
    namespace: Mapping[str, Any],
    environment: Environment,
    *,
    execute: Callable[[str], Any] | None = None,
) -> JobSpec:
    """Returns the job that a cell asks for.

    Args:
        request: The cell, its flags parsed.
        namespace: The user's variables.
        environment: The Python environment of this process; relative files start in its folder.
        execute: Runs Python text like a cell and returns the value of its last expression. What it raises is the
            user's own error and passes through.

    Raises:
        InputError: Something in the cell cannot run; one line says what. `SourceError` and `NotFoundError` are such.
    """
    flags.check(request)
    # All flags are read before a body runs: a typing error in one should cost nothing.
    wanted = flags.read(request, namespace)
    flags.transpile(request)
    if request.file is not None:
        if request.body.strip() or request.circuit is not None:
            raise InputError(f"--file {request.file} takes the place of a body and of --circuit; give one of them")
        return _build_file(request, wanted, environment)
    if request.circuit is not None:
        if request.body.strip():
            _run_body(request, execute)
        value = python.evaluate(request.circuit, namespace, execute)
        return _build_value(value, request.circuit, request, wanted, environment)
    validate.check_text(request.body, "the cell", request.first_line)
    language = language_of(request.body, request.lang, request.first_line)
    if language != "python":
        return build_text(request.body, language, request, wanted, environment)
    return _build_value(_run_body(request, execute), "the cell", request, wanted, environment)


def build_text(
    text: str, language: str, request: CellRequest, wanted: Wanted, environment: Environment, folder: str | None = None
) -> JobSpec:
    """Returns the job of an OpenQASM text, which is not looked into.

    Args:
        text: OpenQASM, checked by `validate.check_text`.
        language: ``"openqasm2"`` or ``"openqasm3"``.
        request: The flags; `first_line` is the line on which the text starts.
        wanted: What the flags mean; parameter values as `ParameterValues`.
        environment: The environment of this process.
        folder: Where relative includes start; None is the environment's folder.

    Raises:
        InputError: A file that it includes cannot be read, or a flag does not go with it.
    """
    if request.precision is not None and wanted.observables is None:
        raise InputError(_NO_OBSERVABLES)
    text = inline(text, environment.folder if folder is None else folder, request.first_line)
    pub = PubSpec(
        parameters=wanted.parameter_values,
        observables=wanted.observables,
        observables_shape=wanted.observables_shape,
        shots=request.shots,
        precision=request.precision,
    )
    kind = "state" if request.state else "sample" if wanted.observables is None else "estimate"
    source = Source(language, _encoded(text), request.first_line)
    return _spec(request, wanted, environment, kind=kind, source=source, pubs=(pub,), width=width_of(text))


def build_objects(value: Any, what: str, request: CellRequest, wanted: Wanted, environment: Environment) -> JobSpec:
    """Returns the job of circuits or PUBs given as objects; everything is checked here.

    Args:
        value: A circuit, a PUB, OpenQASM text, or a list of these.
        what: Where the value comes from, as the first words of an error.
        request: The flags.
        wanted: What the flags mean.
        environment: The environment of this process.

    Raises:
        InputError: There is no circuit, or one cannot run as asked.
    """
    entries = _as_circuits(python.entries(value, what))
    from qmagic.cells import pubs  # needed for objects only: text stays light

    gathered = pubs.gather(entries, wanted, request.shots, request.precision)
    if gathered.kind == "sample" and request.precision is not None:
        raise InputError(_NO_OBSERVABLES)
    spec = _spec(
        request,
        wanted,
        environment,
        kind="state" if request.state else gathered.kind,
        source=gathered.source(),
        pubs=gathered.pubs,
        width=max(circuit.num_qubits for circuit in gathered.circuits),
        # only a worker knows backends and devices, and whether there is one state to show: then it reads the job first
        checked=request.backend == "auto"
        and wanted.noise is None
        and request.transpile_to is None
        and not request.state,
    )
    validate.check(spec, gathered.circuits)
    return spec


def _build_value(value: Any, what: str, request: CellRequest, wanted: Wanted, environment: Environment) -> JobSpec:
    if isinstance(value, str):
        validate.check_text(value, f"the text that {what} gives")
        language = language_of(value)
        if language != "python":
            return build_text(value, language, dataclasses.replace(request, first_line=1), wanted, environment)
    return build_objects(value, what, request, wanted, environment)


def _run_body(request: CellRequest, execute: Callable[[str], Any] | None) -> Any:
    validate.check_text(request.body, "the cell", request.first_line)
    if language_of(request.body, request.lang, request.first_line) != "python":
        raise InputError(f"--circuit {request.circuit} and a body in OpenQASM: give one of them")
    if execute is None:
        raise InputError("the text looks like Python, which runs only as a notebook cell; expected OpenQASM")
    return execute(request.body)


def _build_file(request: CellRequest, wanted: Wanted, environment: Environment) -> JobSpec:
    name = str(request.file)
    path = os.path.join(environment.folder, os.path.expanduser(name))
    data = files.read(path, name)
    what = f"the file {name}"
    if files.is_qpy(data):
        from qmagic.cells.load import load

        return build_objects(load(Source("qpy", data)), what, request, wanted, environment)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{what} is neither text nor QPY; expected a .qasm or .qpy file") from None
    validate.check_text(text, what)
    language = language_of(text, request.lang)
    if language == "python":
        raise InputError(f"{what} does not look like OpenQASM; expected a .qasm or .qpy file")
    request = dataclasses.replace(request, first_line=1)
    return build_text(text, language, request, wanted, environment, os.path.dirname(path))


def _as_circuits(entries: list[Any]) -> list[Any]:
    """Returns the same circuits and PUBs with Qiskit's circuits in place of texts and of other libraries' circuits."""
    made: dict[int, Any] = {}

    def converted(value: Any) -> Any:
        if isinstance(value, str):
            return _read(value)
        if not foreign.is_foreign(value):
            return value
        if id(value) not in made:
            made[id(value)] = foreign.converted(value)
        return made[id(value)]

    return [
        (converted(entry[0]), *entry[1:])
        if isinstance(entry, tuple) and foreign.is_foreign(entry[0])
        else converted(entry)
        for entry in entries
    ]


def _read(entry: str) -> Any:
    """A text among objects is read here, to be one circuit of several."""
    from qmagic.cells.load import load

    validate.check_text(entry, "the text")
    language = language_of(entry)
    if language == "python":
        raise InputError(f"{entry.strip()[:40]!r} is neither a circuit nor OpenQASM; expected one of them")
    return load(Source(language, _encoded(inline(entry, os.getcwd()))))[0]


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text holds {text[error.start]!r}, half a character; expected Unicode text") from None


def _spec(request: CellRequest, wanted: Wanted, environment: Environment, **circuits: Any) -> JobSpec:
    return JobSpec(
        id=new_job_id(),
        seed=new_seed() if request.seed is None else request.seed,
        backend=request.backend,
        failover=request.failover,
        noise=wanted.noise,
        transpile=flags.transpile(request),
        sweep=wanted.sweep,
        environment=environment,
        name=request.name,
        tags=request.tags,
        notebook=request.notebook,
        cell=request.cell or request.body,
        priority=request.priority,
        timeout=request.timeout,
        resubmit=request.resubmit_in_doubt,
        **circuits,
    )
