"""The chart runtime is one hashed file, built once, whole, without a network."""

import hashlib

import pytest
import vl_convert

from negotiation.pictures import runtime


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two empty folders in place of the real ones, and a quick stand-in for the real build."""
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet: f"/* code */ {snippet}")
    places = tmp_path / "static", tmp_path / "cache"
    monkeypatch.setattr(runtime, "_folders", lambda: places)
    runtime._known_path.cache_clear()
    yield places
    runtime._known_path.cache_clear()


def test_the_name_carries_the_hash_of_the_content(folders):
    path = runtime.ensure_runtime()
    assert path.parent == folders[0]
    assert path.name == f"vega-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.js"


def test_the_module_exports_vega_embed_alone():
    exports = runtime.runtime_text().rstrip().rpartition("export{")[2]
    assert [name.split()[-1] for name in exports.rstrip("};").split(",")] == ["vegaEmbed"]


def test_a_second_call_builds_nothing(folders, monkeypatch):
    first = runtime.ensure_runtime()
    runtime._known_path.cache_clear()
    monkeypatch.setattr(runtime, "_build", lambda: pytest.fail("built twice"))
    assert runtime.ensure_runtime() == first


def test_a_damaged_file_is_built_anew(folders):
    path = runtime.ensure_runtime()
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    runtime._known_path.cache_clear()
    assert runtime.ensure_runtime().read_bytes() == whole


def test_a_file_of_another_vl_convert_is_replaced(folders, monkeypatch):
    old = runtime.ensure_runtime()
    monkeypatch.setattr(runtime, "_header", lambda: "/* vl-convert-python 99 */\n")
    runtime._known_path.cache_clear()
    new = runtime.ensure_runtime()
    assert new != old
    assert not old.exists()


def test_a_deleted_file_comes_back(folders):
    path = runtime.ensure_runtime()
    path.unlink()
    assert runtime.ensure_runtime().exists()


def test_a_read_only_installation_uses_the_cache_folder(folders):
    folders[0].write_text("a file where the folder should be: nothing can be made here")
    assert runtime.ensure_runtime().parent == folders[1]
