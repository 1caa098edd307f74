"""The envelope: a data key per report, sealed to each reader; everything written, under that key.

Every ciphertext is bound to its place (report, kind, row, author): moved elsewhere it does not open. Lengths are
padded. A `Context` never leaves the program; it is built anew from the row that is being read.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import astuple, dataclass

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from integrity.vault.kdf import KEY_SIZE, branch

BLOCK = 1024  # bytes; texts
FILE_BLOCK = 64 * 1024  # bytes; files
_VERSION = b"\x01"
_NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_LENGTH = 8  # bytes that hold the true length


class Tampered(Exception):
    """This does not open here: changed, moved from another row, or sealed to somebody else. Says nothing more."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a ciphertext belongs: `author` is "reporter" or "officer:<id>"; for a sealed key, its reader."""

    report: str
    kind: str
    row: str
    author: str

    def __post_init__(self) -> None:
        if any("|" in part for part in astuple(self)):
            raise ValueError("a part of a context holds the separator")

    def __bytes__(self) -> bytes:
        return "|".join(astuple(self)).encode()


def new_data_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


def encrypt(data_key: bytes, plaintext: bytes, context: Context, block: int = BLOCK) -> bytes:
    """XChaCha20-Poly1305 over `plaintext` padded to a multiple of `block` bytes. Any random 32-byte key will do."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        _pad(plaintext, block), _VERSION + bytes(context), nonce, branch(data_key, "entries")
    )
    return _VERSION + nonce + sealed


def decrypt(data_key: bytes, blob: bytes, context: Context) -> bytes:
    """Undo `encrypt`. Raises Tampered."""
    start = len(_VERSION) + _NONCE
    try:
        if blob[:1] != _VERSION:
            raise CryptoError
        padded = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            blob[start:], _VERSION + bytes(context), blob[1:start], branch(data_key, "entries")
        )
    except (CryptoError, ValueError):
        raise Tampered from None
    return _unpad(padded)


def seal_key(data_key: bytes, reader_public: bytes, context: Context) -> bytes:
    """The data key for one reader: 112 bytes that only the reader's private key opens."""
    return _seal(reader_public, data_key, context)


def open_key(sealed: bytes, reader_private: bytes, context: Context) -> bytes:
    """Undo `seal_key`. Raises Tampered."""
    return _open(reader_private, sealed, context)


def open_nothing(reader_private: bytes) -> None:
    """The work of `open_key` for a receipt that nothing belongs to, so that it takes as long as a known one."""
    try:
        open_key(bytes(KEY_SIZE + 32 + bindings.crypto_box_SEALBYTES), reader_private, Context("", "", "", ""))
    except Tampered:
        return


def box_public(data_key: bytes) -> bytes:
    """Report.box_public: with this half one can write to the report without being able to read it."""
    return bytes(_box(data_key).public_key)


def seal_to_box(box_public: bytes, plaintext: bytes, context: Context, block: int = BLOCK) -> bytes:
    """Seal while nobody holds the data key (an answer that arrives by chat)."""
    return _seal(box_public, _pad(plaintext, block), context)


def open_from_box(data_key: bytes, blob: bytes, context: Context) -> bytes:
    """Undo `seal_to_box`. Raises Tampered."""
    return _unpad(_open(bytes(_box(data_key)), blob, context))


def _box(data_key: bytes) -> PrivateKey:
    return PrivateKey.from_seed(branch(data_key, "box"))


def _seal(public: bytes, payload: bytes, context: Context) -> bytes:
    # A sealed box has no associated data of its own, so the context's hash travels inside.
    return SealedBox(PublicKey(public)).encrypt(_bound(context) + payload)


def _open(private: bytes, sealed: bytes, context: Context) -> bytes:
    try:
        opened = SealedBox(PrivateKey(private)).decrypt(sealed)
    except (CryptoError, ValueError, TypeError):
        raise Tampered from None
    bound, payload = opened[:32], opened[32:]
    if not secrets.compare_digest(bound, _bound(context)):
        raise Tampered
    return payload


def _bound(context: Context) -> bytes:
    return hashlib.sha256(bytes(context)).digest()


def _pad(plaintext: bytes, block: int) -> bytes:
    padded = len(plaintext).to_bytes(_LENGTH, "big") + plaintext
    return padded + bytes(-len(padded) % block)


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH], "big")
    if length > len(padded) - _LENGTH:
        raise Tampered
    return padded[_LENGTH : _LENGTH + length]
