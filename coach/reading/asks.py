"""Where in a turn the asks are, and which is the last complete one."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(?<=[.?!])(?=\s)|(?<=[.?!][\"'”’)])(?=\s)|(?<=[a-z][.?!])(?=[A-Z])|\n")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|mr|mrs|ms|dr|vs|approx|no)\.$", re.I)
_TRAILING = re.compile(
    r"^(?:and |or |,? ?)*(?:right|correct|yes|no|yeah|ok|okay|you know|is that (?:right|correct|fair|ok|okay)"
    r"|if (?:you don'?t mind|that'?s ok(?:ay)?|i may)|does that make sense|(?:do|did) i (?:get|have) that right"
    r"|isn'?t it|doesn'?t it|don'?t you|didn'?t you|wasn'?t it|or (?:something|whatever|not)|please|thanks?(?: you)?)\W*$",
    re.I,
)
_WH = r"(?:what|how|why|when|where|who|whom|whose|which)\b"
_LEAD_IN = (
    r"^(?:(?:and|so|but|or|ok(?:ay)?|um+|uh+|er+|well|right|yeah|yes|no|sure|cool|great|nice|gotcha|thanks?|i see|then"
    r"|also|like|now|oh|ah|hm+|mm+|alright|you know|i mean|sorry|maybe|just|perfect|awesome|interesting|got it)[\s,.:;—–-]+)*"
)
_AUXILIARY = (
    r"(?:do|does|did|is|are|was|were|have|has|had|can|could|would|will|should|shall|may|might|am|isn'?t|aren'?t|wasn'?t"
    r"|weren'?t|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|hadn'?t|won'?t|wouldn'?t|couldn'?t|shouldn'?t|can'?t)\s+"
    r"(?:you|your|it|that|this|there|they|he|she|we|i|the|any|anyone|anybody|anything|somebody|someone|people|some|a|an|my|his|her|their)\b"
)
_IMPERATIVE = (
    r"(?:please )?(?:tell|walk|take|talk|describe|explain|show|give|share|help|go (?:on|back|ahead)|say more|imagine|think"
    r"|remind|bring|paint|start)\b(?! you| god| care)"
)
_WONDER = (
    r"(?:i(?:'d| would)? (?:love|like|be (?:curious|interested)|'?m (?:curious|wondering|interested)|am (?:curious|wondering|interested)"
    r"|was (?:wondering|curious)|wonder|want) (?:to (?:hear|know|understand|learn|see|ask)|how|what|why|if|about|whether)|(?:just )?curious|i'?m curious|i wonder|and then\b|then\b$|go on\b)"
)
_ASK = re.compile(rf"{_LEAD_IN}(?:{_WH}|{_AUXILIARY}|{_IMPERATIVE}|{_WONDER})", re.I)
_EMBEDDED = re.compile(
    rf"\b(?:{_WH}\s+(?:did|do|does|was|were|is|are|would|happened|made|kind|sort|other|else|about)|{_AUXILIARY})", re.I
)


def sentences(text: str) -> list[str]:
    """The sentences of a turn, stripped, in order; nothing is lost but white space."""
    out: list[str] = []
    for piece in (p.strip() for p in _BREAK.split(text)):
        if not piece:
            continue
        if out and (_ABBREVIATION.search(out[-1]) or not any(c.isalnum() for c in piece)):
            out[-1] = f"{out[-1]} {piece}" if any(c.isalnum() for c in piece) else out[-1] + piece
        else:
            out.append(piece)
    return out


def is_ask(sentence: str) -> bool:
    """Whether the form of a sentence is that of an ask: a question mark, or the word order or verb of one."""
    return sentence.rstrip("\"'”’) ").endswith("?") or bool(_ASK.match(sentence))


def asks(text: str) -> list[str]:
    """Every sentence that asks, without tags and permission questions that only trail the real ask."""
    found = [s for s in sentences(text) if is_ask(s) or _EMBEDDED.search(s)]
    real = [s for s in found if not _TRAILING.match(s)]
    return real or found


def effective_ask(text: str) -> str:
    """The last complete ask, or the last sentence where none has the form of one, or nothing."""
    found = asks(text)
    if found:
        return found[-1]
    every = sentences(text)
    return every[-1] if every else ""


def words_before(text: str, ask: str) -> int:
    """How many words the interviewer says before the ask."""
    at = text.rfind(ask)
    return len(text[: max(at, 0)].split())
