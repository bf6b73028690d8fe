"""The part of MLS (RFC 9420) a DAVE delivery service must write and read, by hand.

Written: the external sender, and its Add and Remove proposals as signed PublicMessages.
Read: key packages (checked), commits and welcomes (their shape and references; no group keys here).
One ciphersuite: DHKEM-P256, AES-128-GCM, SHA-256, ECDSA P-256, the one of DAVE version 1.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.sandbox.voice.tls import MlsError, Reader, opaque

__all__ = ["Commit", "ExternalSender", "KeyPackage", "MlsError", "Proposal", "Welcome", "read_commit_welcome"]

_MLS10 = 1
_CIPHERSUITE = 2
_BASIC_CREDENTIAL = 1
_PUBLIC_MESSAGE = 1
_SENDER_MEMBER, _SENDER_EXTERNAL = 1, 2
_CONTENT_PROPOSAL, _CONTENT_COMMIT = 2, 3
_PROPOSAL_ADD, _PROPOSAL_REMOVE = 1, 3
_INLINE, _REFERENCE = 1, 2
_LEAF_FROM_KEY_PACKAGE, _LEAF_FROM_UPDATE, _LEAF_FROM_COMMIT = 1, 2, 3
_FOREVER = (0, 2**64 - 1)


@dataclass(frozen=True)
class LeafNode:
    """A member's leaf: who it is and how it signs."""

    signature_key: bytes
    user_id: int
    source: int
    lifetime: tuple[int, int] | None
    to_be_signed: bytes
    signature: bytes


@dataclass(frozen=True)
class KeyPackage:
    """A member's wish to be added; `reference` is its RFC 9420 KeyPackageRef."""

    data: bytes
    leaf: LeafNode
    reference: bytes

    @classmethod
    def read(cls, data: bytes) -> "KeyPackage":
        """Parse and check as DAVE asks: version, suite, unlimited lifetime, both signatures.

        Raises MlsError for anything else.
        """
        reader = Reader(data)
        if (reader.uint16(), reader.uint16()) != (_MLS10, _CIPHERSUITE):
            raise MlsError("a key package of another version or ciphersuite")
        reader.opaque()
        leaf = _read_leaf(reader)
        reader.opaque()
        signed = data[: reader.offset]
        signature = reader.opaque()
        reader.end()
        if leaf.source != _LEAF_FROM_KEY_PACKAGE or leaf.lifetime != _FOREVER:
            raise MlsError("a key package that can expire")
        _verify(leaf.signature_key, "LeafNodeTBS", leaf.to_be_signed, leaf.signature)
        _verify(leaf.signature_key, "KeyPackageTBS", signed, signature)
        return cls(data, leaf, _reference("KeyPackage Reference", data))


@dataclass(frozen=True)
class Proposal:
    """A broadcast proposal: the whole MLSMessage and the reference commits name it by."""

    message: bytes
    reference: bytes


@dataclass(frozen=True)
class Commit:
    """What a commit says in the clear. `leaf` is its update path's new leaf, None without a path."""

    message: bytes
    group_id: bytes
    epoch: int
    sender_leaf: int
    references: tuple[bytes, ...]
    has_inline_proposals: bool
    leaf: LeafNode | None


@dataclass(frozen=True)
class Welcome:
    """A welcome and the key package references it is sealed for."""

    data: bytes
    new_members: tuple[bytes, ...]


class ExternalSender:
    """The voice server as it signs proposals; a fresh P-256 key each."""

    def __init__(self, identity: bytes = b"loopback") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.package = opaque(public) + struct.pack(">H", _BASIC_CREDENTIAL) + opaque(identity)

    def add(self, group_id: bytes, epoch: int, key_package: KeyPackage) -> Proposal:
        return self._propose(group_id, epoch, struct.pack(">H", _PROPOSAL_ADD) + key_package.data)

    def remove(self, group_id: bytes, epoch: int, leaf: int) -> Proposal:
        return self._propose(group_id, epoch, struct.pack(">HI", _PROPOSAL_REMOVE, leaf))

    def _propose(self, group_id: bytes, epoch: int, proposal: bytes) -> Proposal:
        content = opaque(group_id) + struct.pack(">QBI", epoch, _SENDER_EXTERNAL, 0) + opaque(b"")
        content += struct.pack(">B", _CONTENT_PROPOSAL) + proposal
        wire_format = struct.pack(">H", _PUBLIC_MESSAGE)
        version = struct.pack(">H", _MLS10)
        # An external sender stands outside the group, so no GroupContext follows in what is signed.
        signature = self._key.sign(
            _labelled("FramedContentTBS", version + wire_format + content), ec.ECDSA(SHA256())
        )
        authenticated = wire_format + content + opaque(signature)
        return Proposal(version + authenticated, _reference("Proposal Reference", authenticated))


