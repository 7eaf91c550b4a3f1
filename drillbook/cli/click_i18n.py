"""The words of the command line's own library (click) in the language of this run.

Click translates through two functions it imports into its modules; they are replaced by ours, so
that no compiled catalogue has to lie on the disk and ``--lang`` works without a new process.
It refuses to word anything else: what the commands say themselves stands in ``drillbook.cli.main``.
"""

from __future__ import annotations

import importlib

from drillbook.core.i18n import N_, gettext, language

MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")

# What a user of these commands can meet. Where click counts, its plural stands here: Chinese has
# one form, and click fills in the same values.
TEXTS = (
    N_("(Did you mean one of: {possibilities}?)"),
    N_("Aborted!"),
    N_("Choose from:\n\t{choices}"),
    N_("Commands"),
    N_("Error: {message}"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("Missing option"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Option {name!r} requires {nargs} arguments."),
    N_("Options"),
    N_("Try '{command} {option}' for help."),
    N_("Usage:"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("required"),
    N_("{value!r} is not one of {choices}."),
)


def counted(singular: str, plural: str, number: int) -> str:
    """Return click's sentence for a number of things."""
    if language() == "zh":
        return gettext(plural)
    return singular if number == 1 else plural


def speak() -> None:
    """Make click speak the language of each run."""
    for name in MODULES:
        module = importlib.import_module(f"click.{name}")
        for ours, theirs in ((gettext, "_"), (counted, "ngettext")):
            if hasattr(module, theirs):
                setattr(module, theirs, ours)
