"""An officer's key pair, and the two wrappings of its private half: by the passphrase, by the printed recovery code."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
import unicodedata
from dataclasses import dataclass, field

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from integrity.vault import kdf
from integrity.vault.kdf import OFFICER_COST, SALT_SIZE, Cost, branch

LONGEST_PASSPHRASE = 500  # characters
_FEWEST_WORDS, _FEWEST_CHARACTERS, _FEWEST_DIFFERENT = 5, 20, 8
_HARDEST = Cost(passes=16, memory_kib=256 * 1024)  # a forged blob must not eat the machine

_NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_HEADER = struct.Struct(f">BBI{SALT_SIZE}s")  # version, passes, memory in KiB, salt
_BY_PASSPHRASE, _BY_CODE = 1, 2
_CODE_BYTES = 20


class WrongPassphrase(Exception):
    """The passphrase or recovery code does not open the key (or the stored key was changed; nobody can tell)."""


class WeakPassphrase(ValueError):
    """Too easy to guess. The message is Thai, for the officer."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """X25519, 32 bytes each."""

    private: bytes = field(repr=False)
    public: bytes


def new_pair() -> KeyPair:
    private = PrivateKey.generate()
    return KeyPair(bytes(private), bytes(private.public_key))


def fingerprint(public: bytes) -> str:
    """Thirty digits (99 bits) in six groups, for a second officer to compare by eye or over the telephone."""
    number = int.from_bytes(hashlib.sha256(b"officer key" + public).digest(), "big") % 10**30
    digits = f"{number:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


def check_passphrase(text: str) -> None:
    """Five different words, or twenty characters that are not the same few over and over. Raises WeakPassphrase."""
    normal = _normal(text)
    if len(normal) > LONGEST_PASSPHRASE:
        raise WeakPassphrase(f"วลีรหัสผ่านต้องไม่เกิน {LONGEST_PASSPHRASE} ตัวอักษร")
    enough = len(set(normal.split())) >= _FEWEST_WORDS or len(normal) >= _FEWEST_CHARACTERS
    if not enough or len(set(normal)) < _FEWEST_DIFFERENT:
        raise WeakPassphrase(
            "วลีรหัสผ่านต้องมีอย่างน้อย 5 คำที่ไม่ซ้ำกัน (เว้นวรรคระหว่างคำ) หรืออย่างน้อย 20 ตัวอักษร เลือกคำที่ไม่เกี่ยวข้องกัน คนอื่นเดาไม่ได้"
        )


def wrap(private: bytes, passphrase: str, cost: Cost = OFFICER_COST) -> bytes:
    """`private` under the passphrase: Argon2id (salt and cost stored in front), XChaCha20-Poly1305. Some 300 ms."""
    header = _HEADER.pack(_BY_PASSPHRASE, cost.passes, cost.memory_kib, secrets.token_bytes(SALT_SIZE))
    return header + _lock(_passphrase_key(header, passphrase), private, header)


def unwrap(blob: bytes, passphrase: str) -> bytes:
    """Undo `wrap`, at the cost stored in the blob. Raises WrongPassphrase (at once if nothing was typed)."""
    header, sealed = blob[: _HEADER.size], blob[_HEADER.size :]
    if (
        not 0 < len(passphrase.strip()) <= LONGEST_PASSPHRASE
        or len(header) < _HEADER.size
        or header[0] != _BY_PASSPHRASE
    ):
        raise WrongPassphrase
    return _unlock(_passphrase_key(header, passphrase), sealed, header)


def new_recovery_code() -> str:
    """160 random bits in eight groups, to be printed and kept in a sealed envelope: "ABCD-EFGH-..."."""
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def wrap_by_code(private: bytes, code: str) -> bytes:
    """`private` under the recovery code, which is random enough to need no slow derivation."""
    header = bytes([_BY_CODE])
    return header + _lock(_code_key(code), private, header)


def unwrap_by_code(blob: bytes, code: str) -> bytes:
    """Undo `wrap_by_code`; capitals, dashes and spaces do not matter. Raises WrongPassphrase."""
    header, sealed = blob[:1], blob[1:]
    if header != bytes([_BY_CODE]):
        raise WrongPassphrase
    return _unlock(_code_key(code), sealed, header)


def _normal(passphrase: str) -> str:
    # NFKC: the same Thai word comes out of different keyboards as different code points.
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def _passphrase_key(header: bytes, passphrase: str) -> bytes:
    _, passes, memory_kib, salt = _HEADER.unpack(header)
    if not (1 <= passes <= _HARDEST.passes and 8 <= memory_kib <= _HARDEST.memory_kib):
        raise WrongPassphrase
    return branch(kdf.stretch(_normal(passphrase).encode(), salt, Cost(passes, memory_kib)), "wrap")


def _code_key(code: str) -> bytes:
    # The alphabet has no 0, 1 and 8: who reads one of them on paper meant O, I and B.
    letters = "".join(c for c in code.upper() if c.isalnum()).translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(letters)
    except ValueError:
        raise WrongPassphrase from None
    if len(raw) != _CODE_BYTES:
        raise WrongPassphrase
    return branch(raw, "recovery")


def _lock(key: bytes, private: bytes, header: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(private, header, nonce, key)


def _unlock(key: bytes, sealed: bytes, header: bytes) -> bytes:
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[_NONCE:], header, sealed[:_NONCE], key)
    except (CryptoError, ValueError):
        raise WrongPassphrase from None
