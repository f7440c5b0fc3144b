-- The latest imports. One that is running is heard of again and again, so that one whose process is gone can be told.
CREATE TABLE imports (
    id INTEGER NOT NULL PRIMARY KEY,
    started_at INTEGER NOT NULL,
    heard_of_at INTEGER NOT NULL,
    finished_at INTEGER,
    actor TEXT,
    source TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    standing TEXT NOT NULL,
    error TEXT
) STRICT;
