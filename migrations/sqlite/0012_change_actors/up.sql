-- The changes by who made them, nobody by name included.
CREATE INDEX changes_actor ON changes (actor, seq);
