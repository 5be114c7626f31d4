"""The jobs panel in a real browser: from an event in the service to the pixel, its memory, its frames, its size."""

from __future__ import annotations

import contextlib
import gzip
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.full_store import fill
from benchmarks.kernel import ROOT, Home, Kernel, new_home
from benchmarks.lab import CHROMIUM, FLAGS, Lab
from benchmarks.row import Row, seconds, size

TINY = {"events": 3, "many": 300, "frames": 6}

#: Notes when the end of each job is on screen: the row says so, and the frame in which it does has been drawn.
_WATCH = """() => {
    window.pixels = {};
    const drawn = new MessageChannel(), seen = new Set();
    let fresh = [];
    drawn.port1.onmessage = () => {
        const now = (performance.timeOrigin + performance.now()) / 1000;
        fresh.splice(0).forEach(id => { window.pixels[id] = now; });
    };
    new MutationObserver(() => {
        for (const row of document.querySelectorAll('#qmagic-jobs .qm-Row'))
            if (/DONE|CANCELLED/.test(row.dataset.status) && !seen.has(row.dataset.id)) {
                seen.add(row.dataset.id);
                fresh.push(row.dataset.id);
            }
        if (fresh.length) drawn.port2.postMessage(null);
    }).observe(document.querySelector('#qmagic-jobs .qm-Table'), {subtree: true, childList: true, attributes: true});
}"""

#: Does something in each of so many frames, and returns the seconds from frame to frame.
_FRAMES = """([what, most]) => new Promise(done => {
    const step = new Function('i', what), times = [];
    let last = 0;
    const frame = now => {
        times.push((now - last) / 1000);
        last = now;
        if (times.length <= most + 1) { step(times.length); requestAnimationFrame(frame); } else done(times.slice(2));
    };
    requestAnimationFrame(frame);
})"""
_SCROLL = "const t = document.querySelector('#qmagic-jobs .qm-Table'); t.scrollTop = i * %d;"
_TYPE = """if (i % 12 === 0) {
    const search = document.querySelector('#qmagic-jobs .qm-Search');
    search.value = '524 done'.slice(0, i / 12);
    search.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def measure(*, events: int = 100, many: int = 10_000, frames: int = 120) -> list[Row]:
    """Opens the panel in JupyterLab, on an empty home and on a full one.

    Args:
        events: Ends of jobs, of which each is waited for on screen: first with idle workers, then with busy ones.
        many: Jobs of the full home.
        frames: Frames of each kind of scrolling.
    """
    with new_home() as home, _panel(home) as page:
        page.wait_for_selector("#qmagic-jobs .qm-Empty h2")
        empty = _memory(page)
        with Kernel(home) as kernel:
            kernel.call(idle_ends, number=1)  # the service starts, the table is there
            page.wait_for_selector("#qmagic-jobs .qm-Row")
            page.evaluate(_WATCH)
            ends = [_seen(page, kernel.call(of, number=events)) for of in (idle_ends, busy_ends)]
    with new_home() as home:
        fill(home.path, many)
        with _panel(home) as page:
            page.wait_for_function(f"document.querySelector('#qmagic-jobs .qm-Summary')?.innerText === '{many:,} jobs'")
            scrolled = page.evaluate(_FRAMES, [_SCROLL % (46 * many // frames), frames])
            scrolled += page.evaluate(_FRAMES, [_SCROLL % 60, frames])
            filtered = page.evaluate(_FRAMES, [_TYPE, frames])
            full = _memory(page)
    what = "an event of the service on screen"
    loaded = [path.read_bytes() for path in (ROOT / "qmagic" / "labextension" / "static").glob("*.js")]
    return [
        *(
            row
            for times, how in zip(ends, ("idle workers", "every worker busy"), strict=True)
            for row in (
                seconds(f"{what}, {how}", times, at_most=0.05 if how.startswith("idle") else None),
                seconds(f"{what}, {how}, p99", [_p99(times)], at_most=0.15 if how.startswith("idle") else None),
            )
        ),
        seconds(f"a frame while {many:,} jobs are scrolled through", scrolled),
        seconds(f"the slowest frame while {many:,} jobs are scrolled through", [max(scrolled)], at_most=0.1),
        seconds(f"the slowest frame while {many:,} jobs are filtered", [max(filtered)], at_most=0.1),
        size(f"panel memory with {many:,} jobs, above an empty one", max(1, full - empty)),
        size("extension, compressed", sum(len(gzip.compress(data)) for data in loaded), at_most=300_000),
    ]


@contextlib.contextmanager
def _panel(home: Home) -> Iterator[Any]:
    """Gives a page of JupyterLab with the panel open."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise RuntimeError("the panel is measured in Chromium, which is not on PATH")
    folder = home.path.parent
    for name in ("notebooks", "lab"):
        (folder / name).mkdir()
    lab = Lab(folder / "notebooks", folder / "lab", home.environment)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(60_000)
            page.goto(f"{lab.url}/lab?token={lab.token}")
            page.wait_for_selector("#jupyterlab-splash", state="detached")
            page.locator(".qm-StatusItem button").click()
            page.wait_for_selector("#qmagic-jobs")
            yield page
            browser.close()
    finally:
        lab.stop()


def _seen(page: Any, ended: dict[str, float]) -> list[float]:
    """Returns the seconds from each end, as the service dates it before it commits, to the screen."""
    page.wait_for_function("ids => ids.every(id => id in window.pixels)", arg=list(ended))
    pixels = page.evaluate("window.pixels")
    return [pixels[job] - when for job, when in ended.items()]


def _memory(page: Any) -> float:
    """Returns the bytes of the page's JavaScript heap that are in use."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def _p99(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, round(0.99 * len(times)))]


# -- in the kernel ----------------------------------------------------------------------------------------------------


def idle_ends(number: int) -> dict[str, float]:
    """Runs jobs one after the other, a quarter of a second apart, and returns when each ended."""
    import qmagic

    ended = {}
    for i in range(number):
        job = qmagic.run(_bell(), backend="scripted:sleep=0.02")
        job.result()
        ended[job.id] = job.info().ended
        time.sleep(0.2 + 0.013 * (i % 8))  # not in step with the browser's frames
    return ended


def busy_ends(number: int) -> dict[str, float]:
    """Cancels waiting jobs one after the other, while every worker computes, and returns when each ended."""
    import qmagic
    from qmagic import client

    status = client.service_status()
    assert status is not None
    long = [_trajectories() for _ in range(status.slots)]
    while not all(job.info().backend.startswith("aer") for job in long):
        time.sleep(0.05)
    waiting = [qmagic.run(_bell()) for _ in range(min(number, 12))]
    ended = {}
    for i in range(number):
        job = waiting[i % len(waiting)]
        job.cancel()
        ended[job.id] = job.info().ended
        waiting[i % len(waiting)] = qmagic.run(_bell())
        time.sleep(0.2 + 0.013 * (i % 8))
    for job in (*waiting, *long):
        job.cancel()
    return ended


def _trajectories() -> Any:
    """Returns a job that keeps one core busy for as long as anyone looks."""
    from qiskit import QuantumCircuit

    import qmagic

    circuit = QuantumCircuit(12)
    for _ in range(20):
        circuit.rx(0.3, range(12))
        for qubit in range(11):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return qmagic.run(circuit, noise="depolarizing=0.01", shots=10_000_000)


def _bell() -> Any:
    from benchmarks.circuits import bell

    return bell(0)
