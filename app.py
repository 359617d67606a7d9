"""Starts the app: what `coach serve` does."""

from coach.cli import main

if __name__ == "__main__":
    main(["serve"])
