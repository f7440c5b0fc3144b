"""Looks for secrets in the files that git tracks, and fails where it finds any.

It knows what keys and tokens look like, and assignments of long random texts to names such as `password`. A line on
which it errs is marked: `no secret` and a reason, in a comment on that line.
"""

import re
import subprocess
import sys
from pathlib import Path

RULES = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a token of Marquee": r"\bmq_[A-Za-z0-9_-]{43}\b",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a token of Slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a key of Stripe": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "a token of npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a token of PyPI": r"\bpypi-AgE[A-Za-z0-9_-]{50,}",
    "a token of Heroku": r"\bHRKU-[A-Za-z0-9_-]{30,}",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "the hash of a password": r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",
    # A text without spaces of letters and digits, as people do not make up for an example.
    "a value that looks random": r"(?i)(?:passw(?:or)?d|secret|token|api_?key)[a-z_]*[\"']?\s*(?:[:=]|=>)\s*[\"']?"
    r"(?=[^\s\"']*\d)(?=[^\s\"']*[a-z])[A-Za-z0-9+/_=.-]{20,}(?![\w({\[.:])",
    "a password in a URL": r"\b[a-z][a-z0-9+]*://[^/\s:@]+:(?=[^@\s]*\d)(?=[^@\s]*[A-Za-z])[A-Za-z0-9%_.~-]{12,}@",
}

# What each rule must find, put together here so that it is not found here.
SAMPLES = {
    "a private key": ["-----BEGIN " + "PRIVATE KEY-----", "-----BEGIN EC " + "PRIVATE KEY-----"],
    "a token of Marquee": ["mq_" + "aB3-_" * 8 + "xyz"],
    "a key of AWS": ["AKIA" + "IOSFODNN7EXAMPLE"],
    "a token of GitHub": ["ghp_" + "a1B2" * 9],
    "a JSON Web Token": ["eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3" + ".SflKxwRJSMeKKF2QT4"],
    "the hash of a password": ["$2b$12" + "$" + "R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"],
    "a value that looks random": [
        "MYSQL_PASSWORD=" + "4f0c3b9d8e7a61524f0c3b9d",
        '"api_key": "' + 'kD83hfQ0zXb71LmP92cV"',
        "token: " + "9f8e7d6c5b4a39281706f5e4",
    ],
    "a password in a URL": ["mysql://marquee:" + "h7Gk29sLqP04" + "@db/marquee"],
}


def main() -> int:
    rules = {name: re.compile(rule) for name, rule in RULES.items()}
    for name, samples in SAMPLES.items():
        for sample in samples:
            assert rules[name].search(sample), f"{name} is not found in {sample}"

    # The owner of the files may be another user, as in the workflow's container.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = 0
    for name in filter(None, names.split("\0")):
        try:
            lines = Path(name).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for number, line in enumerate(lines, 1):
            for what, rule in rules.items():
                # Checksums in lock files are no secrets.
                if rule.search(line) and "no secret" not in line and not name.endswith(".lock"):
                    print(f"{name}:{number}: {what}", file=sys.stderr)
                    found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
