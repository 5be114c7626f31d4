"""Photographs the gallery: ``python labextension/gallery/look.py [show ...]`` writes PNGs into gallery/out/."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).with_name("out")
SHOWS = ["cards", "counts", "values", "states", "bloch", "density", "circuits"]


def main() -> None:
    themes = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
    for theme in ("light", "dark"):
        shutil.copy(themes / f"theme-{theme}-extension/index.css", OUT / f"{theme}.css")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        for theme in ("light", "dark"):
            for show in sys.argv[1:] or SHOWS:
                page = browser.new_page(viewport={"width": 860, "height": 900})
                page.on("console", lambda message: print("console:", message.text))
                page.on("pageerror", lambda error: print("error:", error))
                page.goto(f"file://{OUT}/index.html?show={show}&theme={theme}")
                page.wait_for_timeout(400)
                page.screenshot(path=str(OUT / f"{show}-{theme}.png"), full_page=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
