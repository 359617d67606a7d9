"""The record: people, interviews, turns, scorecards, findings. The truth, in SQL."""

from coach.record.store import InterviewRow, Pending, Record

__all__ = ["InterviewRow", "Pending", "Record"]
