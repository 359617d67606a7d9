"""The form of a question, and whether a line has what a question of that form asks for.

Nearness in meaning does not tell "how old is the oldest?" from "who is the oldest?"; their first words do.
"""

from __future__ import annotations

import re

from coach.domain.reading import Openness
from coach.domain.target import Form

_WORDS = (
    (
        Form.COUNT,
        r"\bhow (?:much|many|old|long|often|far|late|early|big|large|high|heavy|fast|frequently)\b"
        r"|\b(?:what|which) (?:number|share|percentage|proportion|amount|age|price|size)\b|\bwhat (?:does|did|do|would) .{1,30}\bcost\b",
    ),
    (
        Form.WHEN,
        r"\bwhen\b|\b(?:what|which) (?:time|day|date|year|month|week|hour)\b|\bsince when\b|\bhow long ago\b",
    ),
    (Form.WHERE, r"\bwhere(?:abouts)?\b|\b(?:what|which) (?:place|town|city|country|shop|room|street)\b"),
    (Form.WHO, r"\bwho(?:m|se|'s)?\b|\b(?:what|which) (?:person|people|colleague)\b|\b(?:his|her|their) name\b"),
    (Form.WHY, r"\bwhy\b|\bhow come\b|\bwhat (?:for\b|made\b|stopped\b|is the reason|was the reason)"),
    (Form.HOW, r"\bhow\b"),
    (Form.OTHER, r"\bwhat\b|\bwhich\b|\btell me\b|\bdescribe\b|\bwalk me\b"),
)
_PATTERNS = tuple((form, re.compile(pattern, re.I)) for form, pattern in _WORDS)
_YES_OR_NO = re.compile(
    r"^(?:(?:and|so|but|then|ok(?:ay)?|well|right|oh|hm+|um+|uh+|no|yes|sorry|now|also|just)\b\W*)*"
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|isn't|aren't|wasn't|weren't"
    r"|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|couldn't|won't|wouldn't|shouldn't|any|ever)\b",
    re.I,
)
_EITHER = re.compile(
    r"\w+,? or (?!so\b|not\b|what\b|something\b|anything\b|whatever\b|no\b|else\b|are you\b|do you\b)\w+", re.I
)
_NUMERALS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|quarter|dozen|couple|once|twice"
    r"|first|second|third"
)
_TIMES = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|spring|summer|autumn|winter|morning|afternoon|evening|night|noon|midnight|today|yesterday"
    r"|tomorrow|week|weeks|weekend|month|months|year|years|ago|since|before|after|until|when|always|never|christmas|easter"
)
_PEOPLE = (
    r"i|me|we|us|he|she|they|him|her|them|myself|nobody|no one|everyone|everybody|somebody|someone|alone|wife|husband|son"
    r"|daughter|mother|father|brother|sister|boss|owner|owners|team|colleague|colleagues|neighbour|friend|staff|people|kids"
)
_HOLDS = {
    Form.COUNT: re.compile(
        rf"\d|\b(?:{_NUMERALS}|none|nothing|every|daily|weekly|monthly|always|never|free|most|few|several)\b", re.I
    ),
    Form.WHEN: re.compile(rf"\d|\b(?:{_NUMERALS}|{_TIMES})\b", re.I),
    Form.WHERE: re.compile(
        r"\b(?:in|at|on|by|near|from|behind|under|over|next to|outside|inside|between|home|upstairs)\b", re.I
    ),
    Form.WHO: re.compile(rf"(?<=[a-z,] )[A-Z][a-z]+|\b(?:{_PEOPLE})\b"),
}


def form_of(ask: str, openness: Openness) -> Form:
    """The form of one ask. Of several question words the first decides."""
    asks_whether = openness is Openness.OPTION and _YES_OR_NO.search(ask)
    if openness is Openness.OPTION and _EITHER.search(ask):
        return Form.EITHER
    if asks_whether:
        return Form.YES_OR_NO
    found = [(match.start(), i, form) for i, (form, p) in enumerate(_PATTERNS) if (match := p.search(ask))]
    if found:
        return min(found)[2]
    return Form.YES_OR_NO if openness is Openness.OPTION else Form.OTHER


def holds(form: Form, line: str) -> bool:
    """Whether a line has what the form asks for: a number for "how many", somebody for "who". True where none can say."""
    pattern = _HOLDS.get(form)
    return pattern is None or bool(pattern.search(line))
