"""What is observed is the web's probe."""

from __future__ import annotations

from tests.web.conftest import _probes, probe, sqlite_probe

__all__ = ["_probes", "probe", "sqlite_probe"]
