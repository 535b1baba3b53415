"""A passkey in software, as WebAuthn level 2 has it: what a browser and its key send together."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftwareKey:
    """One key; what it is asked to do wrong, it does wrong."""

    rp_id: str = "desk.test"
    origin: str = "https://desk.test"
    flags: int = PRESENT | VERIFIED
    count: int = 1
    key_id: bytes = b"key-number-one-of-32-bytes-------"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to the question for a new key."""
        numbers = self.private.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + len(self.key_id).to_bytes(2, "big") + self.key_id
        data = self._data(self.flags | ATTESTED) + attested + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options["challenge"])
        response = {"clientDataJSON": text_of(said), "attestationObject": text_of(attestation)}
        return {**self._named(), "response": response}

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to the question who signs in."""
        said = self._said("webauthn.get", options["challenge"])
        data = self._data(self.flags)
        signature = self.private.sign(data + sha256(said).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text_of(said),
            "authenticatorData": text_of(data),
            "signature": text_of(signature),
            "userHandle": None,
        }
        return {**self._named(), "response": response}

    def _data(self, flags: int) -> bytes:
        hashed = sha256(self.rp_id.encode()).digest()
        return hashed + bytes([flags]) + self.count.to_bytes(4, "big")

    def _said(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _named(self) -> dict[str, Any]:
        name = text_of(self.key_id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}
