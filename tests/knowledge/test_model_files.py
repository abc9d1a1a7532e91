import pytest

from knowledge import model_files
from knowledge.embedding import ModelFilesUnusable
from knowledge.model_files import read_common_words, read_model_file


def test_a_changed_model_file_is_refused(monkeypatch):
    monkeypatch.setitem(model_files.FILE_DIGESTS, "tokenizer.json", "0" * 64)

    with pytest.raises(ModelFilesUnusable, match=r"tokenizer\.json is not the file"):
        read_model_file("tokenizer.json")


def test_a_missing_package_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(model_files, "PACKAGE", "no_such_package")

    with pytest.raises(ModelFilesUnusable, match="install the requirements again"):
        read_model_file("model.onnx")


def test_ordinary_words_and_well_known_names_are_common():
    words = read_common_words()

    assert {"because", "family", "kabul"} <= words
    assert "familly" not in words
