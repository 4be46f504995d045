"""A real HTTP server on this machine that speaks the chat completions protocol, and misbehaves on demand."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    """One response. `drop` closes the connection with nothing sent; `body` overrides the completion."""

    text: str = ""
    finish_reason: str = "stop"
    refusal: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    drop: bool = False
    seconds: float = 0.0
    tokens_out: int = 50


class ModelServer:
    """Answers by `reply(first picture, how often that was asked before)`; records what it was sent."""

    def __init__(self, reply: Callable[[bytes, int], Reply]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.times: list[float] = []
        self.at_once = self.most_at_once = 0
        self._asked: Counter[bytes] = Counter()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                parts = sent["messages"][0]["content"]
                url = next(part["image_url"]["url"] for part in parts if part["type"] == "image_url")
                picture = base64.b64decode(url.removeprefix("data:image/png;base64,"))
                with server._lock:
                    server.requests.append({**sent, "path": self.path})
                    server.keys.append(self.headers["authorization"])
                    server.times.append(time.monotonic())
                    before = server._asked[picture]
                    server._asked[picture] += 1
                    server.at_once += 1
                    server.most_at_once = max(server.most_at_once, server.at_once)
                try:
                    answer = reply(picture, before)
                    time.sleep(answer.seconds)
                finally:
                    with server._lock:
                        server.at_once -= 1
                if answer.drop:
                    self.close_connection = True
                    return
                body = (answer.body or _completion(answer)).encode()
                self.send_response(answer.status)
                for name, value in {"content-type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _completion(answer: Reply) -> str:
    if answer.status != 200:
        return json.dumps({"error": {"message": answer.text, "type": "error", "code": None}})
    message = {"role": "assistant", "content": answer.text, "refusal": answer.refusal}
    return json.dumps(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "tiny-vlm",
            "choices": [{"index": 0, "message": message, "finish_reason": answer.finish_reason}],
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": answer.tokens_out,
                "total_tokens": 1000 + answer.tokens_out,
            },
        }
    )
