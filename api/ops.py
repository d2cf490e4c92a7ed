"""For whoever runs the service."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.service import Provided

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers, with this model over this index."""

    status: Literal["ok"] = "ok"
    model: str
    index: str


@router.get("/healthz", summary="Whether the process answers")
async def healthz(service: Provided) -> Health:
    """Answer at once, also while every worker thread reads: this runs on the event loop."""
    return Health(model=service.model, index=service.index)
