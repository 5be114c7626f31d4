"""``%%qloop`` in a real kernel: a cell becomes a loop, which goes on while the kernel is busy, and after a restart."""

from __future__ import annotations

from qmagic import client
from tests.faults.making import until
from tests.magics.conftest import Kernel

COST = """%%qloop --optimizer nelder-mead --x0 [0.0,1.0] --maxiter {n} --seed 1 -o loop
import time
def cost(x):
    time.sleep({pause})
    return float(((x - 0.3) ** 2).sum())
"""


def test_a_cell_with_a_cost_function_returns_its_loop_at_once(kernel: Kernel):
    """The value is the loop; its result is the minimum; the cell is recorded."""
    cell = kernel.run(COST.format(n=5000, pause=0.02))
    assert cell.status == "ok", cell
    id = kernel.value("loop.id")
    loop = client.job(id)
    assert not loop.done()
    assert isinstance(loop, client.Loop)
    assert kernel.value("type(_).__name__") == "str"  # the value of the line above
    assert loop.spec().cell.startswith("%%qloop --optimizer nelder-mead")
    # while the kernel is busy, and after it restarted, the loop is ordered about from here
    until(lambda: loop.state().iteration > 2, 60)

    def pause() -> None:
        loop.pause()
        until(lambda: loop.state().phase == "paused", 60)

    busy = kernel.run("import time; time.sleep(3); 'awake'", when_busy=pause)
    assert busy.text == "'awake'"
    kernel.restart()
    assert kernel.value(f"import qmagic; qmagic.job('{id}').state().phase") == "paused"
    kernel.run(f"loop = qmagic.job('{id}'); loop.set(maxiter=loop.state().iteration + 2); loop.resume()")
    assert kernel.value("loop.result(60).reason").startswith("maxiter")


def test_a_cell_that_ends_in_ansatz_and_observable(kernel: Kernel):
    """Flags reach the loop: optimizer, shots, iterations, seed, its options."""
    cell = kernel.run(
        "%%qloop --optimizer spsa --shots 100 --maxiter 3 --learning-rate 0.2 --option calibration=2 --name e\n"
        "from qiskit.circuit.library import efficient_su2\n"
        "efficient_su2(2, reps=1), 'ZZ + 0.5*XI'"
    )
    assert cell.status == "ok", cell
    loop = client.jobs(1)[0]
    assert isinstance(loop, client.Loop)
    result = loop.result(60)
    spec = loop.loop_spec()
    assert (spec.optimizer, spec.shots, spec.maxiter, spec.learning_rate) == ("spsa", 100, 3, 0.2)
    assert spec.options == {"calibration": 2}
    assert result.iterations == 3
    shown = kernel.run("loop = qmagic.jobs(1)[0]; loop").shown[0]
    assert "application/vnd.qmagic.loop.v1+json" in shown
    assert "measured again after the end" in shown["text/plain"]
    assert "<svg" in shown["text/html"]


def test_what_a_cell_gets_wrong_is_one_line(kernel: Kernel):
    """A wrong name, a wrong body, a wrong option, an unpicklable function."""
    for code, message in (
        ("%%qloop --optimizer cobila\n1", "no optimizer 'cobila'; did you mean 'cobyla'?"),
        ("%%qloop\n3", "the body gives int 3; expected (ansatz, observable) at its end"),
        ("%%qloop --optimiser spsa\n3", "did you mean '--optimizer'?"),
        ("%%qloop --option x\n3", "expected NAME=VALUE"),
        ("%%qloop --x0 [0.0]\nimport threading\nlock = threading.Lock()\ndef cost(x):\n    with lock: return 0.0",
         "its variable 'lock' (lock) cannot be pickled"),
        ("%%qloop\ndef cost(x):\n    return 0.0", "needs a first point"),
    ):  # fmt: skip
        kernel.run("cost = None") if "def cost" not in code else kernel.run("x0 = None")
        cell = kernel.run(code)
        assert cell.status == "error", code
        assert message in cell.traceback, (code, cell.traceback)


def test_help_and_completion(kernel: Kernel):
    """--help shows the flags; Tab offers flags, optimizers and gradients."""
    assert "--optimizer NAME" in kernel.run("%qloop --help").stdout
    assert "--optimizer" in kernel.complete("%%qloop --opt")[0]
    assert "nelder-mead" in kernel.complete("%%qloop --optimizer ne")[0]
    assert "parameter-shift" in kernel.complete("%%qloop --gradient pa")[0]
