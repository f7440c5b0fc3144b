-- When the token was last used, noted at most once a minute. MySQL has no ADD COLUMN IF NOT EXISTS.
SET @missing = (
    SELECT COUNT(*) = 0 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'tokens' AND column_name = 'last_used_at'
);
SET @statement = IF(@missing, 'ALTER TABLE tokens ADD COLUMN last_used_at BIGINT', 'DO 0');
PREPARE change_tokens FROM @statement;
EXECUTE change_tokens;
DEALLOCATE PREPARE change_tokens;
