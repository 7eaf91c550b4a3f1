"""The way in and out: sign-in, first setup, one-time links, sample mode, the session's cookie.

Plain pages without scripts, served before Streamlit: a password manager knows them, and nothing of
the register is loaded for a stranger. They refuse to say what of login and password was wrong.
"""

from __future__ import annotations

import ipaddress
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from drillbook.accounts import accounts, preferences
from drillbook.accounts.accounts import Account
from drillbook.accounts.sign_in_delays import SignInRefused
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, Problems, ValidationError
from drillbook.core.i18n import DEFAULT, Language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.audit_chain import Actor
from drillbook.db.store import Store
from drillbook.records import sample_data
from drillbook.ui.components import current_user
from drillbook.ui.components.session_cookie import (
    COOKIE,
    DEVICE_COOKIE,
    devices,
    sealed,
    with_device,
)
from drillbook.ui.shell import single_sign_on
from drillbook.ui.shell.auth_gate import FOREIGN, local_address, person_of_request
from drillbook.ui.shell.html_shell import PRESENCE_ADDRESS, set_cookie
from drillbook.ui.shell.origins import is_forwarded

TICKET_SECONDS = 30
LARGEST_FORM = 20_000
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Field:
    """One input of a page: its name, label, kind, and what the browser may fill in."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    problem: str = ""


@dataclass(frozen=True)
class View:
    """One page as the template draws it."""

    heading: str
    action: str
    sentences: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    submit: str = ""
    problem: str = ""
    sample: Mapping[str, str] | None = None
    single_sign_on: Mapping[str, str] | None = None


# --- what stays in memory -----------------------------------------------------------------------


class Setup:
    """The one-time link of the first start; a restart makes a new one."""

    def __init__(self) -> None:
        self.secret: str | None = None

    def begin(self, store: Store) -> str | None:
        """Return the link's secret while the register has no account, else nothing."""
        self.secret = None if accounts.any_exists(store) else secrets.token_urlsafe(24)
        return self.secret

    def holds(self, given: str) -> bool:
        """Say whether ``given`` opens the setup page."""
        return bool(self.secret) and compare_digest(given.encode(), str(self.secret).encode())


SETUP = Setup()
_tickets: dict[str, tuple[str, datetime]] = {}
_tickets_lock = threading.Lock()


def ticket(session_secret: str, at: datetime) -> str:
    """Return a ticket that the browser trades for the session's cookie within 30 seconds."""
    made = secrets.token_urlsafe(24)
    with _tickets_lock:
        old = [key for key, (_secret, since) in _tickets.items() if _is_over(since, at)]
        for key in old:
            del _tickets[key]
        _tickets[made] = session_secret, at
    return made


def _is_over(since: datetime, at: datetime) -> bool:
    return not 0 <= (at - since).total_seconds() < TICKET_SECONDS


def _trade(given: str, at: datetime) -> str | None:
    with _tickets_lock:
        secret, since = _tickets.pop(given, ("", at))
    return secret if secret and not _is_over(since, at) else None


