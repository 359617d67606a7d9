"""The command line: `coach --help`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach import settings
from coach.errors import CoachError

if TYPE_CHECKING:
    from rich.console import Console

    from coach.domain.scorecard import Scorecard
    from coach.services import Services

app = typer.Typer(
    help="Rehearse customer interviews. Without a command: `coach serve` opens the app.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
personas_app = typer.Typer(help="The simulated customers.", no_args_is_help=True)
memory_app = typer.Typer(help="The memory of findings (Chroma).", no_args_is_help=True)
data_app = typer.Typer(help="All that the record holds of you.", no_args_is_help=True)
app.add_typer(personas_app, name="personas")
app.add_typer(memory_app, name="memory")
app.add_typer(data_app, name="data")

BAD_LINES = 2
"""The exit status of `read` when lines were skipped."""


def main(arguments: list[str] | None = None) -> None:
    """The `coach` command. What goes wrong is one sentence and exit status 1."""
    settings.quieten_libraries()
    try:
        app(arguments)
    except CoachError as e:
        print(e, file=sys.stderr)
        raise SystemExit(1) from None


def _services() -> Services:
    from coach.services import Services

    return Services(settings.load())


def _console() -> Console:
    from rich.console import Console

    return Console()


@app.command()
def serve() -> None:
    """Open the app on this machine."""
    from coach.ui.server import serve as run

    run(_services())


# -- reading and scoring ------------------------------------------------------------------------------------------------


@app.command()
def read(
    file: Annotated[
        Path, typer.Argument(help='Lines of {"id", "prev", "text"}, optionally "context"; - for standard input')
    ],
) -> None:
    """Read interviewers' turns and print their labels, one JSON line each."""
    from coach.reading import lines

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    source = sys.stdin if str(file) == "-" else _open(file)
    bad = 0
    with source:
        for outcome in lines.read(source, _services().reader):
            if isinstance(outcome, lines.BadLine):
                bad += 1
                print(f"{file}:{outcome.number}: {outcome.why}", file=sys.stderr)
            else:
                print(json.dumps(outcome, ensure_ascii=False))
    if bad:
        raise typer.Exit(BAD_LINES)


@app.command()
def score(transcript: Annotated[Path, typer.Argument(help="Lines that begin with Interviewer: or Customer:")]) -> None:
    """Print the scorecard of a plain-text transcript. Nothing is stored."""
    try:
        text = transcript.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise CoachError(f"{transcript}: cannot be read as UTF-8 text ({e}).") from e
    card, findings = _services().score_transcript(text, transcript.name)
    console = _console()
    _print_card(console, card)
    for f in findings:
        _print_finding(console, f)


@app.command("eval")
def evaluate(
    data: Annotated[
        Path | None, typer.Option(help="Coded turns as JSON lines; without it, the whole suite is run")
    ] = None,
    uptake: Annotated[
        Path | None, typer.Option(help="Exchanges with a human score of uptake, as CSV: only that is measured")
    ] = None,
    suite: Annotated[Path, typer.Option(help="The folder of the eval suite")] = Path("evals"),
    split: Annotated[str, typer.Option(help="Which gold interviews: dev, or test once a release")] = "dev",
    reader: Annotated[str, typer.Option(help="Which reader is measured")] = "offline",
    out: Annotated[
        Path | None, typer.Option(help="A folder for report.md, report.html, report.json and junit.xml")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Make this reader the one that later ones are compared with")
    ] = False,
) -> None:
    """Measure the reader, the customers and the scores. Exit status 1 when a gate is not passed."""
    from coach.evaluation import report
    from coach.evaluation import suite as suites
    from coach.evaluation import uptake as uptakes
    from coach.evaluation.cases import Split
    from coach.evaluation.figures import Run

    services = _services()
    if reader not in services.readers:
        raise CoachError(f"There is no reader {reader!r} here; choose one of {', '.join(services.readers)}.")
    measured = services.readers[reader]()
    if write_baseline:
        print(f"{suites.write_baseline_of(measured, suite)} turns are in the baseline, by {measured.version}.")
        return
    if split not in tuple(Split):
        raise CoachError(f"There is no split {split!r}; choose one of {', '.join(Split)}.")
    if uptake is not None:
        run = Run(measured.version, uptake.name, (uptakes.measure(services.embedder, uptake),))
    elif data is not None:
        run = suites.on_file(measured, data)
    else:
        run = suites.on_suite(
            measured, services.linker, services.personas, suite, Split(split), lambda x: print(x, file=sys.stderr)
        )
    print(report.markdown(run), end="")
    if out is not None:
        report.write(run, out)
        print(f"Written to {out}.", file=sys.stderr)
    if run.failed:
        raise typer.Exit(1)


