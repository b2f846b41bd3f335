"""The notebook in examples/ runs from its first cell to its last, and prints what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "examples"


def read(path: Path) -> Any:
    """A notebook as data."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def shown(notebook: Any) -> list[str]:
    """What each cell prints or displays."""
    return [
        "".join(str(one.get("text") or one.data.get("text/markdown")) for one in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.filterwarnings("ignore")  # of the notebook's machinery
@pytest.mark.parametrize("name", ["policy_review.ipynb"])
def test_a_notebook_prints_what_it_shows(name: str) -> None:
    """Run afresh it gives the outputs that are kept in it: `jupyter execute --inplace` renews them."""
    kept, fresh = read(FOLDER / name), read(FOLDER / name)
    NotebookClient(fresh, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert shown(fresh) == shown(kept)
    assert any(shown(kept))
