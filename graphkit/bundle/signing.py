# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures: an in-toto statement in a DSSE envelope, signed with Ed25519.

DSSE (secure-systems-lab, 2021) signs the type together with the payload, so that a signature cannot
be passed off as one over something else. Ed25519 gives the same bytes each time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graphkit.errors import BundleError
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:graphkit:bundle:1"


def create_key(path: Path) -> str:
    """The fingerprint of a new Ed25519 key, saved as PEM in `path`, which only its owner reads.

    Raises:
        BundleError: something is there already; a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BundleError(f"{path}: is there already; name a new file for the key") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk must leave no half of a key
        path.unlink()
        raise
    return fingerprint(key.public_key())


def load_key(path: Path) -> Ed25519PrivateKey:
    """The private key in the PEM file `path`.

    Raises:
        BundleError: it cannot be read, is not an Ed25519 key, or others may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise BundleError(f"{path}: others may read this key; run: chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BundleError(f"{path}: is not a signing key without a password ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleError(f"{path}: is not an Ed25519 key; make one with: graphkit keys")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """The public key in the PEM file `path`.

    Raises:
        BundleError: it cannot be read or is not an Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise BundleError(f"{path}: is not a public key ({error})") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError(f"{path}: is not an Ed25519 public key")
    return key


def public_pem(key: Ed25519PublicKey) -> str:
    """The PEM of a public key, for those who verify."""
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of the key's DER form, in hex: what two people compare."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def statement(name: str, *, sha256: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    """An in-toto statement that says `predicate` of the file `name` with hash `sha256`."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": dict(predicate),
    }


def signed_envelope(said: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The DSSE envelope (JSON) around the statement `said`, signed with `key`."""
    payload = canonical_json(said)
    signature = {
        "keyid": fingerprint(key.public_key()),
        "sig": base64.b64encode(key.sign(_signed_bytes(payload))).decode(),
    }
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [signature],
    }
    return canonical_json(envelope) + b"\n"


def opened_envelope(content: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """The statement in the envelope `content`, when `key` signed it.

    Raises:
        BundleError: it is not such an envelope, or the signature is not of this key.
    """
    try:
        envelope = json.loads(content)
        payload = base64.b64decode(envelope["payload"], validate=True)
        (signature,) = envelope["signatures"]
        kind, signed = envelope["payloadType"], base64.b64decode(signature["sig"], validate=True)
        key.verify(signed, _signed_bytes(payload))
        said = json.loads(payload)
    except InvalidSignature as error:
        raise BundleError("the signature does not fit this content and key") from error
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise BundleError("is not a DSSE envelope with one signature") from error
    if kind != PAYLOAD_TYPE or said.get("_type") != STATEMENT_TYPE:
        raise BundleError("does not hold an in-toto statement")
    return dict(said)


def _signed_bytes(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding of `payload`."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
