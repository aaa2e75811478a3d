"""Texts to vectors: what is embedded, which models can be opened, and what is said when one cannot."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import ModelError
from digest.judge.embedding import BUNDLED_FOLDER, HEAD, Embedder, embedding_text, load_model


@pytest.fixture(name="copied")
def _copied(tmp_path: Path) -> Path:
    """A copy of the bundled folder, to be damaged."""
    return shutil.copytree(BUNDLED_FOLDER, tmp_path / "copied")


class TestEncode:
    def test_rows_have_length_one(self, bundled: Embedder) -> None:
        """Vectors are compared by dot product, so every text with words has length 1."""
        vectors = bundled.encode(["sparse retrieval", "a", "GPU kernels " * 500])
        assert vectors.dtype == np.float32
        assert vectors.shape == (3, bundled.dimensions)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    @pytest.mark.parametrize("text", ["", " \n\t", "\x00", "\ud800"])
    def test_a_text_without_words_is_a_zero_row(self, bundled: Embedder, text: str) -> None:
        """Nothing is known of it, which is not the same as not a number."""
        assert not bundled.encode([text]).any()

    def test_no_texts_give_no_rows(self, bundled: Embedder) -> None:
        """An empty batch is a batch."""
        assert bundled.encode([]).shape == (0, bundled.dimensions)

    def test_a_vector_does_not_depend_on_its_neighbours(self, bundled: Embedder) -> None:
        """The same text has the same vector in every batch and at every time."""
        texts = ["graph networks", "serving models in production", "", "café naïve über", "e\u0301 joined"]
        together = bundled.encode(texts * 300)
        for row, text in enumerate(texts):
            np.testing.assert_array_equal(together[row], bundled.encode([text])[0])
            np.testing.assert_array_equal(together[row], together[row + len(texts) * 299])

    def test_words_are_tokenized_as_the_whole_text_is(self, bundled: Embedder) -> None:
        """The memory of words is a short cut, not another tokenizer."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(BUNDLED_FOLDER / "tokenizer.json"))
        texts = [
            "State-of-the-art (SOTA) results: 93.4%, see https://example.org/a_b?c=d#e!",
            "Größenordnung, naïve Bayes’ “quotes” — dashes… 中文分词 и кириллица",
            "snake_case CamelCase C++ O(n^2) $x_i$ \\alpha\tend\u00a0of\u2003line",
        ]
        split = bundled._words.ids(texts)  # type: ignore[attr-defined]
        for ids, text in zip(split, texts, strict=True):
            assert ids.tolist() == tokenizer.encode(text, add_special_tokens=False).ids

    def test_a_full_memory_of_words_changes_nothing(self, bundled: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
        """When too many words were met the memory starts afresh, and vectors stay the same."""
        texts = [f"unheard word{n}x of retrievalish{n}" for n in range(600)]
        before = bundled.encode(texts)
        monkeypatch.setattr("digest.judge.static_embedder.MAX_CACHED_WORDS", 10)
        np.testing.assert_array_equal(bundled.encode(texts), before)

    def test_threads_share_a_model(self, bundled: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
        """One thread starts the memory of words again while another looks words up in it."""
        monkeypatch.setattr("digest.judge.static_embedder.MAX_CACHED_WORDS", 10)
        texts = [[f"unheard word{n}y of retrievalish{m}" for m in range(20)] for n in range(80)]
        alone = [bundled.encode(some) for some in texts]
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(4) as threads:
                together = list(threads.map(bundled.encode, texts * 3))
        finally:
            sys.setswitchinterval(before)
        for vectors, expected in zip(together, alone * 3, strict=True):
            np.testing.assert_array_equal(vectors, expected)

    def test_a_megabyte_is_cut(self, bundled: Embedder) -> None:
        """A huge text is its head, with spaces or without."""
        head = "reinforcement learning for robots " * 200
        np.testing.assert_array_equal(bundled.encode([head])[0], bundled.encode([head * 150])[0])
        assert bundled.encode(["x" * 1_000_000]).shape == (1, bundled.dimensions)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text(), max_size=5))
    def test_any_text_has_a_finite_vector(self, bundled: Embedder, texts: list[str]) -> None:
        """Whatever Unicode a feed holds, rows are of length 1 or 0 and never NaN."""
        lengths = np.linalg.norm(bundled.encode(texts), axis=1)
        assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))


class TestEmbeddingText:
    def test_holds_title_and_head(self) -> None:
        """The title leads, the body follows, and a long body is cut between words."""
        text = embedding_text("A  title", "word " * 2000)
        assert text.startswith("A title\n")
        assert text.endswith("word")
        assert len(text) < HEAD + 100

    @pytest.mark.parametrize(("title", "body", "text"), [("", "", ""), ("only", "", "only"), ("", "body", "body")])
    def test_works_with_half_an_item(self, title: str, body: str, text: str) -> None:
        """Items come without title, without text, and without either."""
        assert embedding_text(title, body) == text


