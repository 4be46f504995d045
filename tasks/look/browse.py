"""The browser of a release: pages over its catalogue, read-only, for one user on this machine.

GET /health; GET / (a page of rows); GET /api/samples (the same rows as JSON); GET /sample/ID; GET
/picture/ID.png, /thumbnail/ID.webp, /own/ID.png, /flawed/ID.png; GET /sql?q=SELECT…; POST /sample/ID/render
and /sample/ID/score, which want the token of a page of this server, and run one at a time.

Samples are hostile. They reach a page as escaped text or as a picture that we encoded; the content security
policy runs no script but `browse.js`; requests with the name of another host, or made by another site, are
refused.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from storage.data_files import read_data_files
from storage.home import Home
from storage.pictures import (
    find_places,
    home_of,
    read_flawed_pictures,
    read_own_picture_file,
    read_places,
)
from storage.sql import Answer, QueryError, ask_sql, open_locked, plain
from tasks.look.render_again import draw_again
from tasks.look.rows import (
    FACETS,
    FATES,
    NUMBERS,
    WORDS,
    Found,
    Wanted,
    WrongFilterError,
    count_rows,
    facets,
    find_rows,
    make_view,
    parse_wanted,
    search_rows,
)
from tasks.look.sample_facts import NoSampleError, gather_sample
from tasks.look.score_answer import MOST_CHARACTERS, ScoredAnswer, score_answer
from vincicoder.data_files import pack_data
from vincicoder.look.highlight import highlighted
from vincicoder.look.pages import page, static_text
from vincicoder.look.thumbnails import encoded_again, thumbnail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import duckdb
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from storage.pictures import Place
    from tasks.look.sample_facts import SampleFacts
    from vincicoder.sample import DataFile

LOOPBACK = "127.0.0.1"
_MEMORY = "1GB"
_SQL_ROWS, _SQL_SECONDS = 500, 20.0
_REMEMBERED = 5_000  # places of pictures, thumbnails (about 5 kB each)
_SIDE, _OWN_SIDE = 240, 1200
_MOST_BODY = 12 * MOST_CHARACTERS  # bytes of a form: an escaped character has up to twelve
_BUSY_SECONDS = 60.0  # what a drawing waits for the one before it

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(slots=True)
class Shown:
    """A release that is open: a connection for pages and one for questions, each for one thread at a time."""

    folder: Path
    home: Home | None
    database: duckdb.DuckDBPyConnection
    questions: duckdb.DuckDBPyConnection
    choices: dict[str, list[tuple[str, int]]]
    lock: threading.Lock = field(default_factory=threading.Lock)
    questions_lock: threading.Lock = field(default_factory=threading.Lock)
    rendering: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    places: OrderedDict[str, Place] = field(default_factory=OrderedDict)
    thumbnails: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    counts: dict[Wanted, Found] = field(default_factory=dict)
    searched: Wanted | None = None

    def rows(self, wanted: Wanted) -> tuple[Found, list[dict[str, Any]]]:
        """Return how many rows there are, and those of one page, whose pictures are looked up at once."""
        key = replace(wanted, limit=0, offset=0, sort=wanted.sort if wanted.text else "sample_id")
        with self.lock:
            if wanted.text and key != self.searched:
                self.counts[key] = search_rows(self.database, key)
                self.searched = key
            elif key not in self.counts:
                self.counts[key] = Found(count_rows(self.database, key))
            rows = find_rows(self.database, wanted) if wanted.limit else []
            self._look_up([row["sample_id"] for row in rows])
        for row in rows:
            row["drawn"] = row["sample_id"] in self.places
        return self.counts[key], rows

    def data_files(self, facts: SampleFacts) -> tuple[DataFile, ...]:
        """Return the files that a released program reads; the release holds them."""
        return read_data_files(Home(self.folder), facts.fields.get("data_files") or ())

    def picture(self, sample_id: str) -> bytes | None:
        """Return the PNG of a sample."""
        with self.lock:
            self._look_up([sample_id])
            place = self.places.get(sample_id)
        return read_places(self.home, {sample_id: place}).get(sample_id) if place is not None else None

    def thumbnail(self, sample_id: str) -> bytes | None:
        """Return a small WebP of a sample's picture."""
        if sample_id not in self.thumbnails:
            picture = self.picture(sample_id)
            small = None if picture is None else thumbnail(picture, _SIDE)
            if small is None:
                return None
            self.thumbnails[sample_id] = small
            _forget(self.thumbnails)
        return self.thumbnails.get(sample_id)

    def _look_up(self, sample_ids: Iterable[str]) -> None:
        missing = [name for name in sample_ids if name not in self.places]
        if missing:
            self.places.update(find_places(self.database, self.home, missing))
            _forget(self.places)


def _forget(remembered: OrderedDict[str, Any]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)


class _Guarded:
    """Puts the headers on every answer, and refuses what another site asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
            await send(message)

        if _is_foreign(scope):
            refusal = PlainTextResponse("refused: another site asked for this", 403)
            await refusal(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def _is_foreign(scope: Scope) -> bool:
    """Whether another site asks, by what browsers say of it. A link from elsewhere may open a page, but no
    question in SQL."""
    headers = dict(scope["headers"])
    if headers.get(b"sec-fetch-site", b"none") in (b"none", b"same-origin"):
        return False
    opens = headers.get(b"sec-fetch-mode") == b"navigate" and headers.get(b"sec-fetch-dest") == b"document"
    return not (opens and scope["method"] == "GET" and scope["path"] != "/sql")


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
        )

    def render(request: Request) -> Response:
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
        form = await _form(request, shown.token)
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
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": message}, status)
        return await run_in_threadpool(_page, "wrong.html", shown, status=status, message=message)

    return Starlette(
        routes=routes,
        middleware=[
            Middleware(_Guarded),
            Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost", "[::1]"]),
        ],
        exception_handlers={HTTPException: wrong, WrongFilterError: wrong},
    )


async def _form(request: Request, token: str) -> dict[str, str]:
    """Return the fields of a form of ours. Raises HTTPException for a body that is too long, and for one
    without the token: its page was not of this server, or of an earlier start."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY:
            raise HTTPException(413, f"received more than {_MOST_BODY:,} bytes")
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    if not secrets.compare_digest(form.get("token", "").encode(), token.encode()):
        raise HTTPException(403, "refused: the form is not of this server's pages; load the page again")
    return form


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

    Raises FileNotFoundError where the folder is no SFT release, OSError where the port is taken.
    """
    import socket

    import uvicorn

    with ExitStack() as stack:
        shown = open_shown(folder, stack)
        listener = stack.enter_context(socket.create_server((LOOPBACK, port)))
        announce(f"http://{LOOPBACK}:{listener.getsockname()[1]}/ shows {folder.name}; Ctrl-C ends it")
        settings = uvicorn.Config(make_app(shown), log_level="warning", timeout_graceful_shutdown=2)
        uvicorn.Server(settings).run(sockets=[listener])


def open_shown(folder: Path, stack: ExitStack) -> Shown:
    """Open a release for as long as the stack lives."""
    folder = folder.resolve()
    pages, questions = (stack.enter_context(open_locked(folder, _MEMORY)) for _ in range(2))
    make_view(pages)
    return Shown(folder, home_of(folder), pages, questions, facets(pages))


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