def _open(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", errors="replace")
    except OSError as e:
        raise CoachError(f"{path}: cannot be read ({e.strerror}); check the name.") from e


# -- practice -----------------------------------------------------------------------------------------------------------


@app.command()
def practice(
    customer: Annotated[str | None, typer.Argument(help="The customer's id; without one, the list is shown")] = None,
    hints: Annotated[bool, typer.Option(help="A line on each question's kind")] = False,
    resume: Annotated[bool, typer.Option(help="Go on with your last interview that is not over")] = False,
) -> None:
    """Interview a customer in the terminal. An empty line lets them go on; `/end` ends it."""
    services = _services()
    console = _console()
    person = services.settings.person
    if customer is None and not resume:
        for persona in services.personas.values():
            console.print(
                f"[bold]{persona.id}[/]  {_plain(persona.name)}, {_plain(persona.headline)} ({persona.difficulty.value})"
            )
        console.print("\nBegin with: coach practice ID")
        return
    try:
        _converse(services, console, person, customer, hints, resume)
    finally:
        services.close()


def _converse(
    services: Services, console: Console, person: str, customer: str | None, hints: bool, resume: bool
) -> None:
    from rich.markup import escape

    from coach.domain.interview import Stance
    from coach.reports.debrief import hint

    if resume:
        open_ones = [r for r in services.practice.list(person) if r.ended is None]
        if not open_ones:
            raise CoachError("There is no open interview; begin one with: coach practice ID")
        interview, persona = services.practice.open(person, open_ones[0].id)
    else:
        interview = services.practice.start(person, customer or "", hints)
        persona = services.practice.persona(interview)
    console.rule(_plain(persona.name))
    for line in (persona.brief.team, f"Outcome: {persona.brief.outcome}", f"To learn about: {persona.brief.topic}"):
        console.print(escape(line))
    console.print("[dim]An empty line lets them go on. /end ends the interview.[/]\n")
    for turn in interview.turns:
        console.print(f"[bold]You:[/] {escape(turn.asked)}\n{escape(turn.answer or '')}\n")
    while True:
        left = services.practice.state(interview).seconds_left(persona)
        try:
            text = console.input(f"[dim]{round(left / 60)} min[/] [bold]You:[/] ")
        except (EOFError, KeyboardInterrupt):
            console.print("\nSaved. Go on with: coach practice --resume")
            return
        if text.strip() == "/end":
            break
        interview = services.practice.ask(person, interview.id, text or "Mm-hm.")
        turn = interview.turns[-1]
        console.print(f"{escape(turn.answer or '')}\n")
        if interview.hints:
            console.print(f"[italic]{hint(turn.reading)}[/]\n")
        if turn.decision.stance is Stance.TIME_UP:
            break
    services.practice.end(person, interview.id)
    view = services.debrief(person, interview.id)
    _print_card(console, view.card)
    for f in (*view.strengths, *view.points):
        _print_finding(console, f)
    console.print(f"[bold]{escape(view.goal)}[/]")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _print_card(console: Console, card: Scorecard) -> None:
    from rich.table import Table

    table = Table(title=f"Scorecard (rubric {card.rubric_version}, reader {card.reader_version})")
    for heading in ("Measure", "Figure", "95 %", "Turns"):
        table.add_column(heading)
    for skill in card.skills:
        points = "" if skill.points is None else f"{skill.points:.0f} ({skill.low:.0f}–{skill.high:.0f})"
        table.add_row(f"[bold]{skill.skill.heading}[/]", f"[bold]{skill.grade.value}[/]", points, "")
        for m in skill.measures:
            figure = f"{m.count:g} of {m.total}" if m.total is not None else f"{m.count:g}"
            interval = f"{100 * m.low:.0f}–{100 * m.high:.0f} %" if m.low is not None and m.high is not None else ""
            table.add_row(f"  {m.title}", figure, interval, ", ".join(str(t + 1) for t in m.turns[:12]))
        table.add_section()
    console.print(table)
    if card.hints:
        console.print("Live hints were on.")
    if card.outcome:
        o = card.outcome
        console.print(
            f"You heard {o.moments_found} of {len(o.moments)} moments, found {o.opportunities_found} of"
            f" {len(o.opportunities)} needs, and collected {len(o.false_signals)} false signals."
        )


def _print_finding(console: Console, finding: Any) -> None:
    from rich.markup import escape

    console.print(f"\n[bold]{'+' if finding.strength else '–'} {finding.title}[/]")
    console.print(f"  Turn {finding.turn + 1}: “{escape(finding.quote)}”")
    console.print(f"  {escape(finding.rule)}")
    if finding.cost:
        console.print(f"  {escape(finding.cost)}")
    if finding.rewrite:
        console.print(f"  Try instead: “{escape(finding.rewrite)}”")


# -- personas -----------------------------------------------------------------------------------------------------------


@personas_app.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Persona files; without any, all that the app would load")
    ] = None,
) -> None:
    """Check persona files: that they load, and what is weak in them."""
    from coach import authoring, personas
    from coach.errors import PersonaError

    services = _services()
    folders = [personas.packaged_folder(), services.settings.own_personas]
    paths = files or [p for folder in folders if folder.is_dir() for p in sorted(folder.glob("*.yaml"))]
    bad = 0
    for path in paths:
        try:
            persona = personas.load(path)
        except PersonaError as e:
            bad += 1
            print(e, file=sys.stderr)
            continue
        print(f"{path.name}: {persona.name}: {personas.summary(persona)}")
        for weakness in (
            *authoring.weaknesses(persona),
            *authoring.confusions(persona, services.embedder),
            *authoring.unreached(persona, services.reader, services.linker),
        ):
            print(f"  - {weakness}")
    if bad:
        raise typer.Exit(1)


