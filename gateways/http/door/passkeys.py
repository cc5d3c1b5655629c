"""Passkeys (WebAuthn, level 3), and the only module that knows the library for them.

A passkey is of one host for ever, the relying party. A browser lets a page have none at an address of
numbers, or without TLS but at `localhost`. What a browser sends is looked at here as a whole: challenge,
origin, host, signature, and that the authenticator has verified the person (UV). Nothing is kept here.
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
"""Ed25519, ES256, RS256 (COSE)."""
_LONG: Final = 16_384


class AuthenticatorResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Base64url, as `PublicKeyCredential.toJSON()` gives it."""

    client_data: str = msgspec.field(name="clientDataJSON")
    attestation: str | None = msgspec.field(name="attestationObject", default=None)
    """Of a new passkey."""
    authenticator_data: str | None = msgspec.field(name="authenticatorData", default=None)
    """With the signature, of a sign-on."""
    signature: str | None = None
    user_handle: str | None = msgspec.field(name="userHandle", default=None)


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser has made."""

    id: str
    raw_id: str = msgspec.field(name="rawId")
    type: str
    response: AuthenticatorResponse


class Descriptor(msgspec.Struct, frozen=True, kw_only=True):
    """One passkey."""

    id: str
    type: str = "public-key"


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """For `navigator.credentials.get`."""

    challenge: str
    rp_id: str
    timeout: int = TIMEOUT_MS
    user_verification: str = "required"


class RpEntity(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a passkey is."""

    id: str
    name: str = "securWoman"


class UserEntity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The operator: `id` tells nothing, the names are what the browser shows."""

    id: str
    name: str
    display_name: str


class PasskeyAlgorithm(msgspec.Struct, frozen=True, kw_only=True):
    """How it may sign."""

    alg: int
    type: str = "public-key"


class Selection(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """It is found without a name, and verifies the person."""

    resident_key: str = "required"
    require_resident_key: bool = True
    user_verification: str = "required"


class CreationOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """For `navigator.credentials.create`."""

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
    """A host that passkeys are of, and the origins of its pages."""

    id: str
    origins: tuple[str, ...]


def relying_party(public: str, host: str | None) -> RelyingParty | None:
    """Of the public address, else of `localhost` where the page is there; none where no passkey can be."""
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
    """The challenge that the browser says it has answered. Raises BadBody."""
    try:
        told = msgspec.json.decode(unbase64(credential.response.client_data), type=_ClientData)
        return unbase64(told.challenge).decode("ascii")
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadBody("no challenge is in it", "$.passkey.response.clientDataJSON") from error


class Made(msgspec.Struct, frozen=True):
    """A new passkey that was proved."""

    id: bytes
    public_key: bytes
    counter: int
    backed_up: bool


def made(credential: Credential, challenge: str, party: RelyingParty) -> Made | None:
    """The new passkey; none where it is not proved. Slow at the first call: not for the event loop."""
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
    except Exception:  # its parsers raise what they meet in a stranger's bytes
        return None
    return Made(
        found.credential_id, found.credential_public_key, found.sign_count, found.credential_backed_up
    )


class Signed(msgspec.Struct, frozen=True):
    """A sign-on that was proved."""

    counter: int
    backed_up: bool


def signed(
    credential: Credential, challenge: str, party: RelyingParty, public_key: bytes, counter: int
) -> Signed | None:
    """The use of a known passkey; none where it is not proved. Slow at the first call, as `made`."""
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
    except Exception:  # as above
        return None
    return Signed(found.new_sign_count, found.credential_backed_up)


def base64(data: bytes) -> str:
    """Base64url without padding."""
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64(text: str) -> bytes:
    """What was in it. Raises ValueError."""
    from base64 import b64decode

    if len(text) > _LONG:
        raise ValueError("too long")
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
