"""Credentials for sign-on and their verification: a token, a recovery code, a passkey, or a password with the
code that a role may require.

A typed secret counts as wrong until a session has started, so that neither a password nor a code can be
guessed. An operator who should have a second factor and has none signs on by password, and is notified: a
running center locks no operator out (docs/decisions/0051).
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

import msgspec

from gateways.http.parts.context import Web
from gateways.http.security import authenticator_app, passkeys
from gateways.http.security.challenges import TO_SIGN_ON
from gateways.http.security.pin_guard import with_even_response_time
from gateways.http.security.throttle import network
from gateways.http.wire.errors import BadBody, Busy, NotSignedOn, TooManyTries
from messages.ids import OperatorId
from runtime import logs
from store.errors import NotRegistered
from store.journal.journal import Transaction
from store.registry.access.authenticators import (
    RECOVERY_PREFIX,
    Authenticator,
    AuthenticatorKind,
    count_use,
    use_recovery,
)
from store.registry.access.sessions import SignOnMethod, StartedSession, start_session
from store.registry.people import Operator, StaffRole
from store.registry.staff import FOR_EVER, token_signs_on

log = logs.get("http.sign_on")


class Fault(StrEnum):
    """Reason why a sign-on failed, where a page can react."""

    PASSKEY_NEEDED = "passkey_needed"
    """The password is right; a passkey is required."""
    CODE_NEEDED = "code_needed"
    """The password is right; the code of an authenticator app, or a passkey, is required."""
    CODE_WRONG = "code_wrong"
    NAME_SHARED = "name_shared"
    """Several operators have this name or number: a unique name, number or id is needed."""
    TOKEN_ENDED = "token_ended"
    """The token is for programs alone by now."""
    PASSKEY_UNKNOWN = "passkey_unknown"
    NO_PASSKEYS_HERE = "no_passkeys_here"
    """No passkey can belong to this address."""


class VerifiedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A verified credential: its operator, the version of the operator's credentials, the use to record."""

    operator: OperatorId
    as_of: int
    way: SignOnMethod
    challenge: str = ""
    used: Authenticator | None = None
    """Authenticator with its new counter."""
    recovery: str = ""

    @property
    def counts_once(self) -> bool:
        """True if the credential can be used only once."""
        return self.way not in (SignOnMethod.PASSWORD, SignOnMethod.TOKEN)

    def begin(self, tx: Transaction, address: str) -> StartedSession:
        """Begin the session. Raises NotRegistered if the credential has become invalid, JournalNotDurable."""
        made = start_session(tx, self.operator, address, self.as_of, way=self.way, challenge=self.challenge)
        if (used := self.used) is not None:
            if not count_use(tx, used.id, used.counter, backed_up=used.backed_up):
                raise NotRegistered("the credential was used before")
        elif self.recovery and not use_recovery(tx, self.operator, self.recovery):
            raise NotRegistered("the recovery code was used before")
        return made


def requires_second_factor(web: Web, role: StaffRole) -> bool:
    """Return True if `[sign_on] passkeys` requires a second factor of operators of this role."""
    return role.needs(web.settings.center.sign_on.passkeys)


