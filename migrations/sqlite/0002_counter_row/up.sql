INSERT INTO counter VALUES (1, 0, 0, 0, 0, 0);
