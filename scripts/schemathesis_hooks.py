"""What schemathesis has to be told of the server: who asks, and the formats that are no JSON."""

import json
import os

import requests
import schemathesis

ADMIN = {"username": "admin", "password": os.environ["MARQUEE_PASSWORD"]}
# They end a token, perhaps the one that they were called with.
ENDS_TOKENS = {"logout", "delete_token"}


@schemathesis.auth(refresh_interval=None)
class AsAdmin:
    """Every request is the admin's, and none suffers for a token that one before it has ended."""

    token = None

    def get(self, case, ctx):
        if AsAdmin.token is None:
            answer = requests.post(f"{os.environ['MARQUEE_URL']}/api/v1/auth/login", json=ADMIN, timeout=10)
            answer.raise_for_status()
            AsAdmin.token = answer.json()["token"]
        token = AsAdmin.token
        if case.operation.definition.raw.get("operationId") in ENDS_TOKENS:
            AsAdmin.token = None
        return token

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def filter_path_parameters(ctx, path_parameters):
    """The admin who asks stays one."""
    is_user = ctx.operation is not None and ctx.operation.path.startswith("/api/v1/users/")
    return not (is_user and str((path_parameters or {}).get("id")) == "1")


@schemathesis.serializer("application/x-ndjson", "text/csv")
def as_text(ctx, value):
    """Feeds are documented as texts."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", errors="replace")


@schemathesis.deserializer("application/x-ndjson")
def from_lines(ctx, response):
    """Each line is documented, not their list."""
    lines = [json.loads(line) for line in response.text.splitlines()]
    return lines[0] if lines else None
