"""An identity service on loopback: discovery, keys, tokens, and the lies it can be told to tell."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "ecodash", "a secret of the client: %/+"


@cache
def rsa_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@dataclass
class Lies:
    """What it does differently from what it should.

    Args:
        described: changes of the discovery document.
        claims: changes of the id token; None takes a claim away.
        signed_by: makes the id token in place of the service.
        status: of the token's answer.
        slow: seconds before a token is given.
    """

    described: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    signed_by: Callable[[dict[str, Any]], str] | None = None
    status: int = 200
    slow: float = 0.0
    long: int = 0


@dataclass
class IdentityService:
    """What it was asked, and whom it vouches for.

    Args:
        login, subject: of the person who signs in.
        key: the name of the key it signs with now.
        codes: given out and not used: code → what was asked for with it.
    """

    url: str = ""
    login: str | None = "wang.jianguo"
    subject: str = "person-17"
    key: str = "first"
    told_by_userinfo: bool = False
    lies: Lies = field(default_factory=Lies)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens_asked: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """Somebody signs in at the address a browser was sent to; returns where it is sent back to."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.codes)}-{len(self.tokens_asked)}"
        self.codes[code] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?code={code}&state={query['state']}&iss={self.url}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer to a code: a code is good once, for the client and with the verifier it was asked for with."""
        self.tokens_asked.append((form, authorization))
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        }  # fmt: skip
        if self.login is not None and not self.told_by_userinfo:
            claims["preferred_username"] = self.login
        claims = {name: value for name, value in (claims | self.lies.claims).items() if value is not None}
        signed = self.lies.signed_by(claims) if self.lies.signed_by else self.sign(claims)
        return self.lies.status, {"access_token": "an access token", "token_type": "Bearer", "id_token": signed}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key, **header}, claims, rsa_key(self.key))

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            described = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
            return 200, described | self.lies.described
        if path == "/keys":
            return 200, {"keys": [rsa_key(self.key).as_dict(private=False)]}
        if path == "/token":
            time.sleep(self.lies.slow)
            return self.token(form, authorization)
        if path == "/userinfo" and authorization == "Bearer an access token":
            return 200, {"sub": self.subject, "preferred_username": self.login}
        return 404, {}


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """The old trick: the public key taken for a shared secret."""
    told = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
    code = hmac.digest(rsa_key("first").as_pem(private=False), told.encode(), "sha256")
    return f"{told}.{base64.urlsafe_b64encode(code).decode().rstrip('=')}"


def unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, rsa_key("another"))


@contextmanager
def running() -> Iterator[IdentityService]:
    """The service, until it is no longer needed."""
    service = IdentityService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            service.asked.append(path)
            status, told = service.answer(path, form, self.headers.get("authorization", ""))
            body = json.dumps(told).encode() + b" " * service.lies.long
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
