"""The reader's parts: sentences, asks, and the promises of every reading."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain.reading import Fault, Frame, Function, LeadingKind, QuestionReading, Speaker, Utterance
from coach.embeddings import Embedder
from coach.reading.asks import asks, effective_ask, sentences
from coach.reading.marks import MARKS, REASONS
from coach.reading.reader import OfflineReader
from coach.reading.uptake import strengths
from coach.words import stem

ANSWER = [Utterance(speaker=Speaker.CUSTOMER, text="The van was late, so I drove the flowers over myself.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did you do then?", "What did you do then?"),
        ("Nice. And what did you do then", "And what did you do then"),
        ("How do you do it? And on Tuesday, what happened?", "And on Tuesday, what happened?"),
        ("What happened after that, if you don't mind? Is that ok?", "What happened after that, if you don't mind?"),
        ("I see. I'd be curious how you got there.", "I'd be curious how you got there."),
        ("tell me about the day the boiler broke", "tell me about the day the boiler broke"),
        ("So it took Mr. Hale a week? Right?", "So it took Mr. Hale a week?"),
        ("", ""),
    ],
)
def test_the_last_complete_ask_is_effective(text: str, expected: str) -> None:
    """Tags and permission questions that trail the real ask do not replace it."""
    assert effective_ask(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("What did you do, and why? Who helped?", 2),
        ("We pulled over. It was raining.", 0),
        ("did you call them or did they call you", 1),
    ],
)
def test_asks_are_counted_by_sentence(text: str, count: int) -> None:
    """Each sentence with the form of an ask is one."""
    assert len(asks(text)) == count


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_sentences_lose_nothing_but_space(text: str) -> None:
    """Put together again, the sentences hold every letter and sign of the text."""
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@given(
    text=st.text(max_size=200)
    | st.sampled_from(["?", "mm-hm", "Why?", "a" * 5000, "\x00\ud800".encode("utf-8", "replace").decode()])
)
@settings(max_examples=60, deadline=None)
def test_every_text_has_a_coherent_reading(text: str, reader: OfflineReader) -> None:
    """Whatever is typed, the labels agree with each other and every confidence is a probability."""
    reading = reader.read(text, ANSWER)

    assert (Function.ASK in reading.function) is reading.asks is (reading.frame is not Frame.NONE)
    assert reading.leads is (reading.leading_kind is not LeadingKind.NONE)
    assert (Function.TELL in reading.function) is bool(reading.tell)
    assert all(0 <= v <= 1 for v in reading.confidence.values())


@given(
    text=st.sampled_from(
        ["Tell me about the last time the van was late.", "Why?", "so it was annoying right", "Mm-hm."]
    )
)
@settings(max_examples=8, deadline=None)
def test_reading_repeats(text: str, reader: OfflineReader) -> None:
    """The same turn after the same answer is read the same, alone or among others."""
    alone = reader.read(text, ANSWER)
    crowd = reader.read_many([(text, ANSWER), ("What did the whole long day cost you in the end, all told?", [])])[0]

    assert reader.read(text, ANSWER) == alone
    assert (crowd.openness, crowd.frame, crowd.leading, crowd.uptake) == (
        alone.openness, alone.frame, alone.leading, alone.uptake,
    )  # fmt: skip


def test_every_word_of_evidence_is_in_the_turn(reader: OfflineReader) -> None:
    """A label rests on words that were said."""
    text = (
        "Okay. We are building an app for florists. Wouldn't it have helped if it had warned you, and what did it cost?"
    )
    reading = reader.read(text, ANSWER)

    assert reading.evidence
    for words in reading.evidence.values():
        assert all(part in text for part in words.split(" … "))


def test_long_is_counted_not_guessed(reader: OfflineReader) -> None:
    """More than 45 words before the ask make a turn long; 45 do not."""
    before = " ".join(["we"] * 45) + "."

    assert Fault.LONG not in reader.read(f"{before} What happened then?", ANSWER).faults
    assert Fault.LONG in reader.read(f"We {before} What happened then?", ANSWER).faults


@pytest.mark.parametrize("text", ["Mm-hm.", "okay", "I see, right", "uh huh"])
def test_nudges_are_backchannels(text: str, reader: OfflineReader) -> None:
    """At most four words without content are a nudge to go on."""
    assert reader.read(text, ANSWER).function == (Function.BACKCHANNEL,)


def test_every_label_has_a_reason_in_the_codebooks_terms() -> None:
    """What the debrief shows of a label, it can explain; what it marks, it can find."""
    shown = {
        label
        for name in ("openness", "frame", "leading", "moves", "faults", "tell")
        for label in _labels(name)
        if label not in ("none",)
    }

    assert shown <= set(REASONS)
    assert shown - {"mild", "strong", "long"} <= set(MARKS)


def _labels(name: str) -> list[str]:
    from coach.reading.inputs import HEADS

    return [str(x) for x in HEADS[name]]


@pytest.mark.parametrize(
    ("a", "b"), [("invoices", "invoice"), ("stickers", "sticker"), ("dropped", "drop"), ("crying", "cry")]
)
def test_stems_join_forms_of_a_word(a: str, b: str) -> None:
    """A word is taken up in another form of it."""
    assert stem(a) == stem(b)


def test_customer_turns_are_flagged(reader: OfflineReader) -> None:
    """A habit is a generalisation; a customer's reading names the sentence that it rests on."""
    heard = reader.read_customer("I always do the whole list on Sundays. Every single week, like clockwork.")

    assert heard.generalisation
    assert (
        heard.evidence["generalisation"] in "I always do the whole list on Sundays. Every single week, like clockwork."
    )


def test_a_reading_knows_no_other_labels() -> None:
    """A label that the codebook does not have is refused."""
    with pytest.raises(ValueError, match="openness"):
        QuestionReading.model_validate({"openness": "wide"})


def test_taking_up_their_words_is_stronger_than_going_on(embedder: Embedder) -> None:
    """Uptake is strongest where content comes back, less where only the topic stays, least where nothing does."""
    said = "The freezer died on the Tuesday and we threw out forty fish fingers."
    taken, near, none = strengths(
        embedder,
        [
            (said, "Forty fish fingers out of the dead freezer, what did you do that Tuesday?"),
            (said, "And how do you keep your food cold at home these days, generally speaking?"),
            (said, "Okay."),
        ],
    )

    assert taken > near > none
