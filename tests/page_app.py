"""The chat page over a small stand-in for the native API: the real service, without its limits and its memory.

It answers what the page asks for, in the shapes that the page relies on; follow-ups are understood as ``UNDERSTOOD``
says.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from api import errors, page
from qa.errors import InputError
from qa.service import Service
from qa.store import Index
from qa.types import Answer, Article
from qa.wire import answer_to_json, to_line

UNDERSTOOD = {"那免去了谁?": "谁被免去了洛阳市公安局局长职务?"}


def create_page_app(service: Service) -> FastAPI:
    """Return the application."""
    app = FastAPI(openapi_url=None)
    page.mount(app)
    errors.install(app)
    _add_chat(app, service.ask)
    _add_documents(app, service.opened)
    return app


def _add_chat(app: FastAPI, ask: Callable[[str], Answer]) -> None:
    sessions: dict[str, list[dict[str, Any]]] = {}

    @app.post("/api/chat")
    def chat(body: dict[str, Any]) -> StreamingResponse:
        turns = sessions.setdefault(body.get("session_id") or str(len(sessions) + 1), [])
        session = next(name for name, kept in sessions.items() if kept is turns)

        def events() -> Iterator[str]:
            def event(name: str, data: dict[str, Any]) -> str:
                return f"event: {name}\r\ndata: {to_line(data)}\r\n\r\n"

            understood = UNDERSTOOD.get(body["question"], body["question"])
            yield event("status", {"stage": "understood", "understood": understood})
            answer = answer_to_json(ask(understood))
            yield event("status", {"stage": "retrieved", "passages": len(json.loads(to_line(answer))["passages"])})
            number = len(turns) + 1
            for item in answer["items"]:  # type: ignore[attr-defined]
                for place, citation in enumerate(item["citations"], 1):
                    citation["citation_id"] = f"{number}-{place}"
            turn = {"turn": number, "question": body["question"], "understood": understood, "answer": answer}
            turns.append(turn)
            yield event("answer", {"session_id": session, **turn})
            yield event("done", {})

        return StreamingResponse(events(), media_type="text/event-stream")

    @app.get("/api/chat/{session_id}")
    def history(session_id: str) -> dict[str, Any]:
        if session_id not in sessions:
            raise HTTPException(404)
        return {"session_id": session_id, "turns": sessions[session_id]}

    @app.delete("/api/chat/{session_id}", status_code=204)
    def forget(session_id: str) -> None:
        sessions.pop(session_id, None)


def _add_documents(app: FastAPI, index: Index) -> None:
    def article_to_json(article: Article, text: str) -> dict[str, Any]:
        return asdict(article) | {"line_start": text.count("\n", 0, article.start) + 1}

    @app.get("/api/info")
    def info() -> dict[str, Any]:
        documents = list(index.documents())
        articles = sum(len(index.articles(document.id)) for document in documents)
        return {"version": "0", "index": {"revision": 1, "documents": len(documents), "articles": articles}}

    @app.get("/api/documents")
    def documents(offset: int = 0, limit: int = 20) -> dict[str, Any]:
        found = list(index.documents())
        listed = [
            {"id": each.id, "source": each.source, "title": each.title, "date": each.date} for each in found[offset:]
        ]
        return {"total": len(found), "documents": listed[:limit]}

    @app.get("/api/documents/{document_id}")
    def document(document_id: str) -> dict[str, Any]:
        try:
            found = index.document(document_id)
        except InputError as error:
            raise HTTPException(404) from error
        articles = [article_to_json(article, found.text) for article in index.articles(document_id)]
        head = {"id": found.id, "source": found.source, "sha256": found.sha256, "date": found.date}
        return head | {"length": len(found.text), "articles": articles}

    @app.get("/api/documents/{document_id}/text")
    def text(document_id: str, start: int = 0, end: int = 20_000) -> dict[str, Any]:
        found = index.document(document_id)
        window = {"start": start, "end": min(end, len(found.text)), "line_start": found.text.count("\n", 0, start) + 1}
        head = {"document_id": found.id, "source": found.source, "sha256": found.sha256}
        return head | window | {"text": found.text[start:end]}
