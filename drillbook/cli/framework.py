"""What every command shares: options, who acts, errors as sentences, answers as lines or JSON.

It refuses to know the trade: a command calls what the screens call and says what came of it.
"""

from __future__ import annotations

import contextlib
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

from drillbook.accounts.permissions import COMMANDS, Person
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import DEFAULT, LANGUAGES, N_, Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.core.paths import register_path
from drillbook.core.validation import FIRST_YEAR, LAST_YEAR
from drillbook.db.audit_chain import Actor

if TYPE_CHECKING:
    from drillbook.db.engine import Row
    from drillbook.db.store import Store


DONE, WITH_PROBLEMS, NOT_DONE = 0, 1, 2


LANGUAGE_VARIABLE = "DRILLBOOK_LANG"


ACCOUNT_VARIABLE = "DRILLBOOK_AS"


SHOWN_PROBLEMS = 100


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
    from drillbook.operations.opening import open_store

    path = register_path(db)
    # A file that is gone while its journal is there is for open_store to speak of.
    if not make and not path.exists() and not journal.segments(journal.folder(path)):
        raise DrillbookError(
            _("There is no register at {path}. Make one with: drillbook init --db {path}").format(
                path=path
            )
        )
    store = open_store(path)
    for notice in store.notices:
        remark(notice)
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
