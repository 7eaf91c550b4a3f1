"""The command line: ``drillbook serve | init | demo | import | stats | export | due | verify`` and
``backup | restore | recover``.

Exit codes: 0 done, 1 done with problems (rejected rows, failed checks), 2 could not be done.
With ``--json`` exactly one JSON value goes to standard output, also when something fails.
It refuses to know the trade: every command calls what the screens call and says what came of it.
Modules that take long to import are imported by the command that needs them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drillbook.accounts.permissions import (
    ACCOUNT_ROLES,
    COMMANDS,
    IMPORTS,
    Person,
)
from drillbook.cli import click_i18n
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import (
    DEFAULT,
    LANGUAGES,
    N_,
    Language,
    language,
    ngettext,
    use_language,
)
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import register_path
from drillbook.core.validation import FIRST_YEAR, LAST_YEAR
from drillbook.db.audit_chain import Actor

if TYPE_CHECKING:
    from drillbook.db.backups import Backup
    from drillbook.db.store import Row, Store
    from drillbook.importing import ImportPlan, ImportResult, Kind, Sheet
    from drillbook.operations.restore import Difference

DONE, WITH_PROBLEMS, NOT_DONE = 0, 1, 2
LANGUAGE_VARIABLE = "DRILLBOOK_LANG"
ACCOUNT_VARIABLE = "DRILLBOOK_AS"
SHOWN_PROBLEMS = 100

click_i18n.speak()


# --- help and errors in both languages ----------------------------------------------------------


class Option(click.Option):
    """An option whose help is a msgid, translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of this run."""
        msgid, self.help = self.help, _(self.help or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = msgid


def _show_help(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()


HELP = Option(
    ["--help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help=N_("Show this message and exit."),
)
PIECES = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))


class Command(click.Command):
    """A command whose help is a msgid, translated when it is shown."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of this run."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        return _(self.short_help or self.help or "")

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """Return --help in the language of this run."""
        return HELP

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the command's name, in the language of this run."""
        return [
            _(piece) if piece in PIECES else piece for piece in super().collect_usage_pieces(ctx)
        ]


class CommandLine(Command, click.Group):
    """All commands; the outermost edge, where every error becomes a sentence and an exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **given: Any) -> Any:
        """Run one command and end the process with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        given["standalone_mode"] = False
        with use_language(spoken(words)):
            try:
                code = super().main(words, *rest, **given)
            except click.ClickException as error:
                code = _failed(error, words)
            except click.Abort:
                code = _failed(DrillbookError(_("Stopped before it was done.")), words)
            except DrillbookError as error:
                code = _failed(error, words)
            except Exception as error:
                # A mistake of the program: told in full, but not as "done with problems".
                traceback.print_exc()
                code = _failed(error, words)
        sys.exit(code)


def spoken(words: Sequence[str]) -> Language:
    """Return the language asked for on the command line or in the environment, else Chinese.

    Known before the words are parsed, because the parser's own errors are in it too.
    """
    asked = os.environ.get(LANGUAGE_VARIABLE, DEFAULT)
    for position, word in enumerate(words):
        if word == "--lang":
            asked = "".join(words[position + 1 : position + 2])
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return asked if asked in LANGUAGES else DEFAULT


def _failed(error: Exception, words: Sequence[str]) -> int:
    """Say what could not be done, as JSON where JSON was asked for."""
    if "--json" in words:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        print_json({"error": message})
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        click.echo(str(error), err=True)
    return NOT_DONE


def print_json(value: Any) -> None:
    # Bytes, because a Windows console would otherwise write its own encoding into a file.
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    click.echo(text.encode() + b"\n", nl=False)


def answer(as_json: bool, value: Row, lines: Iterable[str]) -> None:
    """Print the answer: the JSON value, or the lines for a reader."""
    if as_json:
        print_json(value)
        return
    for line in lines:
        click.echo(line)


def remark(text: str) -> None:
    click.echo(text, err=True)


# --- options ------------------------------------------------------------------------------------