def read_commit_welcome(data: bytes) -> tuple[Commit, Welcome | None]:
    """Split opcode 28's payload, a commit with or without a welcome after it; raise MlsError."""
    reader = Reader(data)
    commit = _read_commit(reader)
    if reader.at_end:
        return commit, None
    return commit, _read_welcome(reader)


def vector(items: Iterable[bytes]) -> bytes:
    """Serialise already serialised items as one variable-size vector."""
    return opaque(b"".join(items))


def _read_commit(reader: Reader) -> Commit:
    if (reader.uint16(), reader.uint16()) != (_MLS10, _PUBLIC_MESSAGE):
        raise MlsError("a commit must be a PublicMessage of MLS 1.0")
    group_id, epoch = reader.opaque(), reader.uint64()
    if reader.uint8() != _SENDER_MEMBER:
        raise MlsError("a commit must come from a member")
    sender_leaf = reader.uint32()
    reader.opaque()
    if reader.uint8() != _CONTENT_COMMIT:
        raise MlsError("not a commit")
    references, inline = _read_references(Reader(reader.opaque()))
    leaf = _read_update_path(reader) if reader.uint8() else None
    for _ in ("signature", "confirmation tag", "membership tag"):
        reader.opaque()
    message = reader.data[: reader.offset]
    return Commit(message, group_id, epoch, sender_leaf, references, inline, leaf)


def _read_references(reader: Reader) -> tuple[tuple[bytes, ...], bool]:
    references: list[bytes] = []
    while not reader.at_end:
        kind = reader.uint8()
        if kind == _INLINE:
            return tuple(references), True
        if kind != _REFERENCE:
            raise MlsError("neither a proposal nor a reference")
        references.append(reader.opaque())
    return tuple(references), False


def _read_update_path(reader: Reader) -> LeafNode:
    leaf = _read_leaf(reader)
    reader.opaque()
    return leaf


def _read_welcome(reader: Reader) -> Welcome:
    start = reader.offset
    if reader.uint16() != _CIPHERSUITE:
        raise MlsError("a welcome of another ciphersuite")
    secrets, new_members = Reader(reader.opaque()), []
    while not secrets.at_end:
        new_members.append(secrets.opaque())
        secrets.opaque()
        secrets.opaque()
    reader.opaque()
    reader.end()
    return Welcome(reader.data[start:], tuple(new_members))


def _read_leaf(reader: Reader) -> LeafNode:
    start = reader.offset
    reader.opaque()
    signature_key = reader.opaque()
    if reader.uint16() != _BASIC_CREDENTIAL:
        raise MlsError("only basic credentials")
    identity = reader.opaque()
    if len(identity) != 8:
        raise MlsError("an identity is a 64-bit user id")
    for _ in ("versions", "ciphersuites", "extensions", "proposals", "credentials"):
        reader.opaque()
    source = reader.uint8()
    lifetime = None
    if source == _LEAF_FROM_KEY_PACKAGE:
        lifetime = (reader.uint64(), reader.uint64())
    elif source == _LEAF_FROM_COMMIT:
        reader.opaque()
    elif source != _LEAF_FROM_UPDATE:
        raise MlsError("a leaf from nowhere")
    reader.opaque()
    signed = reader.data[start : reader.offset]
    return LeafNode(signature_key, int.from_bytes(identity), source, lifetime, signed, reader.opaque())


def _labelled(label: str, content: bytes) -> bytes:
    return opaque(f"MLS 1.0 {label}".encode()) + opaque(content)


def _reference(label: str, value: bytes) -> bytes:
    return hashlib.sha256(_labelled(label, value)).digest()


def _verify(public_key: bytes, label: str, content: bytes, signature: bytes) -> None:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        key.verify(signature, _labelled(label, content), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise MlsError(f"{label} is not signed by its key") from error
