#!/usr/bin/env bash
# A client of Marquee in bash: see README.md.
set -euo pipefail

url=${MARQUEE_URL:-http://127.0.0.1:8080}
user=${MARQUEE_USER:-admin}
# --fail-with-body: an error's explanation is shown, and ends the script.
call() { curl --silent --show-error --fail-with-body "$@"; }

# The password goes through standard input, where nobody else on the machine can see it.
token=$(jq -n --arg username "$user" '{username: $username, password: env.MARQUEE_PASSWORD}' |
  call "$url/api/v1/auth/login" --json @- | jq -r .token)
signed=(--header "Authorization: Bearer $token")

# A list, page by page: `next` leads on until there is no more.
count=0
next='/api/v1/movies?genre=Drama&sort=-imdb_score&limit=100'
while [ "$next" != null ]; do
  page=$(call "$url$next")
  count=$((count + $(jq '.items | length' <<<"$page")))
  next=$(jq -r .next <<<"$page")
done
echo "$count dramas"

# A new movie. Sent again with the same key, it is not added twice.
movie='{"name": "An Example", "director": "Ann Author", "year": 2024, "genres": ["Drama"]}'
key=$(cat /proc/sys/kernel/random/uuid)
id=$(call "${signed[@]}" --header "Idempotency-Key: $key" --json "$movie" "$url/api/v1/movies" | jq .id)
again=$(call "${signed[@]}" --header "Idempotency-Key: $key" --json "$movie" "$url/api/v1/movies" | jq .id)
[ "$id" = "$again" ]

# A change, unless somebody else changed the movie since it was read: that would be a 412.
etag=$(call --dump-header - --output /dev/null "$url/api/v1/movies/$id" | tr -d '\r' | sed -n 's/^etag: //Ip')
call "${signed[@]}" --request PATCH --header "If-Match: $etag" --json '{"imdb_score": 7.5}' "$url/api/v1/movies/$id" |
  jq -r '"\(.name): \(.imdb_score)"'

# Away, and back under the same id.
call "${signed[@]}" --request DELETE "$url/api/v1/movies/$id"
call "${signed[@]}" --request POST "$url/api/v1/movies/$id/restore" >/dev/null

# What was recorded of it, the last first.
call "${signed[@]}" "$url/api/v1/movies/$id/history" | jq -r '.items[] | "\(.version) \(.action) by \(.actor)"'
call "${signed[@]}" --request DELETE "$url/api/v1/movies/$id"
call "${signed[@]}" --request POST "$url/api/v1/auth/logout"
