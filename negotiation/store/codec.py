"""The one place where the body of an entry becomes bytes, and bytes a body."""

import json
import zlib
from typing import Any, Protocol

from . import bodies

Body = dict[str, Any]


class Codec(Protocol):
    """Turns bodies into bytes and back. The store looks at nothing but the bytes."""

    def encode(self, deal: str, space: str, body: Body) -> bytes: ...

    def decode(self, deal: str, space: str, data: bytes) -> Body: ...


class JsonCodec:
    """Compressed JSON. `deal` and `space` are there for a codec that keeps a key for each."""

    def encode(self, deal: str, space: str, body: Body) -> bytes:
        text = json.dumps(
            {"schema": bodies.SCHEMA, **body}, separators=(",", ":"), ensure_ascii=False
        )
        return zlib.compress(text.encode())

    def decode(self, deal: str, space: str, data: bytes) -> Body:
        """The body, brought to the present schema. Raises `ValueError` for damaged bytes."""
        try:
            body = json.loads(zlib.decompress(data))
        except zlib.error as error:
            raise ValueError(f"the bytes cannot be unpacked ({error})") from None
        return bodies.upgraded(body)
