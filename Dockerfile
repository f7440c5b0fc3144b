FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmariadb-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p api -p ingest --features mysql

FROM debian:bookworm-slim
# libmariadb3 holds the MySQL client and its authentication plugins (libmariadb3/plugin/). The
# client loads caching_sha2_password from there: without it no login to MySQL 8 or later succeeds.
# curl is for the health check.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home marquee \
    && install --directory --owner=marquee /data
COPY --from=build /src/target/release/marquee /src/target/release/ingest /usr/local/bin/
# Where the settings' relative paths start: config/ and, for the first start, fixtures/imdb.json.
WORKDIR /app
COPY config config
COPY fixtures fixtures

ENV MARQUEE_ENV=production \
    MARQUEE_SERVER__HOST=0.0.0.0 \
    MARQUEE_DATABASE__URL=sqlite:/data/marquee.db \
    MARQUEE_SEARCH__PATH=/data/search
USER marquee
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["marquee"]
CMD ["serve"]
