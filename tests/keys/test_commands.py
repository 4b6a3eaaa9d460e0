"""`secmon keys`, run as an operator runs it."""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner

from secmon.cli.main import root
from secmon.sealing import key_files
from secmon.settings.environment import Settings, SettingsError
from tests.databases import fresh_database
from tests.service import Service
from tests.twofactor.owner import Owner


class Operator:
    """Somebody at a shell, with the service's environment."""

    def __init__(self, var_dir: Path, **env: str) -> None:
        self.var_dir = var_dir
        self.env = {"SECMON_VAR_DIR": str(var_dir), **env}

    @property
    def key_file(self) -> Path:
        return self.var_dir / "keys"

    def types(self, *arguments: str, status: int = 0) -> str:
        """What `secmon keys …` says."""
        done = CliRunner().invoke(root, ["keys", *arguments], env=self.env)
        assert done.exit_code == status, done.output
        return done.output

    def settings(self) -> Settings:
        return Settings.from_env(self.env)

    def names(self) -> list[str]:
        return [line.partition("=")[0] for line in self.key_file.read_text().splitlines()]


def test_the_first_key_makes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "var")
    assert "k1 added" in operator.types("add")
    assert stat.S_IMODE(operator.key_file.stat().st_mode) == 0o600
    keys = operator.settings().keys
    assert keys.decrypt(keys.encrypt(b"seed", "row"), "row") == b"seed"


def test_an_added_key_encrypts_nothing_before_a_rotation(tmp_path: Path) -> None:
    """Processes that started before cannot read what it encrypts."""
    operator = Operator(tmp_path)
    operator.types("add")
    assert "restart every process" in operator.types("add")
    assert operator.names() == ["k1", "k2"]
    assert operator.settings().keys.primary == "k1"


@pytest.mark.parametrize("name", ["a=b", "a,b", "a b", "ключ", "x" * 33])
def test_a_name_that_the_file_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    operator = Operator(tmp_path)
    operator.types("add", name, status=2)
    assert not operator.key_file.exists()


def test_a_name_is_given_once(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.types("add", "spring")
    before = operator.key_file.read_text()
    assert "has a key named spring" in operator.types("add", "spring", status=1)
    assert operator.key_file.read_text() == before


def test_a_changed_file_keeps_its_owner_and_its_mode(tmp_path: Path) -> None:
    """Else a service under another user could not read its keys any more after its next restart."""
    operator = Operator(tmp_path)
    operator.types("add")
    operator.key_file.chmod(0o640)
    group = next((group for group in os.getgroups() if group != os.getgid()), os.getgid())
    owner = 4242 if os.getuid() == 0 else os.getuid()
    os.chown(operator.key_file, owner, group)
    operator.types("add")
    now = operator.key_file.stat()
    assert (stat.S_IMODE(now.st_mode), now.st_uid, now.st_gid) == (0o640, owner, group)


def test_the_file_behind_a_link_is_changed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (tmp_path / "var").mkdir()
    operator = Operator(tmp_path / "var")
    operator.key_file.symlink_to(shared / "keys")
    operator.types("add")
    operator.types("add")
    assert operator.key_file.is_symlink()
    assert len((shared / "keys").read_text().splitlines()) == 2


def test_keys_added_at_once_are_all_there(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(40)]
    with ProcessPoolExecutor(4, get_context("fork")) as pool:
        list(pool.map(partial(key_files.append, tmp_path / "keys"), names))
    assert sorted(Operator(tmp_path).names()) == sorted(names)


@pytest.mark.parametrize("where", ["file", "variable"])
def test_two_keys_of_one_name_are_refused(tmp_path: Path, where: str) -> None:
    """Which of them had encrypted, nobody could tell."""
    keys = [f"k1={b64encode(bytes([number]) * 32).decode()}" for number in (1, 2)]
    operator = Operator(tmp_path)
    if where == "file":
        operator.key_file.write_text("\n".join(keys))
    else:
        operator.env["SECMON_KEYS"] = ",".join(keys)
    with pytest.raises(SettingsError, match="more than one key is named k1"):
        operator.settings()


def test_a_file_that_is_none_is_called_so(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.key_file.write_bytes("ключ=".encode())
    with pytest.raises(SettingsError, match="is no key file"):
        operator.settings()
    assert "is no key file" in operator.types("add", "k2", status=1)


def test_keys_of_the_environment_are_printed_and_not_stored(tmp_path: Path) -> None:
    operator = Operator(tmp_path, SECMON_KEYS="k1=" + "A" * 43 + "=")
    line = operator.types("add").split()[-1]
    operator.env["SECMON_KEYS"] += line
    assert list(operator.settings().keys.keys) == ["k1", "k2"]
    assert not operator.key_file.exists()
    assert "put k2 first" in operator.types("rotate", "k2", status=1)


def test_a_rotation_from_the_shell(tmp_path: Path, account_id: str) -> None:
    url = fresh_database("sqlite")
    operator = Operator(tmp_path, SECMON_DATABASE_URL=url)
    operator.types("add")
    operator.types("add")
    service = Service(url, tmp_path, keys=operator.settings().keys)
    with service.client("wallet") as wallet:
        owner = Owner(wallet, service.clock, account_id).enrol()
        assert "still needed" not in operator.types("status")
        assert "totp_authenticators.seed                 1 moved" in operator.types("rotate", "k2")
        assert operator.names() == ["k2", "k1"]
        assert owner.verify().status_code == 200
    service.stop()
    told = operator.types("status")
    assert "k1                                       0 not needed: may be removed" in told
    operator.key_file.write_text(operator.key_file.read_text().splitlines()[0] + "\n")
    assert "MISSING" not in operator.types("status")
    after = Service(url, tmp_path, keys=operator.settings().keys)
    after.credentials, after.clock.now = service.credentials, service.clock.now
    with after.client("wallet") as wallet:
        owner.wallet, owner.clock = wallet, after.clock
        owner.next_step()
        assert owner.verify().status_code == 200
    after.stop()


def test_a_missing_key_is_named(tmp_path: Path, account_id: str) -> None:
    url = fresh_database("sqlite")
    operator = Operator(tmp_path, SECMON_DATABASE_URL=url)
    operator.types("add", "lost")
    service = Service(url, tmp_path, keys=operator.settings().keys)
    with service.client("wallet") as wallet:
        Owner(wallet, service.clock, account_id).enrol()
    service.stop()
    operator.key_file.unlink()
    operator.types("add", "other")
    assert "MISSING" in operator.types("status")
    refused = CliRunner().invoke(root, ["keys", "rotate"], env=operator.env).exception
    # What a rotation records could not be vouched for.
    assert str(refused) == "audit_keys.sealed_key lies under the key lost, which is missing"
