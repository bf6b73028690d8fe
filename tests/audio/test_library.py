import shutil
from pathlib import Path

import pytest

from bot.audio.library import Library
from bot.core.errors import ContentError


def test_manifests_become_typed_values(library: Library):
    hiss = library.triggers["hiss"]
    assert hiss.bed is not None
    assert hiss.events is None
    assert hiss.synonyms == ("static", "shh")
    assert [t.id for t in library.families["noise"]] == ["hiss", "taps"]
    assert library.audio_file("taps").is_file()


def test_what_ships_is_valid():
    library = Library.load()
    assert {"rain", "waves", "wood-tapping"} <= set(library.triggers)
    for trigger in library.triggers:
        assert library.audio_file(trigger).is_file(), trigger


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("gain_db", "gian_db", r"hiss\.toml: gain_db"),
        ("grain_s = [3.0, 5.0]", "grain_s = [1.0, 5.0]", r"hiss\.toml: bed: .*crossfade_s"),
        ('evidence = "tradition"', 'evidence = "proven"', r"hiss\.toml: evidence"),
        ('id = "hiss"', 'id = "boo"', r"name the file boo\.toml"),
        ('family = "noise"', 'family = "water"', "lies in noise/"),
        ('goes_with = ["taps"]', 'goes_with = ["tapz"]', "'tapz'"),
        ("[bed]", "[bed", "not valid TOML"),
        ("[bed]\ngrain_s = [3.0, 5.0]\ncrossfade_s = 1.0", "", "either"),
    ],
)
def test_a_wrong_manifest_names_file_and_field(
    library_root: Path, tmp_path: Path, was: str, becomes: str, complaint: str
):
    root = shutil.copytree(library_root, tmp_path / "sounds")
    manifest = root / "noise" / "hiss.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(ContentError, match=complaint):
        Library.load(root)
