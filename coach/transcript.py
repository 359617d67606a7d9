"""Talk as text: plain transcripts, and the context of a turn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.domain.reading import Speaker, Utterance
from coach.errors import InputError

CONTEXT_TURNS = 3
"""So many utterances before a turn are what the reader reads it by."""
MAX_CHARACTERS = 1_000_000
_SPEAKERS = {"interviewer": Speaker.INTERVIEWER, "customer": Speaker.CUSTOMER}
_LINE = re.compile(r"^\s*(interviewer|customer)\s*:\s*(.*)$", re.I)


def parse(text: str, name: str = "the transcript") -> list[Utterance]:
    """The utterances of a transcript with `Interviewer:` and `Customer:` lines.

    A line without a speaker goes on the turn before; two lines in a row of one speaker are one turn. Raises InputError
    that says how the file should look.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"{name}: {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Split it.")
    turns: list[tuple[Speaker, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.match(line.lstrip("\ufeff"))
        if match:
            speaker = _SPEAKERS[match[1].lower()]
            if turns and turns[-1][0] is speaker:
                turns[-1][1].append(match[2])
            else:
                turns.append((speaker, [match[2]]))
        elif turns:
            turns[-1][1].append(line.strip())
        else:
            raise InputError(f"{name}, line {number}: begin each turn with “Interviewer:” or “Customer:”.")
    if not any(speaker is Speaker.INTERVIEWER for speaker, _ in turns):
        raise InputError(f"{name}: no “Interviewer:” line in it; mark who speaks at the start of each turn.")
    return [Utterance(speaker=s, text=" ".join(p for p in parts if p).strip()) for s, parts in turns]


def pairs(utterances: Sequence[Utterance]) -> list[tuple[str, str]]:
    """Each interviewer's turn with the customer's answer to it, empty where none came."""
    out: list[tuple[str, str]] = []
    for u in utterances:
        if u.speaker is Speaker.INTERVIEWER:
            out.append((u.text, ""))
        elif out:
            out[-1] = (out[-1][0], u.text)
    return out


def context_before(spoken: Sequence[tuple[str, str]], index: int) -> list[Utterance]:
    """What was said last before the turn at `index`, oldest first, as the reader wants it."""
    said = [
        Utterance(speaker=speaker, text=text)
        for asked, answer in spoken[max(0, index - CONTEXT_TURNS) : index]
        for speaker, text in ((Speaker.INTERVIEWER, asked), (Speaker.CUSTOMER, answer))
        if text
    ]
    return said[-CONTEXT_TURNS:]
