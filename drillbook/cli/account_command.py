"""``drillbook account``: lists accounts, makes one, hands out a link, switches one off or on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.accounts.permissions import ACCOUNT_ROLES
from drillbook.cli.framework import DONE, actor, answer, command, opened_register, option
from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _

if TYPE_CHECKING:
    from drillbook.db.engine import Row
    from drillbook.db.store import Store


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
