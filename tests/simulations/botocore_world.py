"""Real botocore in a world of its own: a home folder, an environment, processes, and AWS's endpoints on loopback.

`answer(given)` says what botocore does with a `given` of the credentials engine, in the engine's words.
"""

import json
import logging
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils
from botocore.exceptions import ClientError

FAR, PAST = "2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z"
REFRESHING = {"refreshToken": "r", "clientId": "c", "clientSecret": "s", "registrationExpiresAt": FAR}
LOADER = botocore.session.Session().get_component("data_loader")


def temporary_key(seed: str) -> str:
    """The contract's formula for the key of an assumed role."""
    return "ASIA" + sha1(seed.encode()).hexdigest()[:16].upper()


class Endpoints(BaseHTTPRequestHandler):
    """The container, IMDS, STS and SSO endpoints, as the world of the moment wants them."""

    given: Mapping[str, Any] = {}
    chain: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path.startswith("/container"):
            self._container()
        elif path.path.startswith("/imds"):
            self._imds(path.path.removeprefix("/imds/latest/"))
        else:
            self._sso(parse_qs(path.query))

    def do_PUT(self) -> None:
        mode = (self.given.get("imds") or {}).get("mode", "unreachable")
        if mode == "unreachable":
            return
        status = {"v1-only": 404, "token-403": 403}.get(mode, 200)
        self._reply(status, "imds-token" if status == 200 else "")

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            self._reply(200, json.dumps({"accessToken": "fresh", "expiresIn": 3600, "tokenType": "Bearer"}))
            return
        body = parse_qs(text)
        operation, role = body["Action"][0], body["RoleArn"][0]
        signed = self.headers.get("Authorization", "")
        key = signed.partition("Credential=")[2].partition("/")[0] if signed else None
        self.chain.append({"call": operation, "role": role, "signed_with": key})
        name = role.rsplit("/", 1)[-1]
        if name.startswith("Denied"):
            self._reply(
                403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            )
            return
        keys = (
            f"<Credentials><AccessKeyId>{temporary_key(role)}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>TOK-{name}</SessionToken><Expiration>{FAR}</Expiration></Credentials>"
        )
        self._reply(200, f"<{operation}Response><{operation}Result>{keys}</{operation}Result></{operation}Response>")

    def _container(self) -> None:
        container = self.given.get("container") or {"status": 0}
        wanted, sent = container.get("requires_token", False), self.headers.get("Authorization")
        if container.get("status", 200) == 0:
            return
        if wanted and (sent != wanted if isinstance(wanted, str) else not sent):
            self._reply(401, "")
            return
        body = container.get("body", "")
        self._reply(container.get("status", 200), body if isinstance(body, str) else json.dumps(body))

    def _imds(self, path: str) -> None:
        imds = self.given.get("imds") or {"mode": "unreachable"}
        token, mode = self.headers.get("x-aws-ec2-metadata-token"), imds["mode"]
        if mode == "unreachable":
            return
        if mode == "v2" and token != "imds-token":
            self._reply(401, "")
        elif mode == "no-role":
            self._reply(404, "")
        elif path.endswith("security-credentials/"):
            self._reply(200, imds["role"])
        elif mode == "error-body":
            self._reply(200, json.dumps({"Code": "Failed", "Message": "no"}))
        else:
            keys = {
                "AccessKeyId": imds["access_key"],
                "SecretAccessKey": "s",
                "Token": imds["token"],
                "Expiration": FAR,
            }
            self._reply(200, json.dumps(keys))

    def _sso(self, query: dict[str, list[str]]) -> None:
        account, role = query["account_id"][0], query["role_name"][0]
        self.chain.append({"call": "GetRoleCredentials", "role": f"{account}:{role}", "signed_with": None})
        if role.startswith("Denied"):
            self._reply(403, json.dumps({"message": "no"}), error="ForbiddenException")
            return
        keys = {
            "accessKeyId": temporary_key(f"sso:{account}:{role}"), "secretAccessKey": "s",
            "sessionToken": f"TOK-{role}", "expiration": 4070908800000,
        }  # fmt: skip
        self._reply(200, json.dumps({"roleCredentials": keys}))

    def _reply(self, status: int, body: str, error: str = "") -> None:
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class World:
    """The endpoints and a folder in which each question gets a fresh home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoints)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What botocore does: the engine's outcome, the error by its class."""
        Endpoints.given, Endpoints.chain = given, []
        home = self._furnish(given)
        looked: list[str] = []
        with self._inside(given, home), watching(looked):
            outcome = _outcome(given.get("code", {}))
        return outcome | {"tried": looked, "chain": Endpoints.chain}

    def _furnish(self, given: Mapping[str, Any]) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        home, programs, cache = self.folder / "home", self.folder / "bin", self.folder / "home/.aws/sso/cache"
        for path in (home, programs, cache, self.folder / "sandbox"):
            path.mkdir(parents=True)
        for name, text in given.get("files", {}).items():
            path = Path(self._place(name.replace("~", str(home), 1)))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._place(text))
        for word, process in given.get("processes", {}).items():
            stdout = process.get("stdout", "")
            text = stdout if isinstance(stdout, str) else json.dumps(stdout)
            script = programs / word
            script.write_text(f"#!/bin/sh\nprintf %s {shlex.quote(text)}\nexit {process.get('rc', 0)}\n")
            script.chmod(0o755)
        for entry in given.get("sso_cache", []):
            token = {"startUrl": entry.get("start_url"), "expiresAt": PAST if entry.get("expired") else FAR}
            token |= {"accessToken": entry["token"]} if "token" in entry else {}
            token |= REFRESHING if entry.get("refreshable") else {}
            (cache / f"{sha1(entry['key'].encode()).hexdigest()}.json").write_text(json.dumps(token))
        return home

    def _place(self, text: str) -> str:
        """/sandbox is a folder of this world, CONTAINER the address of its container endpoint."""
        return text.replace("/sandbox", str(self.folder / "sandbox")).replace(
            "http://localhost/", f"{self.url}/container/"
        )

    @contextmanager
    def _inside(self, given: Mapping[str, Any], home: Path) -> Iterator[None]:
        variables = {name: self._place(str(value)) for name, value in given.get("env", {}).items()}
        variables |= {
            "HOME": str(home), "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{self.url}/imds/", "AWS_ENDPOINT_URL_STS": self.url,
            "AWS_ENDPOINT_URL_SSO": self.url, "AWS_ENDPOINT_URL_SSO_OIDC": self.url,
        }  # fmt: skip
        cache, fetcher = str(home / ".aws/sso/cache"), botocore.utils.ContainerMetadataFetcher
        with (
            patch.dict(os.environ, variables, clear=True),
            patch.object(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", cache),
            patch.object(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", cache),
            patch.object(fetcher, "full_url", lambda _, path: f"{self.url}/container{path}"),
            patch.object(fetcher, "SLEEP_TIME", 0),
        ):
            yield


def _outcome(code: Mapping[str, Any]) -> dict[str, Any]:
    empty = {"status": "none", "method": None, "access_key": None, "session_token": None, "error": None, "region": None}
    try:
        session = botocore.session.Session(profile=code.get("profile"))
        session.register_component("data_loader", LOADER)
        resolver = session.get_component("credential_provider")
        empty["region"] = session.get_config_variable("region")
        resolver.get_provider("assume-role")._prompter = lambda prompt: "123456"
        found = session.get_credentials()
        if found is None:
            return empty
        keys = found.get_frozen_credentials()
    except Exception as problem:
        name = "ClientError" if isinstance(problem, ClientError) else type(problem).__name__
        return empty | {"status": "error", "error": name}
    return empty | {
        "status": "credentials", "method": found.method, "access_key": keys.access_key, "session_token": keys.token,
    }  # fmt: skip


@contextmanager
def watching(looked: list[str]) -> Iterator[None]:
    """Collect the METHOD names that botocore says it looks for credentials via."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith("Looking for credentials via"):
                looked.append(record.getMessage().removeprefix("Looking for credentials via: "))

    logger, listener = logging.getLogger("botocore.credentials"), Listener()
    level, spreads = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = spreads
