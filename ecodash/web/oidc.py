"""Signing in at the county's own identity service (OpenID Connect): authorization code with PKCE, state and nonce.

The discovery document and the keys are fetched from the issuer when first needed, over https only, within bounds of time
and size. What the browser keeps meanwhile is one random seed, signed: state, nonce and verifier are derived from it.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.settings import Settings
from ecodash.web.forms import derived_key

SECONDS = 10.0
"""So long all questions to the identity service for one step may take together."""
LONGEST_ANSWER = 512 * 1024
KEPT_SECONDS = 3600.0
"""So long the discovery document and the keys are taken for true."""
KEYS_SECONDS = 60.0
"""An unknown key is looked for at most so often."""
LEEWAY_SECONDS = 60
"""By so much the clocks of the two machines may differ."""
SCOPE = "openid profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by keys that only the identity service has: never “none”, never a shared secret."""


class OidcFailed(UserError):
    """The identity service could not be asked, or what it said cannot be trusted.

    Args:
        why: for the log; never shown.
    """

    def __init__(self, what: str, remedy: str, why: str = "") -> None:
        super().__init__(what, remedy)
        self.why = why


@dataclass(frozen=True, slots=True)
class Asked:
    """What one sign-in is recognised by, derived from its seed."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who the identity service says somebody is.

    Args:
        subject: its own name for the person, never given to another.
        login: the claim that names the account; empty where it is not told.
    """

    issuer: str
    subject: str
    login: str