@personas_app.command("new")
def new(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits and dashes, as ann-lee")],
) -> None:
    """Write a customer of your own, from what you answer; what is there when you stop is kept."""
    from coach import personas
    from coach.draft import Draft, slug

    if slug(id_) != id_:
        raise CoachError(f"{id_!r} cannot be an id; take lower-case letters, digits and dashes, as {slug(id_)!r}.")
    path = settings.load().own_personas / f"{id_}.yaml"
    if path.exists():
        raise CoachError(f"{path} exists already; edit it, or take another id.")
    part = path.with_suffix(".yaml.part")
    if part.exists():
        raise CoachError(f"{part} holds an earlier start; complete it and rename it to {path.name}, or remove it.")
    draft = Draft(id_, personas.starter_stock(), lambda question: input(f"{question}: ").strip())
    try:
        draft.fill()
    except (EOFError, KeyboardInterrupt):
        personas.save(part, draft.data)
        print(f"\nWhat you have so far is in {part}; complete it there and rename it to {path.name}.")
        return
    # Only a file that loads may stand where the app finds it.
    personas.save(part, draft.data)
    try:
        persona = personas.validated(draft.data, part)
    except CoachError as e:
        raise CoachError(f"{e}\nMend that in {part} and rename it to {path.name}.") from e
    part.rename(path)
    print(f"{persona.name} is in {path}. Put the lines of `stock` into their words, then: coach personas check {path}")


