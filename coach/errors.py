"""What can go wrong, in words for the person who can mend it.

CoachError
├── PersonaError    a persona file cannot be read or does not hold together
├── PromptError     a text template is missing or its variables do not fit
├── InputError      what somebody gave us (a question, a file, an id) cannot be used
├── NotFound        no such thing, or none that this person may see
├── RecordError     the record cannot be opened, written or restored
├── MemoryUnavailable   the memory (Chroma) is away, damaged or in use elsewhere
└── SettingsError   the configuration does not fit
"""

from __future__ import annotations


class CoachError(Exception):
    """The message is one sentence that says what is wrong, where, and how to mend it."""


class PersonaError(CoachError):
    """A persona file cannot be read or does not hold together."""


class PromptError(CoachError):
    """A text template is missing or its variables do not fit."""


class InputError(CoachError):
    """Something that a person gave cannot be used."""


class NotFound(CoachError):
    """There is no such thing, or none that this person may see."""


class RecordError(CoachError):
    """The record cannot be opened, written or restored."""


class MemoryUnavailable(CoachError):
    """The memory is away, damaged or in use by another process."""


class SettingsError(CoachError):
    """The configuration does not fit."""
