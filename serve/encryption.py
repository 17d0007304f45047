"""The certificate that the playbook is served with beyond this machine."""

import ssl


class CertificateError(ValueError):
    """A certificate or its key cannot be used; the message is a sentence that names the file."""


def encryption(cert: str, key: str) -> ssl.SSLContext:
    """What a server encrypts with: the PEM certificate (chain) at `cert`, its PEM key at `key`.

    Raises `CertificateError` when a file cannot be read, holds something else, asks for a password,
    or when the two do not belong together.
    """
    for path in (cert, key):
        _check_readable(path)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cert)
    except ssl.SSLError:
        raise CertificateError(f"{cert} is no certificate in PEM form.") from None
    asked = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a callback OpenSSL would ask at the terminal and wait there.
        context.load_cert_chain(cert, key, password=lambda: asked.append(key) or "")
    except ssl.SSLError as error:
        raise CertificateError(_sentence(error, cert, key, bool(asked))) from None
    return context


def _check_readable(path: str) -> None:
    try:
        with open(path, "rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise CertificateError(f"There is no file {path}.") from None
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}.") from None


def _sentence(error: ssl.SSLError, cert: str, key: str, encrypted: bool) -> str:
    if encrypted:
        return (
            f"The key {key} is locked with a password: give one without, "
            "made for example with openssl pkey -in LOCKED -out OPEN."
        )
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"The key {key} does not belong to the certificate {cert}."
    if error.reason:
        return f"The certificate {cert} cannot be used: {error.reason.replace('_', ' ').lower()}."
    return f"{key} is no private key in PEM form."
