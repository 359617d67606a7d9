"""Views of what happened, for people: domain types in, plain values out."""
