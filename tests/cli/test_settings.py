"""Every variable is listed, as one would write it, and the docs list the same."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from secmon.cli.installation import table
from secmon.cli.main import root
from secmon.settings.environment import Settings

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_the_docs_table_is_what_the_command_prints():
    printed = CliRunner().invoke(root, ["settings", "--markdown"]).output.strip()
    _, _, rest = OPERATIONS.read_text("utf-8").partition("<!-- settings -->")
    documented, _, _ = rest.partition("<!-- /settings -->")
    assert documented.strip() == printed


def test_a_default_can_be_written_into_the_environment():
    shown = {
        name: default
        for name, _, default in table()
        if default and not name.startswith(("SECMON_DATABASE", "SECMON_VAR", "SECMON_KEYS", "WEB_"))
    }
    keys = "test=" + "A" * 43 + "="
    assert Settings.from_env({"SECMON_KEYS": keys} | shown) == Settings.from_env({"SECMON_KEYS": keys})
