"""The cockpit in a real browser: five runs of 10,000 iterations over one another, frame by frame while one zooms."""

from __future__ import annotations

import json

from benchmarks.kernel import Kernel, new_home
from benchmarks.lab import CHROMIUM, FLAGS, Lab
from benchmarks.row import Row, seconds

TINY = {"iterations": 300, "frames": 6}

_RUNS = 5
#: Zooms by a key in each of so many frames, in and out again, and returns the seconds from frame to frame.
_ZOOM = """most => new Promise(done => {
    const chart = document.querySelector('.jp-OutputArea .qmv-Chart'), times = [];
    let last = 0;
    const frame = now => {
        times.push((now - last) / 1000);
        last = now;
        if (times.length > most + 1) { done(times.slice(2)); return; }
        const key = times.length % 20 < 10 ? '+' : '-';
        chart.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
})"""


def measure(*, iterations: int = 10_000, frames: int = 120) -> list[Row]:
    """Opens a notebook with a loop, lays four others over it, and zooms with the keys.

    Args:
        iterations: Of each loop.
        frames: Frames that are measured; the cockpit draws in each.
    """
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise RuntimeError("the cockpit is measured in Chromium, which is not on PATH")
    with new_home() as home:
        with Kernel(home) as kernel:
            kernel.run("%load_ext qmagic")
            data = kernel.call(in_kernel, runs=_RUNS, iterations=iterations)
        folder = home.path.parent
        for name in ("notebooks", "lab"):
            (folder / name).mkdir()
        output = {"output_type": "display_data", "metadata": {}, "data": data}
        cell = {
            "cell_type": "code", "id": "c0", "execution_count": 1, "metadata": {}, "source": "", "outputs": [output],
        }  # fmt: skip
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
        (folder / "notebooks" / "loops.ipynb").write_text(json.dumps(book), "utf-8")
        lab = Lab(folder / "notebooks", folder / "lab", home.environment)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
                page = browser.new_page(viewport={"width": 1400, "height": 1000})
                page.set_default_timeout(60_000)
                page.goto(f"{lab.url}/lab/tree/loops.ipynb?token={lab.token}")
                shown = page.locator(".jp-OutputArea .qmv-Loop")
                shown.get_by_text("Compare with other loops").click()
                for box in shown.get_by_role("checkbox").filter(visible=True).all()[1:]:
                    box.check()  # the first is the logarithmic scale
                shown.locator(".qmv-Legend-item").nth(_RUNS - 1).wait_for()
                page.wait_for_timeout(3000)  # all iterations have come
                times = page.evaluate(_ZOOM, frames)
                browser.close()
        finally:
            lab.stop()
    what = f"{_RUNS} runs of {iterations:,} iterations are zoomed"
    return [
        seconds(f"a frame while {what}", times),
        seconds(f"the slowest frame while {what}", [max(times)], at_most=0.1),
    ]


def in_kernel(runs: int, iterations: int) -> dict[str, object]:
    """Runs in the kernel: loops that take no time, and what a notebook stores of the last one."""
    import os

    import numpy as np

    import qmagic

    os.environ["QMAGIC_HEADLESS"] = "0"  # as a person sees it, in continuous integration too

    def rough(x, seed):
        return float(x @ x) + 0.01 * np.random.default_rng(seed).standard_normal(), 0.01

    loops = [
        qmagic.minimize(rough, [1.0, -0.5], optimizer="spsa", maxiter=iterations, seed=i, name=f"run {i}")
        for i in range(runs)
    ]
    for loop in loops:
        loop.result(600)
    return loops[-1]._repr_mimebundle_()
