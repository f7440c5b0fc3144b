FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libmariadb-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p api -p ingest --features mysql \
    && strip target/release/marquee target/release/ingest \
    && scripts/image-root /image target/release/marquee target/release/ingest \
    && mkdir /data

# Nothing but the programs and what they load: no shell, no package manager.
FROM scratch
COPY --from=build /image /
COPY --from=build --chown=10001:10001 /data /data
# Where the settings' relative paths start: config/ and, for the first start, fixtures/imdb.json.
WORKDIR /app
COPY config config
COPY fixtures fixtures

# /data is the one place that is written to: the root file system can be read-only.
ENV PATH=/usr/local/bin \
    TMPDIR=/data \
    MARQUEE_ENV=production \
    MARQUEE_SERVER__HOST=0.0.0.0 \
    MARQUEE_DATABASE__URL=sqlite:/data/marquee.db \
    MARQUEE_SEARCH__PATH=/data/search
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["marquee", "health"]
ENTRYPOINT ["marquee"]
CMD ["serve"]
