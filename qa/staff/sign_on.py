"""Signing on at a provider that speaks OpenID Connect, by Authlib.

Authorization code with PKCE, state and nonce. What the provider says of a person is believed only
when it is signed by its key, for us, for this one try.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError, create_ssl_context
from joserfc.errors import JoseError

from qa.settings import Settings
from qa.staff.errors import KeyUnusable, SignOnFailed
from qa.staff.roles import Role

SECRET_VARIABLE = "QUOTEWELL_OIDC_SECRET"
PATIENCE_S = 10.0  # for each answer of the provider
VALID_S = 600.0  # from leaving for the provider to coming back
ALGORITHMS = frozenset(
    f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
"""Signatures by a key that only the provider has; none that a shared secret could make."""
_NAMED_BY = ("preferred_username", "email", "sub")


class Departure(NamedTuple):
    """Where a browser is sent, and what must be known again when it comes back."""

    url: str
    kept: dict[str, Any]


class Arrival(NamedTuple):
    """Who came back from the provider: who they are there, what they are called, their role."""

    subject: str
    name: str
    shown: str
    role: Role


class SignOn:
    """The provider that the settings name. Raises `KeyUnusable` without our secret there."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        self._client_id, self._claim = settings.oidc_client, settings.oidc_claim
        values = (settings.oidc_viewer, settings.oidc_reviewer, settings.oidc_admin)
        self._roles = dict(zip(Role, values, strict=True))
        self._provider = OAuth().register(
            "provider",
            client_id=settings.oidc_client,
            client_secret=_secret(settings),
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": PATIENCE_S,
                "verify": create_ssl_context(),  # made once: it takes longer than an answer
            },
        )

    async def depart(self, back: str) -> Departure:
        """Send somebody to the provider, who comes back to the address `back`."""
        try:
            await self._metadata()
            made = await self._provider.create_authorization_url(back)
        except (AuthlibBaseError, HTTPError, ValueError, KeyError, RuntimeError) as error:
            raise SignOnFailed(self._unreached(error)) from error
        kept = {name: made[name] for name in ("state", "nonce", "code_verifier")}
        return Departure(made["url"], {**kept, "back": back, "at": time.time()})

    async def arrive(self, query: Mapping[str, str], kept: Mapping[str, Any] | None) -> Arrival:
        """Who comes back with this query, having left with what was `kept`."""
        if not kept or not 0 <= time.time() - kept["at"] <= VALID_S:
            raise SignOnFailed("signing on took too long, or began elsewhere; begin again")
        if query.get("state") != kept["state"]:
            raise SignOnFailed("this did not begin in this browser; begin again")
        if "code" not in query:
            raise SignOnFailed("the provider did not sign you on; begin again, or ask its admins")
        try:
            claims = await self._claims(query["code"], kept)
        except (AuthlibBaseError, JoseError) as error:
            said = getattr(error, "error", type(error).__name__)
            raise SignOnFailed(
                f"what the provider sent does not hold ({said}); begin again"
            ) from error
        except (HTTPError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise SignOnFailed(self._unreached(error)) from error
        return self._arrival(claims)

    async def _claims(self, code: str, kept: Mapping[str, Any]) -> Mapping[str, Any]:
        await self._metadata()
        token = await self._provider.fetch_access_token(
            redirect_uri=kept["back"], code=code, code_verifier=kept["code_verifier"]
        )
        options = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        claims = await self._provider.parse_id_token(token, kept["nonce"], claims_options=options)
        if not claims:
            raise SignOnFailed("the provider sent no identity; its admins must allow `openid`")
        found: Mapping[str, Any] = claims
        if not _values(found, self._claim):
            found = {**await self._more(token, claims["sub"]), **claims}
        return found

    async def _more(self, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider says elsewhere of the same person."""
        metadata = await self._provider.load_server_metadata()
        if "userinfo_endpoint" not in metadata:
            return {}
        found: Mapping[str, Any] = await self._provider.userinfo(token=token)
        return found if found.get("sub") == subject else {}

    async def _metadata(self) -> None:
        """Ask the provider about itself, once; it must be the one that was named."""
        metadata = await self._provider.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            metadata.pop("_loaded_at", None)
            raise SignOnFailed(
                f"the provider calls itself {metadata.get('issuer')!r} and not {self._issuer!r}; "
                "an admin must correct the setting oidc_issuer"
            )
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = sorted(ALGORITHMS & set(offered))

    def _arrival(self, claims: Mapping[str, Any]) -> Arrival:
        given = set(_values(claims, self._claim))
        roles = [role for role, value in self._roles.items() if value and value in given]
        if not roles:
            raise SignOnFailed(
                "you are signed on, but nobody has given you a role here; ask an admin of the "
                "provider to add you to a group that has one"
            )
        name = next(str(claims[key]) for key in _NAMED_BY if claims.get(key))
        return Arrival(
            f"{self._issuer} {claims['sub']}", name, str(claims.get("name") or name), roles[-1]
        )

    def _unreached(self, error: Exception) -> str:
        host = urlsplit(self._issuer).netloc
        said = type(error).__name__
        return f"the provider of sign-on at {host} does not answer as it should ({said}); try later"


def _values(claims: Mapping[str, Any], path: str) -> list[str]:
    """The values of a claim, a text or several; `a.b` is the claim `b` within `a`."""
    found: Any = claims
    for step in [path] if path in claims else path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, list):
        return [str(one) for one in found]
    return [str(found)] if found else []


def _secret(settings: Settings) -> str:
    """Our secret at the provider, from the environment or a file."""
    secret = os.environ.get(SECRET_VARIABLE, "")
    if not secret and settings.oidc_secret_file:
        path = Path(settings.oidc_secret_file).expanduser()
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(
                f"the secret of sign-on cannot be read from {path}; check it"
            ) from error
    if not secret:
        raise KeyUnusable(
            f"sign-on has no secret; set oidc_secret_file or the variable {SECRET_VARIABLE}"
        )
    return secret
