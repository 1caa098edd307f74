"""The vault itself is tested as it is."""

import pytest


@pytest.fixture(autouse=True)
def quick_vault() -> None:
    """Instead of the fixture of tests/integrity: the costs that are asked for."""
