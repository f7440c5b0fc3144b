-- The key is the name without differences of case, which can make a name longer.
CREATE TABLE IF NOT EXISTS genres (
    id BIGINT NOT NULL PRIMARY KEY,
    name VARCHAR(50) NOT NULL,
    name_key VARCHAR(200) NOT NULL,
    UNIQUE KEY genres_name_key (name_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