class CredentialVerifier:
    """Verifier of credentials. The methods raise NotSignedOn, TooManyTries, BadBody and StoreError."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def count_unknown(self, what: str, address: str, code: str = "") -> NotSignedOn | TooManyTries:
        """Count an unknown credential against the address; return the error to raise."""
        now_us = self._web.clock.now_us()
        wait_s = self._web.throttle.wait_s("", address, now_us)
        if wait_s:
            return TooManyTries(wait_s)
        self._web.throttle.count("", address, now_us)
        log.warning("sign-on with an unknown credential", what=what, address=address)
        return NotSignedOn(f"no operator has this {what}", code)

    def require_attempt_left(self, address: str) -> None:
        """Raise TooManyTries if the address has made too many wrong attempts."""
        if wait_s := self._web.throttle.wait_s("", address, self._web.clock.now_us()):
            raise TooManyTries(wait_s)

    def needs_second_factor(self, operator: Operator) -> bool:
        """Return True if a password or a token alone is not enough for the operator."""
        return operator.has_second_factor and requires_second_factor(self._web, operator.role)

    def by_token(self, token: str, address: str) -> VerifiedCredential:
        """Verify a token or a recovery code. The operator is read again, since stored data may be outdated.
        Raises NotSignedOn.
        """
        known = self._web.queries
        recovers = token.startswith(f"{RECOVERY_PREFIX}_")
        holder_of = known.operator_of_recovery if recovers else known.operator_of_token
        way = SignOnMethod.RECOVERY if recovers else SignOnMethod.TOKEN
        if (operator := holder_of(token)) is None:
            raise self.count_unknown("token", address)
        as_of, record = known.changes_of(operator), known.operator(operator)
        if record is None or holder_of(token) != operator:
            raise self.count_unknown("token", address)
        if way is SignOnMethod.RECOVERY:
            log.warning("sign-on with a recovery code", operator=operator, address=address)
            return VerifiedCredential(operator=operator, as_of=as_of, way=way, recovery=token)
        if record.token_until != FOR_EVER and self.needs_second_factor(record):
            raise NotSignedOn(
                "this token is for programs only: sign on with a passkey", Fault.PASSKEY_NEEDED, operator
            )
        if not token_signs_on(record, self._web.clock.now_us()):
            raise NotSignedOn(
                "this token is for programs only by now: sign on with a passkey", Fault.TOKEN_ENDED, operator
            )
        return VerifiedCredential(operator=operator, as_of=as_of, way=way)

    def throttle_key(self, operator: OperatorId, address: str) -> tuple[str, bool]:
        """Return the name under which attempts for this operator count, and True if the address is familiar.

        A familiar address is in a network of an earlier sign-on; strangers' attempts do not count there.
        """
        familiar = network(address) in self._web.queries.signed_on_from(operator)
        return f"{operator} {network(address)}" if familiar else operator, familiar

    async def by_password(
        self, who: str, password: str, code: str | None, address: str
    ) -> VerifiedCredential:
        """Verify a name and a password, with the code of an authenticator app if required. Raises
        NotSignedOn, TooManyTries, and Busy if too many passwords are verified at once.
        """
        web = self._web
        now_us = web.clock.now_us()
        operator = web.queries.operator_called(who)
        key, familiar = " ".join(who.split()).casefold(), False
        if operator is not None:
            key, familiar = self.throttle_key(operator, address)
        wait_s = web.throttle.wait_s(key, address, now_us)
        if wait_s:
            raise TooManyTries(wait_s)
        web.throttle.count(key, address, now_us)
        if operator is None and web.queries.is_shared(who):
            raise NotSignedOn(
                "several operators have this name: enter the number or the id", Fault.NAME_SHARED
            )
        as_of = 0 if operator is None else web.queries.changes_of(operator)
        try:
            right = await with_even_response_time(
                web.queries.password_is(operator, password, familiar=familiar)
            )
        except Busy:
            web.throttle.take_back(key, address)
            raise
        record = None if operator is None else web.queries.operator(operator)
        if record is None or not right:
            # The typed name is not logged: some operators type their password there.
            log.warning("sign-on with a wrong password", operator=operator, address=address)
            raise NotSignedOn("the name or the password is wrong", operator=operator or "")
        if not self.needs_second_factor(record):
            return VerifiedCredential(operator=record.id, as_of=as_of, way=SignOnMethod.PASSWORD)
        if code is None or not record.has_totp:
            needed = Fault.CODE_NEEDED if record.has_totp else Fault.PASSKEY_NEEDED
            raise NotSignedOn("the password is right: the second factor is missing", needed, record.id)
        seed = next(
            one for one in web.queries.authenticators(record.id) if one.kind is AuthenticatorKind.TOTP
        )
        step = authenticator_app.step_of(seed.secret, code, now_us)
        if step is None or step <= seed.counter:
            log.warning("sign-on with a wrong code", operator=record.id, address=address)
            raise NotSignedOn("the code is wrong, or was used already", Fault.CODE_WRONG, record.id)
        used = msgspec.structs.replace(seed, counter=step)
        return VerifiedCredential(operator=record.id, as_of=as_of, way=SignOnMethod.CODE, used=used)

    async def by_passkey(
        self, given: passkeys.Credential, host: str | None, address: str
    ) -> VerifiedCredential:
        """Verify the signature of a passkey. Raises NotSignedOn, and BadBody for a malformed id."""
        web = self._web
        party = passkeys.relying_party(web.proxies.origin, host)
        if party is None:
            raise NotSignedOn(
                "passkeys do not work at this address: use the host name in http.public_url",
                Fault.NO_PASSKEYS_HERE,
            )
        try:
            which = passkeys.unbase64(given.id)
        except ValueError as error:
            raise BadBody("expected base64url", "$.passkey.id") from error
        challenge = passkeys.challenge_of(given)
        fault = Fault.PASSKEY_UNKNOWN
        known = web.queries.authenticator(which)
        if known is None or known.kind is not AuthenticatorKind.PASSKEY:
            raise self.count_unknown("passkey", address, fault)
        as_of = web.queries.changes_of(known.operator)
        known = web.queries.authenticator(which)
        if known is None or not web.challenges.is_good(challenge, TO_SIGN_ON):
            raise self.count_unknown("passkey", address, fault)
        handle = passkeys.base64(web.challenges.handle_of(known.operator))
        if given.response.user_handle not in (None, handle):
            raise self.count_unknown("passkey", address, fault)
        found = await asyncio.to_thread(
            passkeys.verify_assertion, given, challenge, party, known.secret, known.counter
        )
        if found is None:
            raise self.count_unknown("passkey", address, fault)
        used = msgspec.structs.replace(known, counter=found.counter, backed_up=found.backed_up)
        return VerifiedCredential(
            operator=known.operator, as_of=as_of, way=SignOnMethod.PASSKEY, challenge=challenge, used=used
        )
