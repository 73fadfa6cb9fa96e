"""The pictures of docs/: the demo's year-end report of 2021 as its page and as the paper to sign. `make run` in another window first.

Needs the packages of `make test`, Chromium, LibreOffice and poppler (pdftoppm): `.venv/bin/python scripts/report_pictures.py [URL]`
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from demo.people import DEMO_PASSWORD  # noqa: E402 (found beside this folder)

DOCS = ROOT / "docs"
AUDITOR = "thanh-tra@kiengiang.example"
WIDTH, HEIGHT = 1100, 2300
COLOURS = 48


def page_picture(url: str, target: Path) -> None:
    """The report's page as the auditor sees it, from its heading to the first charts and tables."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(f"{url}/sign-in")
        page.fill("[name=login]", AUDITOR)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.click("form button[type=submit] >> nth=-1")
        page.goto(f"{url}/reports/year-end")
        page.select_option("#campaign-choice", label="Năm 2021")
        page.click(".app-campaign:has(#campaign-choice) button")
        page.goto(page.url if "/reports/" in page.url else f"{url}/reports/year-end")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=target)
        browser.close()


def paper_picture(target: Path) -> None:
    """The first pages of the paper, side by side."""
    with tempfile.TemporaryDirectory() as scratch:
        paper, home = Path(scratch, "bao-cao.docx"), f"-env:UserInstallation=file://{scratch}/office"
        flask = [sys.executable, "-m", "flask", "--app", "app", "report", "year-end", "--campaign", "2021"]
        run([*flask, "--format", "docx", "--out", str(paper)], THIDUA_MODE="demo")
        run(["soffice", "--headless", home, "--convert-to", "pdf", "--outdir", scratch, str(paper)])
        run(["pdftoppm", "-r", "80", "-l", "3", "-png", str(paper.with_suffix(".pdf")), f"{scratch}/trang"])
        pages = [Image.open(path) for path in sorted(Path(scratch).glob("trang-*.png"))]
        width, height = pages[0].size
        picture = Image.new("RGB", (width * len(pages), height), "white")
        for number, page in enumerate(pages):
            picture.paste(page, (number * width, 0))
        picture.save(target)


def run(command: list[str], **environ: str) -> None:
    """Run a command of this project."""
    subprocess.run(command, cwd=ROOT, env=os.environ | environ, check=True, stdout=subprocess.DEVNULL)


def smaller(path: Path) -> None:
    """Few colours: a picture of text needs no more, and the repository stays small."""
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def main() -> None:
    """Make both."""
    url = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    page_picture(url, DOCS / "report-page.png")
    paper_picture(DOCS / "report-paper.png")
    for name in ("report-page.png", "report-paper.png"):
        smaller(DOCS / name)


if __name__ == "__main__":
    main()
