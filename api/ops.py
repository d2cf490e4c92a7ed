"""For whoever runs the service."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.responses import JsonResponse
from api.schemas import REFUSED, REFUSED_CALLER
from api.server import Provided

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether questions can be answered, and if not, why."""

    status: Literal["ready", "not ready"]
    detail: str


@router.get("/healthz", summary="Whether the process answers", responses=REFUSED)
async def healthz() -> Health:
    """Answer at once, also while every worker thread reads: this runs on the event loop."""
    return Health()


@router.get(
    "/readyz",
    summary="Whether questions can be answered",
    response_model=Readiness,
    responses={
        **REFUSED,
        503: {
            **REFUSED[503],
            "model": Readiness,
            "description": "The models are being loaded, or could not be; or the index cannot be reached, or "
            "has another encoder than this process.",
        },
    },
)
async def readyz(server: Provided) -> Response:
    """Tell a load balancer whether to send requests here."""
    ready = server.live.is_current
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "detail": server.live.state}, status_code=200 if ready else 503
    )


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={
        **REFUSED_CALLER,
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def metrics(server: Provided) -> Response:
    """Tell of requests, latency by stage, abstentions, the queue, and the index revision."""
    return Response(server.metrics.exposition(), headers={"content-type": CONTENT_TYPE_LATEST})