class Oidc:
    """A client of one identity service.

    Args:
        settings: issuer, client and claim.
        link_key: the installation's key.
        clock: seconds that only grow.
        now: seconds since 1970, for tokens.
    """

    def __init__(
        self,
        settings: Settings,
        link_key: bytes,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._clock, self._now = settings, clock, now
        self._key = derived_key(link_key, "oidc")
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    @staticmethod
    def new_seed() -> str:
        """What one sign-in starts from."""
        return secrets.token_urlsafe(32)

    def asked(self, seed: str) -> Asked:
        """State, nonce and verifier of a seed."""

        def derive(purpose: str) -> str:
            code = hmac.new(self._key, f"{purpose}\0{seed}".encode(), hashlib.sha256).digest()
            return base64.urlsafe_b64encode(code).decode().rstrip("=")

        return Asked(derive("state"), derive("nonce"), derive("verifier"))

    async def start(self, seed: str, back: str) -> str:
        """Where the browser is sent to sign in.

        Args:
            back: the address it is to come back to.
        Raises:
            OidcFailed: the identity service does not answer, or describes itself in a way that cannot be trusted.
        """
        asked = self.asked(seed)
        async with _asking() as client:
            described = await self._describe(client)
        address: str = prepare_grant_uri(
            described["authorization_endpoint"],
            client_id=self._settings.oidc_client_id,
            response_type="code",
            redirect_uri=back,
            scope=SCOPE,
            state=asked.state,
            nonce=asked.nonce,
            code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256",
        )
        return address

    async def finish(self, seed: str, back: str, answer: dict[str, str]) -> Known:
        """Who came back.

        Args:
            answer: what the address carries that the browser came back to.
        Raises:
            OidcFailed: it was called off, is not the answer to this browser's question, or cannot be trusted.
        """
        asked = self.asked(seed)
        if not hmac.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
            raise _not_this()
        if answer.get("error"):
            raise OidcFailed(
                _("单位统一登录没有通过。"),
                _("请重新点击“单位统一登录”；仍不行请改用账号密码登录，或联系本系统管理员。"),
                f"error={answer['error'][:100]!r}",
            )
        async with _asking() as client:
            described = await self._describe(client)
            if answer.get("iss", described["issuer"]) != described["issuer"]:
                raise _untrusted("the answer names another issuer")
            token = await self._fetch_token(client, described, answer.get("code", ""), back, asked)
            claims = await self._claims(client, described, token, asked)
            return await self._person(client, described, token, claims)

    # ── questions to the service ───────────────────────────────────────────────────────────────────────────────────

    async def _describe(self, client: httpx.AsyncClient) -> dict[str, Any]:
        if self._described is not None and self._clock() - self._described[0] < KEPT_SECONDS:
            return self._described[1]
        issuer = self._settings.oidc_issuer
        found = await _json(client, "GET", f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise _untrusted("the discovery document names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _check_address(str(found.get(name, "")))
        self._described = self._clock(), found
        return found

    async def _fetch_token(
        self, client: httpx.AsyncClient, described: dict[str, Any], code: str, back: str, asked: Asked
    ) -> dict[str, Any]:
        if not code:
            raise _untrusted("no code")
        ours, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": asked.verifier,
        }
        headers = {}
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret and "client_secret_basic" in ways:
            pair = f"{quote_plus(ours)}:{quote_plus(secret)}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": ours} | ({"client_secret": secret} if secret else {})
        return await _json(client, "POST", described["token_endpoint"], data=form, headers=headers)

    async def _claims(
        self, client: httpx.AsyncClient, described: dict[str, Any], token: dict[str, Any], asked: Asked
    ) -> CodeIDToken:
        """What the id token says, after its signature, issuer, audience, time and nonce were found right."""
        offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[one for one in ALGORITHMS if one in offered], strict_check_header=False)
        written = token.get("id_token")
        if not isinstance(written, str):
            raise _untrusted("no id token")
        try:
            try:
                read = jwt.decode(written, await self._key_set(client, described), registry=registry)
            except InvalidKeyIdError:
                # The service has new keys.
                read = jwt.decode(written, await self._key_set(client, described, is_new=True), registry=registry)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": described["issuer"]},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                },
                {
                    "nonce": asked.nonce,
                    "client_id": self._settings.oidc_client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._now()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _untrusted(f"id token: {type(error).__name__}: {error}") from error
        return claims

    async def _key_set(self, client: httpx.AsyncClient, described: dict[str, Any], *, is_new: bool = False) -> KeySet:
        kept, now = self._keys, self._clock()
        if kept is None or now - kept[0] >= (KEYS_SECONDS if is_new else KEPT_SECONDS):
            self._keys = kept = now, await _json(client, "GET", described["jwks_uri"])
        return KeySet.import_key_set(kept[1])  # type: ignore[arg-type]

    async def _person(
        self, client: httpx.AsyncClient, described: dict[str, Any], token: dict[str, Any], claims: dict[str, Any]
    ) -> Known:
        """The claim that names the account may stand in the id token or with the service's user information."""
        name = self._settings.oidc_login_claim
        login, address = claims.get(name), described.get("userinfo_endpoint")
        if not login and isinstance(address, str) and token.get("access_token"):
            _check_address(address)
            told = await _json(client, "GET", address, headers={"authorization": f"Bearer {token['access_token']}"})
            login = told.get(name) if told.get("sub") == claims["sub"] else None
        return Known(str(described["issuer"]), str(claims["sub"]), login if isinstance(login, str) else "")


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust: read once, as it takes long. SSL_CERT_FILE names others than the usual ones."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def _asking() -> AsyncIterator[httpx.AsyncClient]:
    """All questions of one step, within a time; what goes wrong on the way is told as one of ours."""
    try:
        async with asyncio.timeout(SECONDS):
            async with httpx.AsyncClient(
                verify=_tls(), timeout=SECONDS, follow_redirects=False, headers={"accept": "application/json"}
            ) as client:
                yield client
    except TimeoutError as error:
        raise _unreachable("too slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _unreachable(f"{type(error).__name__}: {error}") from error


async def _json(client: httpx.AsyncClient, method: str, address: str, **options: Any) -> dict[str, Any]:
    """The JSON object at an address, no more of it than is sensible."""
    _check_address(address)
    body = b""
    async with client.stream(method, address, **options) as answer:
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > LONGEST_ANSWER:
                raise _untrusted("an answer is too long")
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if answer.status_code != 200 or not isinstance(found, dict):
        told = found.get("error") if isinstance(found, dict) else ""
        raise _unreachable(f"{urlsplit(address).path} answered {answer.status_code} {str(told)[:100]}")
    return found


def _check_address(address: str) -> None:
    """Only over https; plain http on this machine alone."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
        return
    raise _untrusted(f"not https: {address[:200]!r}")


def _unreachable(why: str) -> OidcFailed:
    return OidcFailed(
        _("现在连不上单位统一登录服务。"),
        _("请稍后再试，或改用账号密码登录；一直不行请联系本系统管理员。"),
        why,
    )


def _untrusted(why: str) -> OidcFailed:
    return OidcFailed(
        _("单位统一登录服务的答复核对不上，没有登录。"),
        _("请重新登录一次；仍不行请把时间告诉本系统管理员，由其查看运行日志。"),
        why,
    )


def _not_this() -> OidcFailed:
    return OidcFailed(
        _("这次登录不是从本机这个浏览器开始的，或停留太久，没有登录。"),
        _("请回到登录页，重新点击“单位统一登录”。"),
        "state",
    )
