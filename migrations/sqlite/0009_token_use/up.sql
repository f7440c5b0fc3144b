-- When the token was last used, noted at most once a minute.
ALTER TABLE tokens ADD COLUMN last_used_at INTEGER;