# --- pages --------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _page(request: Request, language: Language, view: View, status: int = 200) -> Response:
    code, name = current_user.SWITCHES[language]
    body = (
        _environment()
        .get_template("entry.html")
        .render(
            vars(view),
            html_language=current_user.HTML_LANGUAGES[language],
            product=_("Emergency drill register"),
            other_language={"code": code, "label": name, "address": _in_language(request, code)},
        )
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    answer = HTMLResponse(body, status_code=status, headers=headers)
    mark = (
        current_user.valid_mark(request.cookies.get(current_user.COOKIE)) or current_user.new_mark()
    )
    if request.query_params.get(current_user.LANGUAGE_PARAMETER):
        chosen = set_cookie(current_user.LANGUAGE_COOKIE, language, is_https(request))
        answer.headers.append("Set-Cookie", chosen)
    answer.headers.append("Set-Cookie", set_cookie(current_user.COOKIE, mark, is_https(request)))
    return answer


def _in_language(request: Request, language: Language) -> str:
    kept = {k: v for k, v in request.query_params.items() if k != current_user.LANGUAGE_PARAMETER}
    kept[current_user.LANGUAGE_PARAMETER] = language
    pairs = "&".join(f"{quote(k)}={quote(v)}" for k, v in kept.items())
    return f"{request.url.path.removeprefix('/')}?{pairs}"


def _language(request: Request) -> Language:
    asked = current_user.as_language(request.query_params.get(current_user.LANGUAGE_PARAMETER))
    mark = current_user.valid_mark(request.cookies.get(current_user.COOKIE))
    return asked or _language_cookie(request) or current_user.preferred_language(mark) or DEFAULT


def _language_cookie(request: Request) -> Language | None:
    return current_user.as_language(request.cookies.get(current_user.LANGUAGE_COOKIE))


def _keep_language(request: Request, answer: Response) -> None:
    """Remember the language of somebody who just signed in, and forget the cookie it was in."""
    chosen = _language_cookie(request)
    mark = current_user.valid_mark(request.cookies.get(current_user.COOKIE))
    if chosen and mark:
        preferences.put(current.current(), mark, current_user.LANGUAGE, chosen)
        gone = set_cookie(current_user.LANGUAGE_COOKIE, "", is_https(request), 0)
        answer.headers.append("Set-Cookie", gone)


Form = dict[str, str]
Answer = Callable[[Request, Form, Language], Response]


async def _form(request: Request) -> Form:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in found.items()}


def route(show: Answer, post: Answer | None = None) -> Callable[[Request], Any]:
    """Make a route of a function that shows a page and one that takes its form."""

    async def answer(request: Request) -> Response:
        # The gate lets nothing but our own origin post; a form has to name it, or it may be any's.
        if request.method == "POST" and "origin" not in request.headers:
            return FOREIGN
        form = await _form(request) if request.method == "POST" else {}
        chosen = post if request.method == "POST" and post else show
        return await run_in_threadpool(_in_words, chosen, request, form)

    return answer


def _in_words(chosen: Answer, request: Request, form: Form) -> Response:
    language = _language(request)
    with use_language(language):
        return chosen(request, form, language)


# --- who asks, and the cookie -------------------------------------------------------------------


