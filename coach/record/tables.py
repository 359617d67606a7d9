"""The tables. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """A moment in time with its zone; SQLite forgets zones, so it is stored as UTC and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class PersonTable(Base):
    __tablename__ = "people"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)


class PersonaTable(Base):
    """Every version of a customer that somebody has met, so that an old interview keeps its truth."""

    __tablename__ = "personas"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    persona_id: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)


class InterviewTable(Base):
    __tablename__ = "interviews"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    persona_hash: Mapped[str] = mapped_column(ForeignKey("personas.hash"))
    hints: Mapped[bool]
    started: Mapped[datetime] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    __table_args__ = (Index("ix_interviews_person_started", "person_id", "started"),)


class TurnTable(Base):
    """`answer` is null from the question's commit to the answer's."""

    __tablename__ = "turns"
    interview_id: Mapped[str] = mapped_column(ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[str] = mapped_column(Text)
    reading: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    __table_args__ = (CheckConstraint('"index" >= 0', name="index_from_zero"),)


class ScorecardTable(Base):
    __tablename__ = "scorecards"
    interview_id: Mapped[str] = mapped_column(ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True)
    rubric_version: Mapped[str] = mapped_column(String(20), primary_key=True)
    reader_version: Mapped[str] = mapped_column(String(60), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(UtcTime)


class FindingTable(Base):
    """`remembered` is false until the finding is in the memory: the outbox is the findings that are not."""

    __tablename__ = "findings"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    interview_id: Mapped[str] = mapped_column(ForeignKey("interviews.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    remembered: Mapped[bool] = mapped_column(index=True)


class ForgetTable(Base):
    """Findings that were deleted here and must still be deleted in the memory."""

    __tablename__ = "forget"
    finding_id: Mapped[str] = mapped_column(String(60), primary_key=True)
