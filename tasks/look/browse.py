"""The browser of a release: pages over its catalogue, read-only, for one user on this machine.

GET /health; GET / (a page of rows); GET /api/samples (the same rows as JSON); GET /sample/ID; GET
/picture/ID.png, /thumbnail/ID.webp, /own/ID.png, /flawed/ID.png; GET /sql?q=SELECT…; POST /sample/ID/render
and /sample/ID/score, which want the token of a page of this server, and run one at a time.

Samples are hostile. They reach a page as escaped text or as a picture that we encoded; the content security
policy runs no script but `browse.js`; requests with the name of another host, or made by another site, are
refused.
"""

from __future__ import annotations

import errno
import logging
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import duckdb
import pyarrow as pa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from storage.pictures import read_flawed_pictures, read_own_picture_file
from storage.sql import Answer, QueryError, ask_sql, plain
from tasks.look.guarded import Guarded, read_form
from tasks.look.rows import FACETS, FATES, NUMBERS, WORDS, Wanted, WrongFilterError, parse_wanted
from tasks.look.sample_facts import NoSampleError, gather_sample
from tasks.look.shown import MEMORY, Shown, open_shown
from vincicoder.data_files import pack_data
from vincicoder.look.highlight import highlighted
from vincicoder.look.pages import page, static_text
from vincicoder.look.thumbnails import encoded_again

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request

    from tasks.look.sample_facts import SampleFacts
    from tasks.look.score_answer import ScoredAnswer

logger = logging.getLogger("vincicoder")

LOOPBACK = "127.0.0.1"
_SQL_ROWS, _SQL_SECONDS = 500, 20.0
_OWN_SIDE = 1200
_BUSY_SECONDS = 60.0  # what a drawing waits for the one before it
_WHY_NOT = {
    errno.EADDRINUSE: "where another program listens: end it, or give another; --port 0 takes a free one",
    errno.EACCES: "which this user may not take: give one over 1023; --port 0 takes a free one",
}


def make_app(shown: Shown) -> Starlette:
    """Return the application around an open release."""
    static = {
        "look.css": (static_text("look.css") + static_text("browse.css"), "text/css"),
        "browse.js": (static_text("browse.js"), "text/javascript"),
    }

    def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "release": shown.folder.name})

    def samples(request: Request) -> Response:
        wanted = _wanted(request)
        total, rows = shown.rows(wanted)
        shown_rows = [{name: plain(value) for name, value in row.items() if name != "drawn"} for row in rows]
        return JSONResponse(
            {
                "total": total.rows,
                "complete": total.complete,
                "offset": wanted.offset,
                "limit": wanted.limit,
                "samples": shown_rows,
            }
        )

    def grid(request: Request) -> Response:
        wanted = _wanted(request)
        total, rows = shown.rows(wanted)
        given = {name: value for name, value in request.query_params.items() if value}

        def address(**changes: Any) -> str:
            merged = {**given, **changes}
            query = urlencode({name: value for name, value in merged.items() if value not in (None, "", 0)})
            return f"/?{query}" if query else "/"

        return _page(
            "grid.html",
            shown,
            rows=rows,
            total=total.rows,
            searched=total,
            wanted=wanted,
            given=given,
            facets=shown.choices,
            names=FACETS,
            fates=FATES,
            columns=(*NUMBERS, *WORDS),
            numbers=NUMBERS,
            others=[name for name in given if name in WORDS and name not in (*FACETS, "fate")],
            address=address,
            earlier=max(min(wanted.offset, total.rows) - max(wanted.limit, 1), 0),
        )

    def facts_of(request: Request) -> SampleFacts:
        with shown.lock:
            try:
                return gather_sample(shown.database, shown.home, request.path_params["sample_id"])
            except NoSampleError as error:
                raise HTTPException(404, str(error)) from error

    def sample(
        request: Request, again: dict[str, Any] | None = None, scored: ScoredAnswer | None = None
    ) -> Response:
        facts = facts_of(request)
        language = facts.fields["language"]
        flawed = facts.fields.get("flawed_output") is not None
        return _page(
            "sample.html",
            shown,
            facts=facts,
            drawn=shown.picture(facts.sample_id) is not None,
            flawed=flawed,
            code=highlighted(facts.code, language),
            again=again,
            scored=scored,
            token=shown.token,
            words=WORDS,
        )

    # What draws and scores takes half a second to import: most who look never ask for it.
    def render(request: Request) -> Response:
        from tasks.look.render_again import draw_again

        facts = facts_of(request)
        with _one_at_a_time(shown.rendering):
            again = draw_again(
                facts.code,
                facts.fields["language"],
                facts.fields.get("stack"),
                shown.picture(facts.sample_id),
                shown.data_files(facts),
            )
        return sample(request, again)

    def score(request: Request, answer: str) -> Response:
        from tasks.look.score_answer import score_answer

        facts = facts_of(request)
        reference = shown.picture(facts.sample_id)
        if reference is None:
            raise HTTPException(409, "this sample has no picture that an answer could be compared with")
        own = None if facts.shortened else facts.code
        with _one_at_a_time(shown.rendering):
            language, stack = facts.fields["language"], facts.fields.get("stack")
            data = pack_data(shown.data_files(facts))
            scored = score_answer(answer, reference, language, stack, own, data)
        return sample(request, None, scored)

    async def draw(request: Request) -> Response:
        form = await read_form(request, shown.token)
        if request.url.path.endswith("/render"):
            return await run_in_threadpool(render, request)
        return await run_in_threadpool(score, request, form.get("answer", ""))

    def picture(request: Request) -> Response:
        return _image(shown.picture(request.path_params["sample_id"]), "image/png")

    def small(request: Request) -> Response:
        return _image(shown.thumbnail(request.path_params["sample_id"]), "image/webp")

    def own(request: Request) -> Response:
        with shown.lock:
            data = read_own_picture_file(shown.database, shown.home, request.path_params["sample_id"])
        return _image(None if data is None else encoded_again(data, _OWN_SIDE), "image/png")

    def flawed(request: Request) -> Response:
        name = request.path_params["sample_id"]
        with shown.lock:
            found = read_flawed_pictures(shown.database, shown.home, [name])
        return _image(found.get(name), "image/png")

    def sql(request: Request) -> Response:
        query = request.query_params.get("q", "")
        answer, problem = Answer([], []), ""
        if query.strip():
            try:
                with shown.questions_lock:
                    answer = ask_sql(shown.questions, query, _SQL_ROWS, _SQL_SECONDS)
            except QueryError as error:
                problem = str(error)
        rows = [[_cell(value) for value in row] for row in answer.rows]
        return _page("sql.html", shown, query=query, answer=answer, rows=rows, problem=problem)

    def asset(request: Request) -> Response:
        found = static.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "there is no such file")
        return Response(found[0], media_type=found[1])

    identity = "{sample_id}"
    routes = [
        Route("/", grid),
        Route("/health", health),
        Route("/api/samples", samples),
        Route(f"/sample/{identity}", sample),
        Route(f"/sample/{identity}/render", draw, methods=["POST"]),
        Route(f"/sample/{identity}/score", draw, methods=["POST"]),
        Route(f"/picture/{identity}.png", picture),
        Route(f"/thumbnail/{identity}.webp", small),
        Route(f"/own/{identity}.png", own),
        Route(f"/flawed/{identity}.png", flawed),
        Route("/sql", sql),
        Route("/static/{name}", asset),
    ]

    async def wrong(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        message = error.detail if isinstance(error, HTTPException) else str(error)
        if message == HTTPStatus.NOT_FOUND.phrase:  # no route has the path
            message = f"received {request.url.path}; there are /, /sample/ID, /sql, /api/samples and /health"
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": message}, status)
        return await run_in_threadpool(_page, "wrong.html", shown, status=status, message=message)

    async def unreadable(request: Request, error: Exception) -> Response:
        said = f"{shown.folder} could not be read: {error}. {_advice(shown.folder, error)}"
        logger.warning("%s", said)
        return await wrong(request, HTTPException(500, said))

    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Guarded),
            Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost", "[::1]"]),
        ],
        exception_handlers={
            HTTPException: wrong,
            WrongFilterError: wrong,
            **dict.fromkeys((duckdb.Error, OSError, pa.ArrowException), unreadable),
        },
    )