def address_of(request: Request) -> str:
    """Return where a request comes from; empty for this computer."""
    host = request.client.host if request.client else ""
    return "" if _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(request: Request) -> bool:
    """Say whether somebody at this computer asks, by one of its own names."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    client = request.client.host if request.client else ""
    return _is_loopback(client) and _is_loopback(host) and not is_forwarded(request)


def is_https(request: Request) -> bool:
    """Say whether the browser speaks https, to us or to the proxy before us."""
    return request.url.scheme == "https"


def enter(request: Request, account_id: str | None, target: str) -> Response:
    """Begin a session and lead to ``target`` with its cookie."""
    secret = accounts.open_session(
        current.current(), account_id, address=address_of(request), at=clock.now()
    )
    answer = _with_cookie(request, secret, target)
    if account_id:
        device = with_device(request.cookies.get(DEVICE_COOKIE), account_id)
        cookie = set_cookie(DEVICE_COOKIE, device, is_https(request))
        answer.headers.append("Set-Cookie", cookie)
    return answer


def _with_cookie(request: Request, secret: str, target: str) -> Response:
    answer = RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
    seconds = int(accounts.SESSION_LASTS.total_seconds())
    answer.headers.append(
        "Set-Cookie", set_cookie(COOKIE, sealed(secret), is_https(request), seconds)
    )
    _keep_language(request, answer)
    return answer


# --- sign in ------------------------------------------------------------------------------------


def _sign_in_view(
    request: Request, language: Language, login: str = "", target: str = "/", problem: str = ""
) -> Response:
    store = current.current()
    is_new = not accounts.any_exists(store)
    kept = {"next": target}
    if is_new:
        sentences = (
            _(
                "Nobody has an account yet. Open the setup link that Drillbook printed in the"
                " terminal where it was started; it makes the administrator's account."
            ),
            *([_("Only looking? The same link shows the sample years.")] * is_local(request)),
        )
        view = View(_("First start"), "sign-in", sentences)
    else:
        fields = (
            Field("login", _("Login"), autocomplete="username", value=login),
            Field("password", _("Password"), "password", "current-password"),
        )
        view = View(
            _("Sign in"),
            f"sign-in?lang={language}",
            fields=fields,
            hidden=kept,
            submit=_("Sign in"),
            problem=problem,
            single_sign_on=_single_sign_on(),
        )
    return _page(request, language, view, 403 if problem else 200)


def _single_sign_on() -> Mapping[str, str] | None:
    if not single_sign_on.is_on():
        return None
    words = single_sign_on.label() or _("Single sign-on")
    return {"label": words, "address": f"sign-in?{single_sign_on.ASKED}=1"}


def _sample(request: Request, token: str) -> Mapping[str, str] | None:
    if not may_sample(request, current.current(), token):
        return None
    return {
        "token": token,
        "sentence": _(
            "Only looking? The sample years are invented and can be entered from this computer"
            " without an account."
        ),
        "label": _("Look at the sample years"),
    }


def may_sample(request: Request, store: Store, token: str) -> bool:
    """Say whether the sample years may be entered: from this computer, with nothing else to see.

    A proxy on this computer may look like somebody at it, so the link of the console is asked for.
    """
    if not SETUP.holds(token):
        return False
    own = any(row["records"] > row["sample_records"] for row in store.query("register_size"))
    return is_local(request) and not own and not accounts.any_exists(store)


def show_sign_in(request: Request, _form: Form, language: Language) -> Response:
    """Show the page, or what to do at the first start; lead to the provider who chose it."""
    if request.query_params.get(single_sign_on.ASKED) and single_sign_on.is_on():
        return RedirectResponse(single_sign_on.provider_address(), 303)
    return _sign_in_view(request, language, target=local_address(request.query_params.get("next")))


def take_sign_in(request: Request, form: Form, language: Language) -> Response:
    """Check login and password, and begin the session."""
    login, target = form.get("login", ""), local_address(form.get("next"))
    try:
        account_id = accounts.sign_in(
            current.current(),
            login,
            form.get("password", ""),
            address=address_of(request),
            at=clock.now(),
            devices=devices(request.cookies.get(DEVICE_COOKIE)),
        )
    except SignInRefused as error:
        return _sign_in_view(request, language, login, target, error.message)
    return enter(request, account_id, target)


def take_sample(request: Request, form: Form, language: Language) -> Response:
    """Enter the sample years without an account."""
    store = current.current()
    if not may_sample(request, store, form.get("token", "")):
        return _sign_in_view(
            request, language, problem=_("The sample years cannot be entered here.")
        )
    if not sample_data.is_loaded(store):
        sample_data.load(store, Actor(accounts.sample_name()), clock.today())
    return enter(request, None, "/")


# --- first setup and one-time links -------------------------------------------------------------


def _new_password(problems: Problems) -> tuple[Field, Field]:
    sentence = _("New password (at least {number} characters)")
    label = sentence.format(number=accounts.SHORTEST_PASSWORD)
    return (
        Field("password", label, "password", "new-password", problem=problems.get("password", "")),
        Field(
            "repeated",
            _("New password again"),
            "password",
            "new-password",
            problem=problems.get("repeated", ""),
        ),
    )


def _gone(request: Request, language: Language) -> Response:
    sentence = _("This link was used already or is too old. Ask your administrator for a new one.")
    view = View(_("Link not valid"), "", (sentence,))
    return _page(request, language, view, 404)


def _setup_view(
    request: Request, language: Language, form: Form, problems: Problems | None = None
) -> Response:
    found = problems or {}
    fields = (
        Field(
            "login", _("Login"), "text", "username", form.get("login", ""), found.get("login", "")
        ),
        Field("name", _("Your name"), "text", "name", form.get("name", ""), found.get("name", "")),
        *_new_password(found),
    )
    view = View(
        _("Make the administrator's account"),
        f"setup?lang={language}",
        (_("This person makes the accounts of all others and sees to the backups."),),
        fields,
        {"token": form.get("token", "")},
        _("Make the account"),
        sample=_sample(request, form.get("token", "")),
    )
    return _page(request, language, view, 422 if found else 200)


def show_setup(request: Request, _form: Form, language: Language) -> Response:
    """Show the form for the first account to whoever has the link."""
    given = request.query_params.get("token", "")
    if not SETUP.holds(given):
        return _gone(request, language)
    return _setup_view(request, language, {"token": given})


def take_setup(request: Request, form: Form, language: Language) -> Response:
    """Make the first account and sign its holder in."""
    if not SETUP.holds(form.get("token", "")):
        return _gone(request, language)
    try:
        account_id = accounts.create_first(
            current.current(),
            Account(form.get("login", ""), form.get("name", "")),
            form.get("password", ""),
            form.get("repeated", ""),
            today=clock.today(),
            address=address_of(request),
        )
    except ValidationError as error:
        return _setup_view(request, language, form, error.problems)
    except DrillbookError:
        return _gone(request, language)
    SETUP.secret = None
    return enter(request, account_id, "/")


def _welcome_view(
    request: Request, language: Language, link: str, problems: Problems | None = None
) -> Response:
    account = accounts.account_of_link(current.current(), link, clock.now())
    if account is None:
        return _gone(request, language)
    sentence = _("{name}, choose the password for your login “{login}”.")
    view = View(
        _("Choose a password"),
        f"welcome?lang={language}",
        (sentence.format(**account),),
        _new_password(problems or {}),
        {"link": link},
        _("Keep it and sign in"),
    )
    return _page(request, language, view, 422 if problems else 200)


def show_welcome(request: Request, _form: Form, language: Language) -> Response:
    """Show the form for a new password to whoever has a one-time link."""
    return _welcome_view(request, language, request.query_params.get("link", ""))


def take_welcome(request: Request, form: Form, language: Language) -> Response:
    """Set the password and sign in."""
    link = form.get("link", "")
    try:
        account_id = accounts.use_link(
            current.current(),
            link,
            form.get("password", ""),
            form.get("repeated", ""),
            at=clock.now(),
            address=address_of(request),
        )
    except ValidationError as error:
        return _welcome_view(request, language, link, error.problems)
    except DrillbookError:
        return _gone(request, language)
    return enter(request, account_id, "/")


# --- other routes -------------------------------------------------------------------------------


def take_ticket(request: Request, _form: Form, _language: Language) -> Response:
    """Trade a ticket for the cookie, once."""
    secret = _trade(request.query_params.get("ticket", ""), clock.now())
    return _with_cookie(request, secret, "/") if secret else RedirectResponse("/sign-in", 303)


async def presence(request: Request) -> Response:
    """Tell a tab whether its session still holds; asking is no sign of life."""
    person = await person_of_request(request, is_seen=False)
    if person is None:
        return JSONResponse({"error": "not signed in"}, status_code=401)
    return JSONResponse({"session": person.session_id[:12]}, headers={"Cache-Control": "no-store"})


async def presence_script(_request: Request) -> Response:
    """Serve the script that asks."""
    text = (Path(__file__).parent / PRESENCE_ADDRESS).read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def say_setup_link(url: str) -> None:
    """Print the link of the first start on the console, and nowhere else."""
    secret = SETUP.begin(current.current())
    if secret:
        sentence = _("Nobody has an account yet. Make the administrator's at {url}")
        print(sentence.format(url=f"{url}/setup?token={secret}"), flush=True, file=sys.stdout)
