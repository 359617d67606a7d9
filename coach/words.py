"""Words of English text, for the places that compare wording and not meaning."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

COMMON = frozenset(
    "a about after again all also always am an and any anything are as ask at back be because been before being but by"
    " can come could day did didn't do does doesn't doing don't done down each else ever every exactly feel few first"
    " for from gave get give go going gone good got great had has have having he her here him his how i i'd i'll i'm"
    " i've if in into is isn't it it's its just kind know last let like little long look lot made make makes many may me"
    " mean mentioned might more most much my no not now of off oh ok okay on one only or other our out over part people"
    " please point put really right said same say said see she should so some something sort still such take tell than"
    " thank thanks that that's the their them then there there's these they they're thing things think this those"
    " through time to told too try up us use used very wanted want was wasn't way we we're well went were what what's"
    " when where which while who whom why will with word work would wouldn't yeah yes yet you you're you've your happen"
    " happened happening happens next talk share describe explain walk curious story moment interesting hear more"
    " start started end ended anyone somebody someone".split()
)
"""Words too common to show what a sentence is about."""


def words(text: str) -> list[str]:
    """Lower-case words and numbers, with typewriter apostrophes."""
    return [w.replace("’", "'") for w in _WORD.findall(text.lower().replace("’", "'"))]


def stem(word: str) -> str:
    """A word without its commonest endings: enough to see that “invoices” takes up “invoice”."""
    word = word.split("'")[0]
    for ending in ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def content(text: str) -> list[str]:
    """The stems of the words that say what a text is about, in order."""
    return [stem(w) for w in words(text) if w not in COMMON and (len(w) > 2 or w.isdigit())]


def numbers(text: str) -> set[str]:
    """The numerals of a text."""
    return set(_NUMBER.findall(text))