def _advice(folder: Path, error: Exception) -> str:
    if not (folder / "manifest.json").is_file():
        return "The release is not there any more: end `vincicoder browse`, and start it with another one"
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"The question takes more than {MEMORY}: ask for less, with a filter or another order"
    return "`vincicoder release verify` says what is damaged; building again publishes the release anew"


@contextmanager
def _one_at_a_time(lock: threading.Lock) -> Iterator[None]:
    if not lock.acquire(timeout=_BUSY_SECONDS):
        raise HTTPException(429, "another sample is being drawn: try again")
    try:
        yield
    finally:
        lock.release()


def serve(folder: Path, port: int, announce: Callable[[str], object]) -> None:
    """Serve a release's folder on loopback until a signal ends it. `port` 0 takes a free one.

    Raises FileNotFoundError where the folder is no SFT release, OSError where the port cannot be had.
    """
    import socket

    import uvicorn

    with ExitStack() as stack:
        shown = open_shown(folder, stack)
        try:
            listener = stack.enter_context(socket.create_server((LOOPBACK, port)))
        except OSError as error:
            raise OSError(f"received --port {port}, {_WHY_NOT.get(error.errno or 0, error)}") from error
        announce(f"http://{LOOPBACK}:{listener.getsockname()[1]}/ shows {folder.name}; Ctrl-C ends it")
        settings = uvicorn.Config(make_app(shown), log_level="warning", timeout_graceful_shutdown=2)
        uvicorn.Server(settings).run(sockets=[listener])


def _wanted(request: Request) -> Wanted:
    return parse_wanted(request.query_params)


def _page(template: str, shown: Shown, status: int = 200, **values: Any) -> Response:
    return HTMLResponse(page(template, release=shown.folder.name, status=status, **values), status)


def _image(data: bytes | None, kind: str) -> Response:
    if data is None:
        raise HTTPException(404, "there is no such picture")
    return Response(data, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})


def _cell(value: Any) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    text = "" if value is None else str(value)
    return text if len(text) <= 2_000 else f"{text[:2_000]}…"
