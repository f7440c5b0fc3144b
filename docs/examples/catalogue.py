#!/usr/bin/env python3
"""A client of Marquee in Python: see README.md."""

import os
import uuid

import requests

URL = os.environ.get("MARQUEE_URL", "http://127.0.0.1:8080")
USER = os.environ.get("MARQUEE_USER", "admin")


def checked(answer):
    """The answer, or an exception with the problem's explanation."""
    if not answer.ok:
        problem = answer.json()
        raise RuntimeError(f"{problem['title']}: {problem['detail']} {problem.get('errors', '')}")
    return answer


def pages(session, path):
    """A list, page by page: `next` leads on until there is no more."""
    while path:
        page = checked(session.get(URL + path)).json()
        yield from page["items"]
        path = page["next"]


def main():
    session = requests.Session()
    login = {"username": USER, "password": os.environ["MARQUEE_PASSWORD"]}
    token = checked(session.post(f"{URL}/api/v1/auth/login", json=login)).json()["token"]
    session.headers["Authorization"] = f"Bearer {token}"

    dramas = list(pages(session, "/api/v1/movies?genre=Drama&sort=-imdb_score&limit=100"))
    print(f"{len(dramas)} dramas")

    # A new movie. Sent again with the same key, it is not added twice.
    movie = {"name": "An Example", "director": "Ann Author", "year": 2024, "genres": ["Drama"]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    added = checked(session.post(f"{URL}/api/v1/movies", json=movie, headers=key))
    again = checked(session.post(f"{URL}/api/v1/movies", json=movie, headers=key))
    assert added.json()["id"] == again.json()["id"]
    location = URL + added.headers["Location"]

    # A change, unless somebody else changed the movie since it was read: that would be a 412.
    etag = checked(session.get(location)).headers["ETag"]
    changed = checked(session.patch(location, json={"imdb_score": 7.5}, headers={"If-Match": etag})).json()
    print(f"{changed['name']}: {changed['imdb_score']}")

    # Away, and back under the same id.
    checked(session.delete(location))
    checked(session.post(f"{location}/restore"))

    # What was recorded of it, the last first.
    for change in checked(session.get(f"{location}/history")).json()["items"]:
        print(change["version"], change["action"], "by", change["actor"])
    checked(session.delete(location))
    checked(session.post(f"{URL}/api/v1/auth/logout"))


if __name__ == "__main__":
    main()