@personas_app.command("preview")
def preview(customer: Annotated[str, typer.Argument(help="The customer's id, or a persona file")]) -> None:
    """Play an interview with a customer twice: as well as one can ask, and badly."""
    from coach import authoring, personas
    from coach.disclosure.state import fold

    services = _services()
    path = Path(customer)
    persona = personas.load(path) if path.suffix == ".yaml" else services.personas.get(customer)
    if persona is None:
        raise CoachError(f"There is no customer {customer!r}; choose one of {', '.join(services.personas)}.")
    console = _console()
    for heading, play in (("Asked well", authoring.best_path), ("Asked badly", authoring.worst_path)):
        console.rule(heading)
        turns = play(persona, services.reader, services.linker)
        for turn in turns:
            console.print(f"[bold]You:[/] {_plain(turn.asked)}\n{_plain(turn.answer or '')}")
            console.print(f"[dim]{_plain(turn.decision.reason)}[/]\n")
        state = fold(persona, turns)
        console.print(
            f"[bold]{len(state.moments)} of {len(persona.moments)} moments[/] in {len(turns)} turns,"
            f" {round(state.seconds / 60)} of {persona.brief.minutes} minutes.\n"
        )


@personas_app.command("schema")
def schema() -> None:
    """Print the JSON schema of a persona file."""
    from coach import personas

    print(personas.schema(), end="")


# -- memory, data, doctor -----------------------------------------------------------------------------------------------


@memory_app.command("rebuild")
def rebuild() -> None:
    """Make the memory anew from the record. The old store is moved aside."""
    services = _services()
    try:
        print(f"{services.memory.rebuild(services.record)} findings are in the memory.")
    finally:
        services.close()


@data_app.command("export")
def export(file: Path) -> None:
    """Write everything that you have to one JSON file."""
    services = _services()
    services.export(services.settings.person, file)
    print(f"Written to {file}.")


@data_app.command("restore")
def restore(file: Path) -> None:
    """Bring back what such a file holds. What is there already stays as it is."""
    services = _services()
    try:
        print(f"{services.restore(file)} interviews came back.")
    finally:
        services.close()


@data_app.command("delete")
def delete(yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False) -> None:
    """Delete everything that you have, here and in the memory."""
    services = _services()
    person = services.settings.person
    if not yes:
        typer.confirm(f"Delete every interview of {person!r}? This cannot be undone", abort=True)
    try:
        print(f"{services.delete(person)} interviews were deleted.")
        if left := services.record.to_forget(1):
            print(f"The memory is away; {len(left)} or more findings go from it when it is back.")
    finally:
        services.close()


@app.command()
def doctor() -> None:
    """Say what is configured and what can be reached."""
    services = _services()
    try:
        bad = False
        for good, name, text in _checks(services):
            bad = bad or not good
            print(f"{'ok  ' if good else 'FAIL'}  {name}: {text}")
        if bad:
            raise typer.Exit(1)
    finally:
        services.close()


def _checks(services: Services) -> list[tuple[bool, str, str]]:
    from collections.abc import Callable

    def tried(name: str, check: Callable[[], str]) -> tuple[bool, str, str]:
        try:
            return True, name, check()
        except CoachError as e:
            return False, name, str(e)

    def record() -> str:
        waiting = services.record.waiting()
        note = f"; {waiting} findings wait for the memory" if waiting else ""
        where = "a database by URL" if services.settings.database_url else str(services.settings.data / "record.db")
        return f"{where}, {len(services.practice.list(services.settings.person))} interviews{note}"

    return [
        tried("data", lambda: str(services.settings.data)),
        tried("customers", lambda: ", ".join(services.personas)),
        tried("reader", lambda: f"{services.reader.version}, no network needed"),
        tried("record", record),
        tried("memory", lambda: f"{services.memory.where}, {services.memory.count()} findings"),
        (True, "language model", "none configured, none needed: the customers speak their authors' lines"),
    ]
