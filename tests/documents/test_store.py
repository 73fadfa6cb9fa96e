"""The store of uploads: in a folder, whole or not at all; in S3-compatible storage, against a server on this machine."""

from __future__ import annotations

import hashlib
import os
import resource
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Config, Misconfigured
from documents import store as storage
from documents.intake import receive
from documents.refusals import PaperRefused
from documents.store import BLOCK, Store, path_of
from tests.documents.hostile.files import PDF


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash_and_the_same_file_is_kept_once(tmp_path: Path) -> None:
    store = Store(str(tmp_path))

    first, second = store.keep(PDF), store.keep(PDF)

    assert first == second == hashlib.sha256(PDF).hexdigest()
    assert everything_in(tmp_path) == [path_of(tmp_path, first)]
    with store.open(first) as file:
        assert file.read() == PDF


def test_a_file_is_synced_before_it_has_its_name_and_its_folder_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        sync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        done.append("rename")
        return rename(self, target)

    monkeypatch.setattr(storage.os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)

    Store(str(tmp_path)).keep(PDF)

    assert done == ["file", "rename", "folder"]


def test_a_file_that_is_gone_is_missed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))

    assert not store.has("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.open("0" * 64)


def test_a_full_disk_leaves_nothing_behind_and_is_said(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write fails in its middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    content = PDF + b"%" * 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(PaperRefused, match="not_kept"):
            receive(Store(str(tmp_path)), content, "a.pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert everything_in(tmp_path) == []


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket on a server on this machine."""
    from fsspec import AbstractFileSystem
    from moto.server import ThreadedMotoServer

    for name, value in {"AWS_ACCESS_KEY_ID": "khoa", "AWS_SECRET_ACCESS_KEY": "bi-mat", "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    name = f"ho-so-{uuid.uuid4().hex}"
    found = Store(f"s3://{name}/papers", f"http://{host}:{port}")
    files, _root = found._distant()
    files.mkdir(name)
    yield found
    server.stop()
    AbstractFileSystem.clear_instance_cache()


@pytest.mark.slow
def test_files_lie_in_s3_compatible_storage_and_come_back_in_pieces(bucket: Store) -> None:
    content = os.urandom(3 * BLOCK + 17)

    sha256, again = bucket.keep(content), bucket.keep(content)
    with bucket.open(sha256) as file:
        pieces = list(iter(lambda: file.read(64 * 1024), b""))

    assert sha256 == again == hashlib.sha256(content).hexdigest()
    assert b"".join(pieces) == content
    assert bucket.has(sha256)
    assert not bucket.has("0" * 64)
    with pytest.raises(FileNotFoundError):
        bucket.open("0" * 64).read()


@pytest.mark.slow
def test_storage_that_does_not_answer_is_said_and_not_half_done(bucket: Store) -> None:
    elsewhere = Store("s3://khong-co/papers", bucket.endpoint)

    with pytest.raises(PaperRefused, match="not_kept"):
        receive(elsewhere, PDF, "a.pdf")


def test_where_papers_lie_comes_from_the_environment(tmp_path: Path) -> None:
    plain = Config.from_environment({"THIDUA_INSTANCE": str(tmp_path)}).for_flask()
    distant = Config.from_environment(
        {
            "THIDUA_INSTANCE": str(tmp_path),
            "STORE_URL": "s3://ho-so/papers",
            "STORE_ENDPOINT": "https://s3.example",
            "DOSSIER_MEGABYTES": "50",
            "CLAMD_ADDRESS": "127.0.0.1:3310",
        }
    ).for_flask()

    names = ("STORE_URL", "STORE_ENDPOINT", "DOSSIER_BYTES", "CLAMD_ADDRESS")
    assert [plain[name] for name in names] == [str(tmp_path / "papers"), "", 200 * 1024 * 1024, ""]
    assert [distant[name] for name in names] == ["s3://ho-so/papers", "https://s3.example", 50 * 1024 * 1024, "127.0.0.1:3310"]
    with pytest.raises(Misconfigured, match="CLAMD_ADDRESS"):
        Config.from_environment({"THIDUA_INSTANCE": str(tmp_path), "CLAMD_ADDRESS": "clamd"})
