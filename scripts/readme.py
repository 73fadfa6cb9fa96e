"""Write the procedure's table and diagram into README.md, from the class. `make readme` runs it; a test compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli.procedure import as_markdown, diagram  # noqa: E402 (after the path is set)


def filled(text: str) -> str:
    """README with table and diagram as the class has them now."""
    table = f"<!-- procedure table -->\n{as_markdown()}\n<!-- /procedure table -->"
    text = re.sub(r"<!-- procedure table -->.*?<!-- /procedure table -->", lambda _match: table, text, flags=re.DOTALL)
    return re.sub(r"```mermaid\n.*?```", lambda _match: f"```mermaid\n{diagram()}\n```", text, flags=re.DOTALL)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")
