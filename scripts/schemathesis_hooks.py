"""What schemathesis has to be told of the server: who asks, and the formats that are no JSON."""

import itertools
import os

import requests
import schemathesis

URL = os.environ["MARQUEE_URL"]
# The tokens of several admins: what is tried may remove some of these, or end their tokens.
TOKENS = os.environ["MARQUEE_TOKENS"].split()
MAY_END_TOKENS = {"logout", "delete_token", "change_password", "patch_user", "delete_user"}


def signed(token):
    return {"Authorization": f"Bearer {token}"}


@schemathesis.auth(refresh_interval=None)
class AsAdmin:
    """Every request is an admin's, and none suffers for what one before it has ended."""

    checked = False

    def get(self, case, ctx):
        while not AsAdmin.checked:
            me = requests.get(f"{URL}/api/v1/auth/me", headers=signed(TOKENS[0]), timeout=10)
            AsAdmin.checked = me.status_code == 200 and me.json()["role"] == "admin"
            if not AsAdmin.checked:
                del TOKENS[0]
        if case.operation.definition.raw.get("operationId") not in MAY_END_TOKENS:
            return TOKENS[0]
        AsAdmin.checked = False
        body = {"name": "to be ended"}
        return requests.post(f"{URL}/api/v1/tokens", json=body, headers=signed(TOKENS[0]), timeout=10).json()["token"]

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers.update(signed(data))


KEYS = itertools.count()


@schemathesis.hook
def map_headers(ctx, headers):
    """A key that is used again replays an answer, perhaps about something that is gone by now."""
    if headers and "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f"key {next(KEYS)}"
    return headers


@schemathesis.serializer("application/x-ndjson", "text/csv")
def as_text(ctx, value):
    """Feeds are documented as texts."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", errors="replace")
