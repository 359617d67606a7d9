"""Turns as JSON lines, for measuring the reader: `{"id", "prev", "text"}` in, the codebook's labels out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from coach.domain.reading import Speaker, Utterance
from coach.reading.reader import OfflineReader

Text = Annotated[str, Field(max_length=20_000)]
BATCH = 64


def _printable(text: str) -> str:
    """Refuses what no output can hold."""
    text.encode("utf-8")
    return text


class Line(BaseModel):
    """`prev` is the end of the customer's answer before; `context`, where given, is what was said before, oldest first."""

    model_config = ConfigDict(extra="ignore")
    id: Annotated[str, AfterValidator(_printable)] | int
    text: Text
    prev: Text = ""
    context: tuple[Utterance, ...] = Field((), max_length=200)

    def before(self) -> list[Utterance]:
        """The context that the reader is given: `context`, ending with `prev` where that is not its last word."""
        said = list(self.context)
        if self.prev and not (said and said[-1].text == self.prev):
            said.append(Utterance(speaker=Speaker.CUSTOMER, text=self.prev))
        return said


class BadLine(NamedTuple):
    """A line that was skipped: its number from 1, and why."""

    number: int
    why: str


def read(source: Iterable[str], reader: OfflineReader) -> Iterator[dict[str, Any] | BadLine]:
    """One reading or one BadLine for each line that is not blank, in order."""
    batch: list[Line | BadLine] = []
    for number, text in enumerate(source, 1):
        if text.strip():
            batch.append(_parse(number, text))
        if len(batch) == BATCH:
            yield from _flush(batch, reader)
            batch = []
    yield from _flush(batch, reader)


def _parse(number: int, text: str) -> Line | BadLine:
    try:
        return Line.model_validate(json.loads(text))
    except json.JSONDecodeError as e:
        return BadLine(number, f"not JSON ({e.msg} at column {e.colno}); skipped.")
    except RecursionError:
        return BadLine(number, "nested too deep; skipped.")
    except ValidationError as e:
        # Before ValueError, whose kind it is.
        first = e.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        return BadLine(number, f"{where}: {first['msg']}; skipped.")
    except ValueError as e:
        return BadLine(number, f"not JSON that can be read ({e}); skipped.")


def _flush(batch: list[Line | BadLine], reader: OfflineReader) -> Iterator[dict[str, Any] | BadLine]:
    readings = iter(reader.read_many([(x.text, x.before()) for x in batch if isinstance(x, Line)]))
    for item in batch:
        if isinstance(item, BadLine):
            yield item
        else:
            reading = next(readings).model_dump(mode="json", exclude={"effective_ask", "to_machine"})
            yield {"id": item.id, **reading}
