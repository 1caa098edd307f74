"""Argon2id at its smallest cost, for tests that are not about its cost. In a conftest:

from tests.integrity.vault_costs import quick_vault  # noqa: F401 - an autouse fixture
"""

from __future__ import annotations

import pytest

from integrity.vault import kdf
from integrity.vault.kdf import Cost

QUICK = Cost(passes=1, memory_kib=8)


@pytest.fixture(autouse=True)
def quick_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every derivation takes microseconds, whatever cost is asked for."""
    real = kdf.stretch
    monkeypatch.setattr(kdf, "stretch", lambda secret, salt, cost: real(secret, salt, QUICK))
