-- 開設の案: sessions that wait for a second person; nothing of them has crossed.
ALTER TABLE planning.session ADD COLUMN planned boolean NOT NULL DEFAULT false;
