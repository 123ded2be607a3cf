"""A small real provider of OpenID Connect for the tests: `python tests/provider.py`, on loopback.

It prints its address, signs everybody on at once as whom `POST /be` says, and can be told there to
do one thing wrong (`fault`). What it grants holds once, for the challenge it was asked with.
"""

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "quotewell", "a secret of the tests"
OURS = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHERS = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider(BaseHTTPRequestHandler):
    """Discovery, keys, authorization, tokens and userinfo."""

    who: ClassVar = {}
    fault = ""
    granted: ClassVar = {}
    asked: ClassVar = []

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self):
        parts = urlsplit(self.path)
        if self.fault == "away":
            self.send_error(503)
        elif parts.path == "/.well-known/openid-configuration":
            self.give(self.about())
        elif parts.path == "/keys":
            self.give({"keys": [OURS.as_dict(private=False)]})
        elif parts.path == "/asked":
            self.give(self.asked)
        elif parts.path == "/userinfo":
            self.give({"groups": self.who.get("elsewhere", []), **self.claims()})
        elif parts.path == "/authorize":
            self.authorize({k: v[0] for k, v in parse_qs(parts.query).items()})
        else:
            self.send_error(404)

    def about(self):
        return {
            "issuer": "http://127.0.0.1:9" if self.fault == "another issuer" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def claims(self):
        return {name: value for name, value in self.who.items() if name != "elsewhere"}

    def authorize(self, query):
        Provider.asked = [*self.asked, query]
        code = secrets.token_urlsafe(16)
        self.granted[code] = query
        back = {"code": code, "state": query["state"]}
        if self.fault == "refuses":
            back = {"error": "access_denied", "state": query["state"]}
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/be":
            values = json.loads(body)
            Provider.fault, Provider.who = values.pop("fault", ""), values
            self.give({})
            return
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        query = self.granted.pop(form["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = self.headers.get("authorization") == f"Basic {basic}"
        if not query or not known or challenge != query.get("code_challenge"):
            self.give({"error": "invalid_grant"}, 400)
            return
        self.give({"access_token": "x", "token_type": "Bearer", "id_token": self.token(query)})

    def token(self, query):
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            **self.claims(),
        }
        wrong = {
            "another audience": {"aud": "somebody else", "azp": CLIENT},
            "another nonce": {"nonce": "of another try"},
            "too old": {"iat": now - 9000, "exp": now - 8000},
            "signed for another": {"iss": "http://127.0.0.1:9"},
        }
        claims |= wrong.get(self.fault, {})
        if self.fault == "signed by nobody":
            head, body = ({"alg": "none"}, claims)
            parts = [base64.urlsafe_b64encode(json.dumps(p).encode()) for p in (head, body)]
            return ".".join([*(part.decode().rstrip("=") for part in parts), ""])
        if self.fault == "signed by a shared secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        key = OTHERS if self.fault == "signed by another key" else OURS
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def give(self, value, status=200):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Keep still."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
