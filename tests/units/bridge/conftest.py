"""Key rings of both ends of the bridge."""

import pytest

from sesshu.base.crypto import KeyRing, make_keys


@pytest.fixture(scope="session")
def key_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("bridge-keys")
    make_keys(root)
    return root


@pytest.fixture(scope="session")
def inside(key_root):
    return KeyRing.load(key_root / "inside")


@pytest.fixture(scope="session")
def outside(key_root):
    return KeyRing.load(key_root / "outside")


@pytest.fixture
def spool_dir(tmp_path):
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder
