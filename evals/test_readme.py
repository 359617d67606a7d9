"""What the main README says of the reader is true."""

from __future__ import annotations

from coach.evaluation.suite import BASELINE, released
from coach.reading.reader import OfflineReader
from evals.readme import BEGIN, EVALS, README, updated


def test_the_table_is_what_the_committed_files_give() -> None:
    """Recomputing the table changes nothing in the README."""
    text = README.read_text("utf-8")

    assert BEGIN in text
    assert updated(text) == text


def test_the_table_is_of_the_reader_that_ships() -> None:
    """The baseline was made by the model in `coach/reading/model/`."""
    assert released(EVALS / BASELINE) == OfflineReader().version
