"""A server on loopback, as far away as one wants: each request waits before it is passed on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_METHODS = (b"GET ", b"PUT ", b"HEAD", b"POST", b"DELE")
_PIECE_BYTES = 1 << 16


@contextmanager
def delayed(url: str, seconds: float) -> Iterator[str]:
    """Yield an address at which the HTTP server of `url` answers so many seconds later."""
    target = urlsplit(url)
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(_pass_on(reader, to_server, seconds), _pass_on(from_server, writer, 0.0))

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, name="delays-requests", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            if piece.startswith(_METHODS):  # a request begins; its body may come in further pieces
                await asyncio.sleep(seconds)
            writer.write(piece)
            await writer.drain()
    writer.close()
