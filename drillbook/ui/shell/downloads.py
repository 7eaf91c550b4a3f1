"""Attached files, handed out one by one: who asks is looked up at each request.

A file is always handed out as a download and never shown by the browser: nothing that somebody
uploaded may run as a page of this server.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from drillbook.accounts import permissions, unit_access
from drillbook.accounts.permissions import ROUTES, Person
from drillbook.core.errors import DrillbookError
from drillbook.db import current
from drillbook.records import attachments
from drillbook.records.attachments import File
from drillbook.ui.shell.auth_gate import person_of_request

NOT_FOUND = JSONResponse({"error": "no such file"}, status_code=404)


async def serve_file(request: Request) -> Response:
    """Hand out one attachment; its audit line is written first."""
    person = await person_of_request(request)
    if person is None:
        return JSONResponse({"error": "not signed in"}, status_code=401)
    if not permissions.may(person, ROUTES["/files/{id}"]):
        return JSONResponse({"error": "not allowed"}, status_code=403)
    file = await run_in_threadpool(_file, person, request.path_params["id"])
    return NOT_FOUND if file is None else _download(file)


def _file(person: Person, attachment_id: str) -> File | None:
    store = current.current()
    row = store.record("attachment", attachment_id)
    # A file that was taken out of its record is not handed out by its old address either.
    if row is None or row["voided_at"] is not None:
        return None
    if not unit_access.sees(store, person, row["subject_type"], row["subject_id"]):
        return None
    try:
        file = attachments.read(store, attachment_id)
    except DrillbookError:
        return None
    with store.write(person.actor()) as tx:
        tx.audit("download", "attachment", attachment_id, label=file.name)
    return file


def _download(file: File) -> Response:
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
