-- The changes by who made them, nobody by name included. MySQL has no CREATE INDEX IF NOT EXISTS.
SET @missing = (
    SELECT COUNT(*) = 0 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'changes' AND index_name = 'changes_actor'
);
SET @statement = IF(@missing, 'ALTER TABLE changes ADD KEY changes_actor (actor, seq)', 'DO 0');
PREPARE change_changes FROM @statement;
EXECUTE change_changes;
DEALLOCATE PREPARE change_changes;