class TestLoadModel:
    def test_the_name_tells_weights_apart(self, bundled: Embedder, copied: Path) -> None:
        """Vectors are kept by the model's name, so other weights have another one."""
        from safetensors.numpy import load_file, save_file

        weights = load_file(copied / "model.safetensors")
        save_file({name: -table for name, table in weights.items()}, copied / "model.safetensors")
        assert load_model(str(copied), folder=Path()).name != bundled.name
        assert bundled.name.startswith("bundled-")

    def test_a_folder_is_found_beside_sources_toml(self, copied: Path, bundled: Embedder) -> None:
        """Relative folders start where sources.toml lies."""
        model = load_model("copied", folder=copied.parent)
        np.testing.assert_array_equal(model.encode(["some text"]), bundled.encode(["some text"]))

    @pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/no such folder", "", "a/b/c"])
    def test_a_missing_folder_is_named(self, name: str) -> None:
        """What can only be a folder is never looked for on a hub."""
        with pytest.raises(ModelError, match="there is no such folder"):
            load_model(name, folder=Path("/nonexistent"))

    def test_half_downloaded_weights_are_named(self, copied: Path) -> None:
        """Weights that end too early are no model."""
        content = (copied / "model.safetensors").read_bytes()
        (copied / "model.safetensors").write_bytes(content[: len(content) // 2])
        with pytest.raises(ModelError, match=r"model\.safetensors.*half downloaded"):
            load_model(str(copied), folder=Path())

    @pytest.mark.parametrize("lost", ["model.safetensors", "tokenizer.json"])
    def test_missing_files_are_named(self, copied: Path, lost: str) -> None:
        """The file that is not there is in the message."""
        (copied / lost).unlink()
        with pytest.raises(ModelError, match=lost.replace(".", r"\.")):
            load_model(str(copied), folder=Path())

    def test_a_broken_tokenizer_is_named(self, copied: Path) -> None:
        """So is one that cannot be read."""
        (copied / "tokenizer.json").write_text("{")
        with pytest.raises(ModelError, match=r"tokenizer\.json is damaged"):
            load_model(str(copied), folder=Path())

    def test_tokenizer_and_weights_of_two_models_are_refused(self, copied: Path) -> None:
        """A token without a vector would fail in the middle of a run."""
        from safetensors.numpy import save_file

        save_file({"embedding.weight": np.zeros((10, 8), np.float32)}, copied / "model.safetensors")
        with pytest.raises(ModelError, match="has vectors for 10"):
            load_model(str(copied), folder=Path())

    def test_weights_of_another_kind_are_refused(self, copied: Path) -> None:
        """A safetensors file without a table of token vectors is another model's."""
        from safetensors.numpy import save_file

        save_file({"something": np.zeros(3, np.float32)}, copied / "model.safetensors")
        with pytest.raises(ModelError, match="no table of token vectors"):
            load_model(str(copied), folder=Path())

    def test_without_the_extra_it_says_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Any other model needs sentence-transformers, which is not part of the core."""
        import sys

        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        (tmp_path / "modules.json").write_text(json.dumps([]))
        with pytest.raises(ModelError, match=r'pip install "mldigest\[transformers\]"'):
            load_model(str(tmp_path), folder=Path())
        with pytest.raises(ModelError, match="intfloat/e5-small"):
            load_model("intfloat/e5-small", folder=tmp_path)


@pytest.mark.transformers
class TestSentenceTransformers:
    def test_both_readers_agree(self, bundled: Embedder) -> None:
        """`SentenceTransformer(folder)` opens the bundled folder and gives the same vectors to 1e-3."""
        library = pytest.importorskip("sentence_transformers", reason="needs the transformers extra")
        texts = ["Learned sparse retrieval", "Serving on GPUs. " * 400, "naïve café", "Title\nand an abstract, 93.4 %."]
        theirs = library.SentenceTransformer(str(BUNDLED_FOLDER), device="cpu").encode(texts).astype(np.float32)
        np.testing.assert_allclose(bundled.encode(texts), theirs, atol=1e-3)

    def test_an_empty_folder_is_no_model(self, tmp_path: Path) -> None:
        """The message names the folder and what is missing."""
        pytest.importorskip("sentence_transformers", reason="needs the transformers extra")
        with pytest.raises(ModelError, match=r"modules\.json is missing"):
            load_model(str(tmp_path), folder=Path())

    def test_a_damaged_folder_is_one_line(self, tmp_path: Path) -> None:
        """Whatever the library raises becomes one line."""
        pytest.importorskip("sentence_transformers", reason="needs the transformers extra")
        module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}
        (tmp_path / "modules.json").write_text(json.dumps([module]))
        with pytest.raises(ModelError, match="cannot be opened") as caught:
            load_model(str(tmp_path), folder=Path())
        assert "\n" not in str(caught.value)
