"""The chart runtime is one hashed file, built once, whole, without a network."""

import hashlib

import pytest
import vl_convert

from serve import vega


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two empty folders in place of the real ones, and a quick stand-in for the real build."""
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet: f"/* code */ {snippet}")
    places = tmp_path / "static", tmp_path / "cache"
    monkeypatch.setattr(vega, "_folders", lambda: places)
    vega._known_path.cache_clear()
    yield places
    vega._known_path.cache_clear()


def test_the_name_carries_the_hash_of_the_content(folders):
    path = vega.runtime_path()
    assert path.parent == folders[0]
    assert path.name == f"vega-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.js"


def test_the_module_exports_embed_vega_and_vega_lite():
    exports = vega.runtime_text().rstrip().rpartition("export{")[2]
    assert [name.split()[-1] for name in exports.rstrip("};").split(",")] == [
        "vegaEmbed",
        "vega",
        "vegaLite",
    ]


def test_a_second_call_builds_nothing(folders, monkeypatch):
    first = vega.runtime_path()
    vega._known_path.cache_clear()
    monkeypatch.setattr(vega, "_build", lambda: pytest.fail("built twice"))
    assert vega.runtime_path() == first


def test_a_damaged_file_is_built_anew(folders):
    path = vega.runtime_path()
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    vega._known_path.cache_clear()
    assert vega.runtime_path().read_bytes() == whole


def test_a_file_of_another_vl_convert_is_replaced(folders, monkeypatch):
    old = vega.runtime_path()
    monkeypatch.setattr(vega, "_header", lambda: "/* vl-convert-python 99 */\n")
    vega._known_path.cache_clear()
    new = vega.runtime_path()
    assert new != old
    assert not old.exists()


def test_a_deleted_file_comes_back(folders):
    path = vega.runtime_path()
    path.unlink()
    assert vega.runtime_path().exists()


def test_a_read_only_installation_uses_the_cache_folder(folders):
    folders[0].write_text("a file where the folder should be: nothing can be made here")
    assert vega.runtime_path().parent == folders[1]
