//! The tables, as `migrations/` makes them.

diesel::table! {
    counter (id) {
        id -> BigInt,
        last_movie_id -> BigInt,
        last_genre_id -> BigInt,
        last_user_id -> BigInt,
        last_token_id -> BigInt,
        last_seq -> BigInt,
    }
}

diesel::table! {
    movies (id) {
        id -> BigInt,
        name -> Text,
        director -> Nullable<Text>,
        year -> Nullable<SmallInt>,
        popularity -> Nullable<Double>,
        imdb_score -> Nullable<Double>,
        runtime_minutes -> Nullable<Integer>,
        votes -> Nullable<BigInt>,
        imdb_id -> Nullable<Text>,
        overview -> Nullable<Text>,
        poster_url -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> BigInt,
        rest_key -> BigInt,
    }
}

diesel::table! {
    genres (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
    }
}

diesel::table! {
    movie_genres (movie_id, position) {
        movie_id -> BigInt,
        position -> SmallInt,
        genre_id -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
        password_hash -> Text,
        role -> Text,
        disabled -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Nullable<Text>,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    changes (seq) {
        seq -> BigInt,
        span -> BigInt,
        stamp -> BigInt,
        at -> BigInt,
        actor -> Nullable<Text>,
        via -> Text,
        kind -> Text,
        movie_id -> Nullable<BigInt>,
        genre_id -> Nullable<BigInt>,
        state_before -> Nullable<Text>,
        state_after -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (digest, part) {
        digest -> Binary,
        part -> Integer,
        fingerprint -> Binary,
        seq -> Nullable<BigInt>,
        created_at -> BigInt,
        outcome -> Binary,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        started_at -> BigInt,
        heard_of_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        actor -> Nullable<Text>,
        source -> Text,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        rejected -> BigInt,
        standing -> Text,
        error -> Nullable<Text>,
    }
}

diesel::joinable!(movie_genres -> movies (movie_id));
diesel::joinable!(tokens -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(movies, movie_genres, genres);
diesel::allow_tables_to_appear_in_same_query!(tokens, users);
