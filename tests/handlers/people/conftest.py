"""Passwords hashed as ever, with less work."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from handlers.people import operations


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
