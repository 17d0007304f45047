"""Whether the program that holds a port is the playbook itself."""

import http.client
import ipaddress
import json
import ssl

PROGRAM = "negotiation-playbook"  # what /healthz says of itself
_PATIENCE_S = 2


def playbook_at(host: str, port: int) -> str:
    """The address at which a playbook answers on `port`; empty when another program holds it."""
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    named = "localhost" if everywhere else host
    for scheme in ("http", "https"):
        if _says_so(scheme, named, port):
            return f"{scheme}://{f'[{named}]' if ':' in named else named}:{port}/"
    return ""


def _says_so(scheme: str, host: str, port: int) -> bool:
    try:
        line = _line(scheme, host, port)
        line.request("GET", "/healthz")
        told = json.loads(line.getresponse().read(1000))
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return isinstance(told, dict) and told.get("program") == PROGRAM


def _line(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=_PATIENCE_S)
    # Nothing is sent but the question, so a certificate that nobody vouches for will do.
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=_PATIENCE_S, context=trusting)
