"""Passkeys (WebAuthn, level 3). No other module knows the library for passkeys.

A passkey permanently belongs to one host, the relying party. A browser offers no passkeys to a page at a
numeric address, nor without TLS except at `localhost`. This module checks the whole credential: challenge,
origin, host, signature, and that the authenticator has verified the person (UV). Nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec

from gateways.http.wire.errors import BadBody

TIMEOUT_MS: Final = 300_000
_ALGORITHMS: Final = (-8, -7, -257)
"""Signature algorithms accepted: Ed25519, ES256, RS256 (COSE)."""
_LONG: Final = 16_384


class AuthenticatorResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of the authenticator in base64url, in the form of `PublicKeyCredential.toJSON()`."""

    client_data: str = msgspec.field(name="clientDataJSON")
    attestation: str | None = msgspec.field(name="attestationObject", default=None)
    """Attestation of a new passkey."""
    authenticator_data: str | None = msgspec.field(name="authenticatorData", default=None)
    """Data signed at a sign-on; comes with `signature`."""
    signature: str | None = None
    user_handle: str | None = msgspec.field(name="userHandle", default=None)


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """Credential created or used by the browser."""

    id: str
    raw_id: str = msgspec.field(name="rawId")
    type: str
    response: AuthenticatorResponse


class Descriptor(msgspec.Struct, frozen=True, kw_only=True):
    """Reference to one passkey."""

    id: str
    type: str = "public-key"


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Options for `navigator.credentials.get`."""

    challenge: str
    rp_id: str
    timeout: int = TIMEOUT_MS
    user_verification: str = "required"


class RpEntity(msgspec.Struct, frozen=True, kw_only=True):
    """Relying party of a new passkey."""

    id: str
    name: str = "securWoman"


class UserEntity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Operator of a new passkey. `id` reveals nothing about the operator; the browser shows the names."""

    id: str
    name: str
    display_name: str


class PasskeyAlgorithm(msgspec.Struct, frozen=True, kw_only=True):
    """Signature algorithm permitted for a new passkey."""

    alg: int
    type: str = "public-key"


class Selection(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Requirements for a new passkey: discoverable without a name, and user verification."""

    resident_key: str = "required"
    require_resident_key: bool = True
    user_verification: str = "required"


class CreationOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Options for `navigator.credentials.create`."""

    challenge: str
    rp: RpEntity
    user: UserEntity
    exclude_credentials: list[Descriptor]
    pub_key_cred_params: tuple[PasskeyAlgorithm, ...] = tuple(
        PasskeyAlgorithm(alg=alg) for alg in _ALGORITHMS
    )
    authenticator_selection: Selection = Selection()
    timeout: int = TIMEOUT_MS
    attestation: str = "none"


@dataclass(frozen=True)
class RelyingParty:
    """Host to which passkeys belong, and the origins of the host's pages."""

    id: str
    origins: tuple[str, ...]


def relying_party(public: str, host: str | None) -> RelyingParty | None:
    """Return the relying party: the host of the public address, else `localhost` if the page is there. Return
    None if no passkey can belong to the address.
    """
    if public:
        url = urlsplit(public)
        name = url.hostname or ""
        secure = url.scheme == "https" or name == "localhost"
        return RelyingParty(name, (public,)) if secure and not _is_address(name) else None
    if urlsplit(f"//{host or ''}").hostname != "localhost":
        return None
    return RelyingParty("localhost", (f"http://{host}", f"https://{host}"))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class _ClientData(msgspec.Struct):
    challenge: str


def challenge_of(credential: Credential) -> str:
    """Return the challenge that the browser states as answered. Raises BadBody."""
    try:
        told = msgspec.json.decode(unbase64(credential.response.client_data), type=_ClientData)
        return unbase64(told.challenge).decode("ascii")
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadBody("the client data hold no challenge", "$.passkey.response.clientDataJSON") from error


class NewPasskey(msgspec.Struct, frozen=True):
    """A new passkey, verified."""

    id: bytes
    public_key: bytes
    counter: int
    backed_up: bool


def verify_registration(credential: Credential, challenge: str, party: RelyingParty) -> NewPasskey | None:
    """Return the new passkey; None if not verified. The first call is slow: keep it off the event loop."""
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        found = verify_registration_response(
            credential=msgspec.to_builtins(credential),
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in _ALGORITHMS],
        )
    except Exception:  # the library's parsers raise arbitrary errors for a stranger's bytes
        return None
    return NewPasskey(
        found.credential_id, found.credential_public_key, found.sign_count, found.credential_backed_up
    )


class Signed(msgspec.Struct, frozen=True):
    """A sign-on by passkey, verified."""

    counter: int
    backed_up: bool


def verify_assertion(
    credential: Credential, challenge: str, party: RelyingParty, public_key: bytes, counter: int
) -> Signed | None:
    """Verify the use of a known passkey; None if not verified. The first call is slow, as for `made`."""
    from webauthn import verify_authentication_response

    try:
        found = verify_authentication_response(
            credential=msgspec.to_builtins(credential),
            expected_challenge=challenge.encode(),
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except Exception:  # the library raises arbitrary errors
        return None
    return Signed(found.new_sign_count, found.credential_backed_up)


def base64(data: bytes) -> str:
    """Return the bytes in base64url, without padding."""
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """Return the bytes of a base64url text, with or without padding. Raises ValueError."""
    from base64 import b64decode

    if len(text) > _LONG:
        raise ValueError("too long")
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