class Number(click.ParamType[int]):
    """A whole number between two limits."""

    name = "number"

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Return the number, or fail with a sentence."""
        text = str(value).strip()
        if text.isascii() and text.isdigit() and self.first <= int(text[:9]) <= self.last:
            return int(text[:9])
        sentence = _("“{text}” is not a number from {first} to {last}.")
        self.fail(sentence.format(text=text[:50], first=self.first, last=self.last), param, ctx)


class Day(click.ParamType[date]):
    """A day as 2023-12-31."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Return the day, or fail with a sentence."""
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            sentence = _("“{text}” is not a day of the calendar; write it as 2023-12-31.")
            self.fail(sentence.format(text=str(value)[:50]), param, ctx)


YEAR, PORT, DAY = Number(FIRST_YEAR, LAST_YEAR), Number(1, 65535), Day()
FILE = click.Path(path_type=Path)
KINDS = ("units", "plans", "programme", "sessions", "teams")


def _given_before(ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Take ``drillbook --db PATH command`` for ``drillbook command --db PATH``."""
    if path is None:
        path = ctx.obj
    ctx.obj = path
    return path


def _remember_login(ctx: click.Context, _param: click.Parameter, login: str | None) -> None:
    if login:
        ctx.meta[ACCOUNT_VARIABLE] = login


def _shared(reports: bool) -> list[click.Parameter]:
    """Return the options that every command takes."""
    options: list[click.Parameter] = [
        Option(
            ["--db"],
            type=FILE,
            metavar="PATH",
            callback=_given_before,
            help=N_("The register's file; otherwise DRILLBOOK_DB, otherwise data/local."),
        ),
        Option(
            ["--as", "acting_as"],
            metavar="LOGIN",
            envvar=ACCOUNT_VARIABLE,
            expose_value=False,
            callback=_remember_login,
            help=N_("Do it as this account, with no more rights than it has."),
        ),
        Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            envvar=LANGUAGE_VARIABLE,
            expose_value=False,
            help=N_("Chinese or English; otherwise DRILLBOOK_LANG, otherwise Chinese."),
        ),
    ]
    if reports:
        options.append(
            Option(
                ["--json", "as_json"],
                is_flag=True,
                help=N_("Print exactly one JSON value; everything else goes to standard error."),
            )
        )
    return options


def option(*names: str, **settings: Any) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add an option with a help to be translated."""
    return click.option(*names, cls=Option, **settings)


command_line = CommandLine(
    "drillbook",
    help=N_("The register of emergency drills and contingency plans."),
    params=_shared(reports=False),
    callback=lambda db: None,
    subcommand_metavar="COMMAND [ARGS]...",
    no_args_is_help=True,
)


def command(
    name: str, help: str, reports: bool = True
) -> Callable[[Callable[..., int]], click.Command]:
    """Make a function a command with the options all commands share."""

    def decorate(function: Callable[..., int]) -> click.Command:
        shared = _shared(reports)
        made = click.command(name, cls=Command, help=help, params=[*shared])(function)
        # In its help, what a command alone takes comes first.
        made.params.sort(key=lambda parameter: parameter in shared)
        command_line.add_command(made)
        return made

    return decorate


@contextlib.contextmanager
def opened_register(db: Path | None, make: bool = False) -> Iterator[Store]:
    """Open the register for one command; only ``make`` may create a new file."""
    from drillbook.db import journal
    from drillbook.db.store import open_store

    path = register_path(db)
    # A file that is gone while its journal is there is for open_store to speak of.
    if not make and not path.exists() and not journal.segments(journal.folder(path)):
        raise DrillbookError(
            _("There is no register at {path}. Make one with: drillbook init --db {path}").format(
                path=path
            )
        )
    store = open_store(path)
    try:
        person(store).require(COMMANDS[click.get_current_context().command.name or ""])
        yield store
    finally:
        store.close()


def person(store: Store) -> Person:
    """Return who acts: the account that --as names, else the person at this computer.

    Whoever can read the register's file can do everything with it; the option only limits.
    """
    from drillbook.accounts import accounts

    login = asked_login()
    if login is None:
        return Person(computer_user(), "administrator")
    found = accounts.by_login(store, login)
    if found is None:
        raise DrillbookError(_("There is no account “{login}” in use.").format(login=login[:50]))
    return found


def asked_login() -> str | None:
    login: str | None = click.get_current_context().meta.get(ACCOUNT_VARIABLE)
    return login


def actor(store: Store) -> Actor:
    """Return who the audit trail names."""
    return person(store).actor()


def computer_user() -> str:
    """Return the name of the person at this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "drillbook"


def _records(numbers: dict[str, int]) -> Iterator[str]:
    from drillbook.core import vocabulary

    for table, number in numbers.items():
        yield f"  {vocabulary.label('subject_type', table)}: {number:,}"


def _size(store: Store) -> dict[str, int]:
    return {row["subject_type"]: row["records"] for row in store.query("register_size")}


# --- commands -----------------------------------------------------------------------------------


@command("serve", N_("Start the app in the browser; Ctrl+C stops it."), reports=False)
@option("--host", default="127.0.0.1", help=N_("The address to listen on."))
@option("--port", type=PORT, metavar="PORT", default=8501, help=N_("The port to listen on."))
def serve(db: Path | None, host: str, port: int) -> int:
    """Run the app until it is stopped."""
    from drillbook.ui.shell import server

    return server.serve(db=db, port=port, address=host)


@command("init", N_("Make an empty register, or bring an existing one up to date."))
def init(db: Path | None, as_json: bool) -> int:
    """Make or migrate the register."""
    path = register_path(db)
    is_new = not path.exists()
    with opened_register(db, make=True) as store:
        records = _size(store)
    text = _("Made an empty register: {path}") if is_new else _("The register is ready: {path}")
    value = {"register": str(path), "created": is_new, "records": records}
    answer(as_json, value, [text.format(path=path), *_records(records)])
    return DONE


@command("demo", N_("Load the sample years 2022 and 2023, or remove them."))
@option("--remove", is_flag=True, help=N_("Remove the sample years; your own records stay."))
def demo(db: Path | None, remove: bool, as_json: bool) -> int:
    """Load or remove the sample years."""
    from drillbook.records import sample_data

    if remove:
        with opened_register(db) as store:
            removal = sample_data.remove(store, actor(store), source="command")
        lines = [_("Removed the sample years:"), *_records(dict(removal.removed))]
        if removal.kept:
            lines += [_("Kept, because your own records use them:"), *_records(dict(removal.kept))]
        answer(as_json, dataclasses.asdict(removal), lines)
        return DONE
    with opened_register(db, make=True) as store:
        added = sample_data.load(store, actor(store), clock.today(), source="command")
    answer(as_json, {"added": added}, [_("Loaded the sample years:"), *_records(added)])
    return DONE


@command("import", N_("Import a workbook or CSV file: good rows go in, bad rows are reported."))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=FILE)
@option("--year", type=YEAR, metavar="YEAR", help=N_("The year of dates that name none."))
@option("--sheet", metavar="NAME", help=N_("Read this sheet only."))
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
@option(
    "--corrections",
    type=FILE,
    metavar="OUT.xlsx",
    help=N_("Write the bad rows and their reasons to this workbook, to mend and import again."),
)
def import_(
    db: Path | None,
    kind: Kind,
    file: Path,
    year: int | None,
    sheet: str | None,
    dry_run: bool,
    corrections: Path | None,
    as_json: bool,
) -> int:
    """Import one file, unattended."""
    from drillbook import importing

    sheets = _sheets(file, sheet)
    with opened_register(db, make=not dry_run) as store:
        person(store).require(IMPORTS[kind])
        plan = importing.prepare(
            store, kind, sheets, today=clock.today(), filename=file.name, year=year
        )
        for notice in plan.notices:
            remark(notice)
        result = importing.preview(plan)
        if corrections and result.rejected:
            # Before anything goes in: a file that cannot be written must not leave half a job.
            _write(corrections, importing.correction_workbook(plan))
        if not dry_run:
            result = _apply(store, plan)
    answer(as_json, _imported(result, plan, dry_run), _import_lines(result, plan, dry_run))
    return WITH_PROBLEMS if result.rejected else DONE


def _sheets(file: Path, wanted: str | None) -> list[Sheet]:
    from drillbook import importing

    sheets = importing.read_sheets(_content(file), file.name)
    if wanted is None:
        return sheets
    found = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
    if not found:
        raise DrillbookError(
            _("There is no sheet “{name}”. The file has: {names}").format(
                name=wanted, names=_(", ").join(sheet.name for sheet in sheets)
            )
        )
    return [dataclasses.replace(sheet, hidden=False) for sheet in found]


def _content(file: Path) -> bytes:
    from drillbook.importing.workbook_reader import MAX_BYTES

    try:
        with file.open("rb") as opened:
            # One byte more than allowed is enough to be refused; the rest stays on the disk.
            return opened.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise DrillbookError(
            _("There is no file {path}. Check the folder and the name.").format(path=file)
        ) from error
    except OSError as error:
        raise DrillbookError(
            _("{path} cannot be read: {reason}. Close it elsewhere, or copy it first.").format(
                path=file, reason=error.strerror
            )
        ) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DrillbookError(
            _(
                "{path} cannot be written: {reason}. Choose another folder or close the file."
            ).format(path=path, reason=error.strerror)
        ) from error


def _apply(store: Store, plan: ImportPlan) -> ImportResult:
    from drillbook import importing

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done:,} / {total:,}", nl=done == total, err=True)

    return importing.apply(
        store, plan, actor(store), progress=show if sys.stderr.isatty() else None
    )


def _imported(result: ImportResult, plan: ImportPlan, dry_run: bool) -> Row:
    return dataclasses.asdict(result) | {
        "notices": plan.notices,
        "proposed_links": [
            {
                "sheet": link.sheet,
                "row": link.row,
                "session": link.session,
                "planned_drills": [{"id": key, "name": name} for key, name in link.options],
            }
            for link in plan.links
        ],
        "dry_run": dry_run,
    }


def _import_lines(result: ImportResult, plan: ImportPlan, dry_run: bool) -> Iterator[str]:
    if dry_run:
        yield _("Nothing was written; this is what would happen:")
    yield _(
        "Accepted {accepted:,} (added {added:,}, changed {changed:,}),"
        " unchanged {unchanged:,}, rejected {rejected:,}."
    ).format(**{name: getattr(result, name) for name in _COUNTED})
    if result.new_units:
        yield _("New units: {names}").format(names=_(", ").join(result.new_units))
    for problem in result.problems[:SHOWN_PROBLEMS]:
        yield _("{sheet}, row {row}, {column}: {reason}").format(**dataclasses.asdict(problem))
    left = len(result.problems) - SHOWN_PROBLEMS
    if left > 0:
        yield ngettext(
            "… and {number:,} more problem; --corrections or --json shows all.",
            "… and {number:,} more problems; --corrections or --json shows all.",
            left,
        ).format(number=left)
    for link in plan.links[:SHOWN_PROBLEMS]:
        yield _("{sheet}, row {row}: “{session}” may belong to: {drills}").format(
            sheet=link.sheet,
            row=link.row,
            session=link.session,
            drills=_(", ").join(name for _id, name in link.options),
        )


_COUNTED = ("accepted", "added", "changed", "unchanged", "rejected")


@command("stats", N_("Show the figures of a year as of a day, with the official sentence."))
@option("--year", type=YEAR, metavar="YEAR", required=True, help=N_("The year to count."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("Count what had happened by this day."))
def stats(db: Path | None, year: int, as_of: date | None, as_json: bool) -> int:
    """Show the annual statistics."""
    from drillbook.reports import annual_figures
    from drillbook.reports.files import annual_workbook

    as_of = as_of or clock.default_as_of(year, clock.today())
    with opened_register(db) as store:
        annual = annual_figures.annual(store, year, as_of)
        may = person(store).may("contacts")
        table = annual_workbook.table(store, annual, "summary", with_contacts=may)
        value = annual.as_json()
    lines = [f"{name}: {number:,}" for name, number, *_how in table.rows]
    answer(as_json, value, [*lines, "", annual.sentence().text])
    return DONE


@command("export", N_("Write the annual workbook (.xlsx) or one of its tables (.csv)."))
@option("--year", type=YEAR, metavar="YEAR", required=True, help=N_("The year to count."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("Count what had happened by this day."))
@option(
    "--out",
    type=FILE,
    metavar="FILE",
    required=True,
    help=N_("The file to write; its ending, .xlsx or .csv, decides what."),
)
@option(
    "--table",
    metavar="NAME",
    help=N_("The table for .csv; the sessions unless named."),
)
@option(
    "--public",
    is_flag=True,
    help=N_("Write the register for publication: without contacts and free texts (.xlsx)."),
)
def export(
    db: Path | None,
    year: int,
    as_of: date | None,
    out: Path,
    table: str | None,
    public: bool,
    as_json: bool,
) -> int:
    """Write the annual workbook, one table, or the public register."""
    from drillbook.reports.files import annual_workbook

    as_of = as_of or clock.default_as_of(year, clock.today())
    with opened_register(db) as store:
        annual_workbook.write(
            store,
            year,
            as_of,
            out,
            language(),
            table,
            actor=actor(store),
            with_contacts=person(store).may("contacts"),
            public=public,
        )
    value = {"file": str(out), "bytes": out.stat().st_size, "year": year, "as_of": as_of}
    answer(as_json, value, [_("Written: {path}").format(path=out)])
    return DONE


@command("due", N_("Show what falls due as of a day: what is late, due soon or was never done."))
@option("--as-of", type=DAY, metavar="DAY", help=N_("As it stood on this day; otherwise today."))
@option("--unit", metavar="NAME", help=N_("Only what this unit has to see to."))
@option("--rule", metavar="CODE", help=N_("Only what this rule asks for."))
@option("--all", "everything", is_flag=True, help=N_("Also what is on schedule or not applicable."))
def due(
    db: Path | None,
    as_of: date | None,
    unit: str | None,
    rule: str | None,
    everything: bool,
    as_json: bool,
) -> int:
    """Show what falls due."""
    from drillbook.core import privacy
    from drillbook.reports import due_items

    as_of = as_of or clock.today()
    states = due_items.STATES if everything else due_items.OPEN_STATES
    with opened_register(db) as store:
        unit_id = _unit_named(store, unit) if unit else None
        found = due_items.items(store, as_of, unit_id=unit_id, rule=rule, states=states)
        measures = due_items.measures_of(store)
        if not person(store).may("contacts"):
            masked = privacy.without_telephones
            found = [item | {"subject": masked(item["subject"])} for item in found]
    if rule and rule not in measures:
        raise DrillbookError(_("There is no rule “{code}”.").format(code=rule[:50]))
    if as_json:
        print_json([due_items.as_json(item) for item in found])
        return DONE
    for line in _due_lines(found, measures):
        click.echo(line)
    return DONE


def _unit_named(store: Store, name: str) -> str:
    from drillbook.core.name_keys import name_key

    with store.read() as cursor:
        row = cursor.execute(
            "select unit_id from unit_name where name_key = $key", {"key": name_key(name)}
        ).fetchone()
    if row is None:
        raise DrillbookError(_("There is no unit “{name}”.").format(name=name[:50]))
    return str(row[0])


def _due_lines(found: Sequence[Row], measures: dict[str, str]) -> Iterator[str]:
    from drillbook.core import vocabulary
    from drillbook.reports import due_items

    if not found:
        yield _("Nothing falls due.")
    for item in found:
        cells = (
            vocabulary.label("due_state", item["state"]),
            str(item["due_on"] or "-"),
            due_items.days(item["days"]),
            due_items.subject(item),
            due_items.what(item, measures),
            item["rule"],
            due_items.cited(item),
        )
        yield "  ".join(cell for cell in cells if cell)


WAYS = ("list", "add", "link", "disable", "enable")


@command("account", N_("List accounts, make one, hand out a one-time link, switch one off or on."))
@click.argument("way", type=click.Choice(WAYS))
@click.argument("login", required=False)
@option("--name", metavar="NAME", help=N_("What the audit log calls the holder."))
@option(
    "--role", type=click.Choice(ACCOUNT_ROLES), metavar="ROLE", help=N_("What the holder may do.")
)
def account(
    db: Path | None,
    way: str,
    login: str | None,
    name: str | None,
    role: str | None,
    as_json: bool,
) -> int:
    """Keep the accounts from a console, also when nobody can sign in any more."""
    from drillbook.accounts import accounts

    with opened_register(db, make=way == "add") as store:
        if way == "list":
            rows = store.query("account_list")
            answer(as_json, {"accounts": rows}, _account_lines(rows))
            return DONE
        account_id = _account(store, way, login, name, role)
        value: Row = {"login": accounts.login_key(login or ""), "way": way}
        lines = [_("Done: {login}").format(login=value["login"])]
        if way in ("add", "link"):
            secret = accounts.make_link(store, account_id, actor=actor(store), at=clock.now())
            value["link"] = f"/welcome?link={secret}"
            lines = [_("Open once, within 7 days, at Drillbook's address: {link}").format(**value)]
    answer(as_json, value, lines)
    return DONE


def _account(store: Store, way: str, login: str | None, name: str | None, role: str | None) -> str:
    from drillbook.accounts import accounts

    if not login:
        raise DrillbookError(_("Name the login of the account."))
    who = actor(store)
    if way == "add":
        made = accounts.Account(login, name or login, role or "viewer")
        return accounts.save(store, made, actor=who, today=clock.today())
    row = accounts.row_of(store, login)
    if row is None:
        raise DrillbookError(_("There is no account “{login}” in use.").format(login=login[:50]))
    if way in ("disable", "enable"):
        accounts.switch(store, row["id"], way == "disable", actor=who, today=clock.today())
    return str(row["id"])


def _account_lines(rows: Iterable[Row]) -> Iterator[str]:
    from drillbook.core import vocabulary

    for row in rows:
        role = vocabulary.label("account_role", row["role"])
        off = " (" + _("Disabled") + ")" if row["is_disabled"] else ""
        yield f"{row['login']}  {row['name']}  {role}{off}"


@command("verify", N_("Run every check on the register and report the bad rows."))
def verify(db: Path | None, as_json: bool) -> int:
    """Run the checks of the register, of its attached files and its newest backup."""
    from drillbook.operations import data_checks, file_integrity

    with opened_register(db) as store:
        results = data_checks.run(store)
        files = file_integrity.file_faults(store)
        backup_fault = file_integrity.newest_backup_fault(store)
    failed = [result for result in results if result.rows and result.severity == "error"]
    is_sound = not (failed or files or backup_fault)
    value = {
        "ok": is_sound,
        "checks": [
            {"code": r.code, "label": r.label, "severity": r.severity, "rows": r.rows}
            for r in results
        ],
        "files": files,
        "backup": backup_fault,
    }
    lines = [*_check_lines(results), *_beside_lines(files, backup_fault)]
    answer(as_json, value, lines)
    return DONE if is_sound else WITH_PROBLEMS


def _beside_lines(files: Sequence[Row], backup_fault: str) -> Iterator[str]:
    none = _("none")
    number = f"{len(files):,}" if files else none
    yield _("Attached files missing or damaged: {number}").format(number=number)
    for row in files[:SHOWN_PROBLEMS]:
        yield f"  {row['label']}"
    yield _("Fault of the newest backup: {fault}").format(fault=backup_fault or none)


def _check_lines(results: Iterable[Any]) -> Iterator[str]:
    from drillbook.core import vocabulary

    words = {"error": _("error"), "warning": _("note")}
    for result in results:
        if not result.rows:
            yield _("{check}: none").format(check=result.label)
            continue
        yield _("{check}: {number:,} ({severity})").format(
            check=result.label, number=len(result.rows), severity=words[result.severity]
        )
        for row in result.rows[:SHOWN_PROBLEMS]:
            yield f"  {vocabulary.label('subject_type', row['subject_type'])} {row['label']}"


@command("backup", N_("Make a backup; while the app runs, the app makes it."))
def backup(db: Path | None, as_json: bool) -> int:
    """Make a backup by hand."""
    from drillbook.core.errors import InUseError
    from drillbook.db import backups
    from drillbook.operations import app_control

    try:
        with opened_register(db) as store:
            made = backups.by_hand(store, actor(store), "command").as_json()
    except InUseError:
        running = app_control.running(register_path(db))
        if running is None:
            raise
        made = app_control.ask(running, "backup", actor=computer_user(), login=asked_login())
    answer(as_json, made, [_("Backed up: {path}").format(path=made["file"])])
    return DONE


@command("restore", N_("Go back to a backup; without a name, list the backups."))
@click.argument("backup", required=False)
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
def restore(db: Path | None, backup: str | None, dry_run: bool, as_json: bool) -> int:
    """Make the records those of a backup."""
    from drillbook.db import backups
    from drillbook.operations import restore

    if backup is None:
        if asked_login():
            with opened_register(db):
                pass
        found = backups.listed(register_path(db))
        answer(as_json, {"backups": [one.as_json() for one in found]}, _backup_lines(found))
        return DONE
    with opened_register(db) as store:
        chosen = backups.found(store.path, backup)
        if dry_run:
            differences = restore.compare(store, chosen)
        else:
            differences = restore.restore(store, chosen, actor(store), "command")
    value = {
        "backup": chosen.id,
        "dry_run": dry_run,
        "differences": [dataclasses.asdict(difference) for difference in differences],
    }
    answer(as_json, value, _difference_lines(differences, dry_run))
    return DONE


def _backup_lines(found: Sequence[Backup]) -> Iterator[str]:
    from drillbook.db.backups import REASONS

    for one in found:
        made_at = f"{clock.at_office(one.made_at):%Y-%m-%d %H:%M}"
        reason, records = _(REASONS.get(one.reason, one.reason)), f"{one.records:,}"
        yield _("{id}  {made_at}  {reason}, {records} records").format(
            id=one.id, made_at=made_at, reason=reason, records=records
        )
    if not found:
        yield _("There are no backups yet.")


def _difference_lines(differences: Sequence[Difference], dry_run: bool) -> Iterator[str]:
    from drillbook.operations import restore

    if not differences:
        yield _("The register holds what the backup holds.")
        return
    if dry_run:
        yield _("Nothing was written; this is what would happen:")
    for one in differences:
        yield _(
            "{table}: {added:,} removed, {changed:,} put back, {removed:,} brought back"
        ).format(
            table=restore.table_label(one.table),
            added=one.added,
            changed=one.changed,
            removed=one.removed,
        )


@command("recover", N_("Rebuild a damaged register from its backups and its journal."))
@option("--dry-run", is_flag=True, help=N_("Say what would happen and write nothing."))
@option(
    "--keep-file",
    is_flag=True,
    help=N_("Take the file as it is and set its journal aside."),
)
def recover(db: Path | None, dry_run: bool, keep_file: bool, as_json: bool) -> int:
    """Rebuild the register and say what was done."""
    from drillbook.operations import recover

    if asked_login():
        raise DrillbookError(
            _("A register that has to be rebuilt cannot be asked for accounts: leave --as out.")
        )
    register = register_path(db)
    report = recover.recover(register, computer_user(), dry_run=dry_run, keep_file=keep_file)
    answer(as_json, report.as_json(), recover.sentences(report))
    return DONE if report.is_complete else WITH_PROBLEMS


def main() -> None:
    """Run the command line (the installed ``drillbook``)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that knows no Chinese shows signs instead of ending with an error.
            stream.reconfigure(errors="replace")
    command_line(prog_name="drillbook")
