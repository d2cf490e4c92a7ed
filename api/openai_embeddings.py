"""``/v1/embeddings``: the encoder that the index was made with."""

import base64
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import ParameterError
from api.openai import ERRORS
from api.openai_parameters import refuse
from api.responses import JsonResponse
from api.schemas import Whole, plain_text
from api.server import Provided
from api.service import Service
from embeddings.encoder import Kind, Vectors

router = APIRouter(prefix="/v1", tags=["openai"])

MOST_TEXTS: Final = 64
"""Texts in a request: two cores encode about 80 passages a second, and answers are to come in time."""
MOST_TOKENS: Final = 500
"""Tokens in a text: the encoder reads 512, those around the text included, and would leave out the rest."""


class EmbeddingRequest(BaseModel):
    """Texts to encode."""

    model_config = ConfigDict(strict=True, extra="ignore", json_schema_extra={"examples": [{"input": "谁被任命?"}]})

    input: Annotated[str, Field(min_length=1)] | list[Any] = Field(
        description=f"One text or up to {MOST_TEXTS}, each of at most {MOST_TOKENS} tokens; no token numbers."
    )
    model: str | None = Field(None, description="Any name; there is one encoder.")
    input_type: Kind = Field(
        "query", description="`query` for questions and for texts to be compared, `passage` for what is to be found."
    )
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Whole | None = Field(None, description="Only the encoder's own.")

    def texts(self) -> list[str]:
        """Return the texts; ``ParameterError`` for what is none."""
        given = [self.input] if isinstance(self.input, str) else self.input
        if not 1 <= len(given) <= MOST_TEXTS:
            raise ParameterError(f"input has {len(given)} texts: give 1 to {MOST_TEXTS}", param="input")
        for number, text in enumerate(given):
            if not isinstance(text, str) or not text.strip():
                reason = "is blank" if isinstance(text, str) else "is no text: numbers of tokens are not understood"
                raise ParameterError(f"text {number} {reason}", param=f"input.{number}")
            try:
                plain_text(text)
            except ValueError as error:
                raise ParameterError(f"text {number} {error}", param=f"input.{number}") from error
        return list(given)


class Embedding(BaseModel):
    """The unit vector of a text: numbers, or in base64 those of 32 bits, the lowest byte first."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """Tokens of the texts."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the texts."""

    object: Literal["list"]
    data: list[Embedding]
    model: str = Field(description="The encoder that the index was made with.")
    usage: EmbeddingUsage


@router.post("/embeddings", summary="Encode texts", response_model=EmbeddingList, responses=ERRORS)
async def embeddings(body: EmbeddingRequest, server: Provided) -> Response:
    """Return the vectors that the archive is searched by."""
    texts = body.texts()

    def encoded(service: Service) -> tuple[str, Vectors, int]:
        encoder = service.opened.state.encoder
        if body.dimensions is not None and body.dimensions != encoder.dimension:
            refuse("dimensions", f"vectors have {encoder.dimension}")
        counts = [service.token_count(text) for text in texts]
        if max(counts) > MOST_TOKENS:
            raise ParameterError(
                f"a text has {max(counts)} tokens, more than {MOST_TOKENS}: divide it",
                param="input",
                code="context_length_exceeded",
            )
        return encoder.name, service.embed(texts, body.input_type), sum(counts)

    name, vectors, tokens = await server.run(encoded)
    data = [
        {"object": "embedding", "index": number, "embedding": _written(vector, body.encoding_format)}
        for number, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JsonResponse({"object": "list", "data": data, "model": name, "usage": usage})


def _written(vector: Vectors, encoding: str | None) -> list[float] | str:
    if encoding == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(value) for value in vector]
