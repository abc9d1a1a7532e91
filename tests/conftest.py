"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of official documents and questions beside the project, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("the folder 'shared' with documents to measure with is not beside the project")
    return SHARED
