"""Who made a bundle: an Ed25519 signature over the bytes of its manifest, which lists the digest of every other file.

Keys are PEM files as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them; the signature is the
64 bytes themselves, so `openssl pkeyutl -verify -rawin` can check it too.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from dateline_labels import InputError, MissingExtraError, Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_MOST_BYTES = 2**14


def read_private_key(path: Path) -> "Ed25519PrivateKey":
    """The key that signs; raises InputError where the file holds none, OSError where it cannot be read."""
    _require_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = _pem(path)
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise InputError(Place(str(path)), "key", "is locked with a passphrase, which nobody is asked for") from None
    except Exception:  # whatever kind the library has for bytes that are no key
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(Place(str(path)), "key", "expected a private Ed25519 key in PEM")
    return key


def read_public_key(path: Path) -> "Ed25519PublicKey":
    """The key that signatures are checked with; raises InputError where the file holds none."""
    _require_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    pem = _pem(path)
    try:
        key = load_pem_public_key(pem)
    except Exception:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(Place(str(path)), "key", "expected a public Ed25519 key in PEM")
    return key


def is_signed(data: bytes, signature: bytes, key: "Ed25519PublicKey") -> bool:
    """Whether the signature is one of the key's owner over these bytes."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _pem(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _require_cryptography() -> None:
    if find_spec("cryptography") is None:
        raise MissingExtraError("a signature", "cryptography", "sign")
