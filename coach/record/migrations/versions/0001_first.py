"""The first tables."""

import sqlalchemy as sa
from alembic import op

from coach.record.tables import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("created", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "personas",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("persona_id", sa.String(60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_personas"),
    )
    op.create_table(
        "interviews",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(60), nullable=False),
        sa.Column("persona_hash", sa.String(64), nullable=False),
        sa.Column("hints", sa.Boolean(), nullable=False),
        sa.Column("started", UtcTime(), nullable=False),
        sa.Column("ended", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_interviews"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE", name="fk_interviews_person_id"),
        sa.ForeignKeyConstraint(["persona_hash"], ["personas.hash"], name="fk_interviews_persona_hash"),
    )
    op.create_index("ix_interviews_person_started", "interviews", ["person_id", "started"])
    op.create_table(
        "turns",
        sa.Column("interview_id", sa.String(32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.CheckConstraint('"index" >= 0', name="ck_turns_index_from_zero"),
        sa.PrimaryKeyConstraint("interview_id", "index", name="pk_turns"),
        sa.ForeignKeyConstraint(["interview_id"], ["interviews.id"], ondelete="CASCADE", name="fk_turns_interview_id"),
    )
    op.create_table(
        "scorecards",
        sa.Column("interview_id", sa.String(32), nullable=False),
        sa.Column("rubric_version", sa.String(20), nullable=False),
        sa.Column("reader_version", sa.String(60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("interview_id", "rubric_version", "reader_version", name="pk_scorecards"),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], ondelete="CASCADE", name="fk_scorecards_interview_id"
        ),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("interview_id", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], ondelete="CASCADE", name="fk_findings_interview_id"
        ),
    )
    op.create_index("ix_findings_interview_id", "findings", ["interview_id"])
    op.create_index("ix_findings_remembered", "findings", ["remembered"])
    op.create_table(
        "forget",
        sa.Column("finding_id", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("finding_id", name="pk_forget"),
    )
