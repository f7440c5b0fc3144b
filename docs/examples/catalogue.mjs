#!/usr/bin/env node
// A client of Marquee in JavaScript: see README.md.

import { randomUUID } from "node:crypto";

const url = process.env.MARQUEE_URL ?? "http://127.0.0.1:8080";
const username = process.env.MARQUEE_USER ?? "admin";
let token;

// The answer, or an exception with the problem's explanation.
async function call(method, path, body, headers = {}) {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) {
    const { title, detail, errors } = await answer.json();
    throw new Error(`${title}: ${detail} ${JSON.stringify(errors ?? [])}`);
  }
  return answer;
}

// A list, page by page: `next` leads on until there is no more.
async function* pages(path) {
  while (path) {
    const page = await (await call("GET", path)).json();
    yield* page.items;
    path = page.next;
  }
}

const login = { username, password: process.env.MARQUEE_PASSWORD };
token = (await (await call("POST", "/api/v1/auth/login", login)).json()).token;

let dramas = 0;
for await (const _ of pages("/api/v1/movies?genre=Drama&sort=-imdb_score&limit=100")) dramas += 1;
console.log(`${dramas} dramas`);

// A new movie. Sent again with the same key, it is not added twice.
const movie = { name: "An Example", director: "Ann Author", year: 2024, genres: ["Drama"] };
const key = { "Idempotency-Key": randomUUID() };
const added = await call("POST", "/api/v1/movies", movie, key);
const again = await call("POST", "/api/v1/movies", movie, key);
if ((await added.json()).id !== (await again.json()).id) throw new Error("it was added twice");
const location = added.headers.get("Location");

// A change, unless somebody else changed the movie since it was read: that would be a 412.
const etag = (await call("GET", location)).headers.get("ETag");
const changed = await (await call("PATCH", location, { imdb_score: 7.5 }, { "If-Match": etag })).json();
console.log(`${changed.name}: ${changed.imdb_score}`);

// Away, and back under the same id.
await call("DELETE", location);
await call("POST", `${location}/restore`);

// What was recorded of it, the last first.
for (const { version, action, actor } of (await (await call("GET", `${location}/history`)).json()).items) {
  console.log(version, action, "by", actor);
}
await call("DELETE", location);
await call("POST", "/api/v1/auth/logout");
