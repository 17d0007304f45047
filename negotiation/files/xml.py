"""XML from strangers: document types and entities are refused where they begin, depth is bounded.

The standard library's expat does the parsing, so whatever the file's encoding is, a definition is
met as a definition: nothing can hide it from a search for letters.
"""

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from negotiation.plain import printable
from negotiation.values import FieldError

from .limits import XML_DEPTH, XML_ELEMENTS


def refused(sentence: str) -> FieldError:
    """The error for a file that cannot be taken."""
    return FieldError("file", sentence)


def parse(content: bytes, limit_bytes: int) -> Element:
    """The root of an XML file; names are written `{namespace}local`.

    Raises `FieldError` (path "file") for a file over `limit_bytes`, broken XML, a document type,
    an entity, or elements nested too deeply.
    """
    if len(content) > limit_bytes:
        raise refused(f"The file is larger than {limit_bytes // 1_000_000} MB; nothing was read.")
    if not content.strip():
        raise refused("The file is empty.")
    builder = TreeBuilder()
    walk([content], builder.start, builder.end, builder.data, XML_ELEMENTS)
    return builder.close()


def walk(
    chunks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    data: Callable[[str], object],
    elements: int,
) -> None:
    """Read XML piece by piece and call back at each start, end and text.

    At most `elements` elements and `XML_DEPTH` levels. Raises `FieldError` as `parse` does.
    """
    depth = left = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, left
        depth += 1
        left += 1
        if depth > XML_DEPTH:
            raise refused(f"The file nests more than {XML_DEPTH} levels deep; nothing was read.")
        if left > elements:
            raise refused(f"The file has more than {elements:,} elements; nothing was read.")
        start(_clark(name), {_clark(key): printable(value) for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_clark(name))

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = lambda text: data(printable(text))
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused(
            f"The file is broken: line {error.lineno} is not XML "
            f"({expat.errors.messages[error.code]}). Nothing was read."
        ) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, FieldError):
            raise
        # An encoding that its first line names and nobody knows, or one of several bytes a letter.
        raise refused("The file's encoding is unknown; save it as UTF-8.") from None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_definitions
    parser.EntityDeclHandler = _no_definitions
    parser.ExternalEntityRefHandler = _no_definitions
    return parser


def _no_definitions(*_: object) -> None:
    raise refused(
        "The file defines a document type or entities, which no process map or log needs and "
        "which can be a trap; nothing was read."
    )


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name
