-- The lives of batch, print file and piece (発送の状態遷移); the same tables as inside/mailing/batches/rules.py, a test compares.
DELETE FROM base.lifecycle WHERE name IN ('mailing batch', 'mailing part', 'mailing piece');
INSERT INTO base.lifecycle VALUES
  ('mailing batch', 'draft', 'built'), ('mailing batch', 'built', 'sealed'), ('mailing batch', 'sealed', 'released'),
  ('mailing batch', 'released', 'posted'), ('mailing batch', 'posted', 'closed'),
  ('mailing batch', 'draft', 'withdrawn'), ('mailing batch', 'built', 'withdrawn'), ('mailing batch', 'sealed', 'withdrawn'),
  ('mailing part', 'planned', 'passed'), ('mailing part', 'passed', 'planned'), ('mailing part', 'passed', 'released'),
  ('mailing piece', 'planned', 'pulled'), ('mailing piece', 'planned', 'printed'), ('mailing piece', 'printed', 'pulled'),
  ('mailing piece', 'printed', 'spoiled'), ('mailing piece', 'printed', 'posted'), ('mailing piece', 'posted', 'returned');
DROP TRIGGER IF EXISTS keeps_lifecycle ON mailing.batch;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON mailing.batch FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('mailing batch');
DROP TRIGGER IF EXISTS keeps_lifecycle ON mailing.part;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON mailing.part FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('mailing part');
DROP TRIGGER IF EXISTS keeps_lifecycle ON mailing.piece;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON mailing.piece FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('mailing piece');
-- A piece is never forgotten, and neither is what was read.
DROP TRIGGER IF EXISTS stays ON mailing.piece;
CREATE TRIGGER stays BEFORE DELETE ON mailing.piece FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();
DROP TRIGGER IF EXISTS only_grows ON mailing.scan;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON mailing.scan FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();

-- mailing.pull_v1 -- 引抜: these pieces must not go.  Not printed: withheld, and the print file that holds them is void.
-- Printed: on the pull list, until each is read there.  Others are left as they are.
CREATE OR REPLACE FUNCTION mailing.pull_v1(p_pieces bigint[], p_reason text, p_by text, OUT withheld bigint, OUT to_pull bigint, OUT void_parts bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
DECLARE v_now timestamptz := base.now_v1(); v_parts bigint[];
BEGIN
  WITH out AS (
    UPDATE piece p SET state = 'pulled', pull_reason = p_reason, pull_asked_at = v_now, ended_at = v_now, ended_by = p_by
     WHERE p.id = ANY (p_pieces) AND p.state = 'planned' RETURNING p.part_id)
  SELECT count(*), array_agg(DISTINCT o.part_id) INTO withheld, v_parts FROM out o;
  void_parts := mailing.void_parts_v1(v_parts);
  UPDATE piece p SET pull_reason = p_reason, pull_asked_at = v_now WHERE p.id = ANY (p_pieces) AND p.state = 'printed' AND p.pull_asked_at IS NULL;
  GET DIAGNOSTICS to_pull = ROW_COUNT;
END $$;

-- mailing.void_parts_v1 -- 作りなおし: print files that must not leave as they are.
CREATE OR REPLACE FUNCTION mailing.void_parts_v1(p_parts bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  UPDATE part t SET state = 'planned', pages = NULL, size = NULL, sha256 = NULL, sampled = NULL, read_back = NULL, made_at = NULL
   WHERE t.state = 'passed' AND t.id = ANY (p_parts);
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;

-- mailing.wall_v1 -- 支援措置: whoever becomes protected leaves every batch at once; no piece leads to them any more (P-07, P-15).
CREATE OR REPLACE FUNCTION mailing.wall_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
BEGIN
  PERFORM mailing.pull_v1(ARRAY(SELECT p.id FROM piece p WHERE p.resident_id = NEW.id), 'other', 'wall');
  DELETE FROM withheld w USING piece p WHERE p.resident_id = NEW.id AND w.piece_id = p.id;
  UPDATE piece p SET ticket_id = NULL, resident_id = NULL, pull_reason = CASE WHEN p.pull_reason IS NOT NULL THEN 'other' END
   WHERE p.resident_id = NEW.id;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS leaves_mailing ON register.resident;
CREATE TRIGGER leaves_mailing AFTER UPDATE OF protected ON register.resident FOR EACH ROW
  WHEN (NEW.protected AND NOT OLD.protected) EXECUTE FUNCTION mailing.wall_v1();

-- mailing.gone_v1 -- 死亡・転出・消除: the pieces of whoever is gone are withheld or on the pull list in the same moment.
CREATE OR REPLACE FUNCTION mailing.gone_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
BEGIN
  PERFORM mailing.pull_v1(ARRAY(SELECT p.id FROM piece p WHERE p.resident_id = NEW.id AND p.state IN ('planned', 'printed')),
                          mailing.why_not_v1(NEW.status, NEW.gone_at IS NOT NULL, NEW.protected, 'issued'), 'register');
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS gone_from_mailing ON register.resident;
CREATE TRIGGER gone_from_mailing AFTER UPDATE OF status, gone_at ON register.resident FOR EACH ROW
  WHEN ((NEW.status <> 'present' OR NEW.gone_at IS NOT NULL) AND (NEW.status, NEW.gone_at) IS DISTINCT FROM (OLD.status, OLD.gone_at))
  EXECUTE FUNCTION mailing.gone_v1();

-- mailing.dead_ticket_v1 -- 接種券の無効: the pieces of a dead number are withheld or on the pull list in the same moment.
CREATE OR REPLACE FUNCTION mailing.dead_ticket_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
BEGIN
  PERFORM mailing.pull_v1(ARRAY(SELECT p.id FROM piece p WHERE p.ticket_id = NEW.id AND p.state IN ('planned', 'printed')), 'void', 'ticket');
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS dead_in_mailing ON tickets.ticket;
CREATE TRIGGER dead_in_mailing AFTER UPDATE OF state ON tickets.ticket FOR EACH ROW
  WHEN (NEW.state = 'void' AND OLD.state <> 'void') EXECUTE FUNCTION mailing.dead_ticket_v1();

-- mailing.lock_v1 -- one build, hand-over or scan of a batch at a time; until the end of the transaction.
CREATE OR REPLACE FUNCTION mailing.lock_v1(p_batch int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('mailing'), p_batch);
END $$;

-- mailing.know_sizes_v1 -- 統計: tables that grew much since they were last measured are measured now.  Right after a bulk issue the planner
-- would take 280,000 rows for none and never come to an end.  p_pieces: the pieces, too, whatever is known of them.
CREATE OR REPLACE FUNCTION mailing.know_sizes_v1(p_pieces boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_temp AS $$
DECLARE v regclass;
BEGIN
  FOREACH v IN ARRAY ARRAY['register.resident', 'records.entitlement', 'tickets.ticket']::regclass[] LOOP
    IF pg_stat_get_mod_since_analyze(v) > 1000 + (SELECT greatest(reltuples, 0) * 0.1 FROM pg_class WHERE oid = v) THEN
      EXECUTE format('ANALYZE %s', v);
    END IF;
  END LOOP;
  IF p_pieces THEN ANALYZE mailing.piece; END IF;
END $$;

-- mailing.cohort_v1 -- 生まれ年度: the fiscal year of birth; 1 April belongs to the older one.
CREATE OR REPLACE FUNCTION mailing.cohort_v1(p_dob date) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_temp AS $$
  SELECT extract(year FROM (p_dob - 1) - interval '3 months')::int
$$;

-- mailing.chosen_v1 -- 抽出: residents with a live ticket and an entitlement within the days asked; never a protected one.
CREATE OR REPLACE FUNCTION mailing.chosen_v1(
    p_programme text, p_dose int, p_from date, p_until date, p_cohort_from int, p_cohort_until int, p_never boolean)
RETURNS TABLE (resident_id bigint, ticket_id bigint, dob date, postcode text, town text, banchi text, building text)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.id, t.id, r.dob, coalesce(r.postcode, ''), coalesce(r.town, ''), coalesce(r.banchi, ''), coalesce(r.building, '')
      FROM records.entitlement e
      JOIN register.resident r ON r.id = e.resident_id
      JOIN tickets.ticket t ON t.resident_id = r.id AND t.programme = p_programme AND t.state = 'issued'
     WHERE e.programme = p_programme AND e.dose = p_dose AND e.from_on <= p_until AND e.until_on >= p_from
       AND r.status = 'present' AND r.gone_at IS NULL AND NOT r.protected AND r.town <> '' AND r.banchi <> ''
       AND (p_cohort_from IS NULL OR r.dob >= make_date(p_cohort_from, 4, 2))
       AND (p_cohort_until IS NULL OR r.dob <= make_date(p_cohort_until + 1, 4, 1))
       AND NOT EXISTS (SELECT FROM piece p WHERE p.ticket_id = t.id AND p.state IN ('planned', 'printed'))
       AND NOT (p_never AND EXISTS (SELECT FROM piece p WHERE p.ticket_id = t.id AND p.state IN ('posted', 'returned')));
END $$;

-- mailing.count_v1 -- 抽出の前の人数: by fiscal year of birth, beside the population (G-03).  No person.
CREATE OR REPLACE FUNCTION mailing.count_v1(
    p_programme text, p_dose int, p_from date, p_until date, p_cohort_from int, p_cohort_until int, p_never boolean)
RETURNS TABLE (year int, population bigint, entitled bigint, ticketed bigint, chosen bigint)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH here AS (
      SELECT r.id, mailing.cohort_v1(r.dob) AS y FROM register.resident r WHERE r.status = 'present' AND r.gone_at IS NULL),
    may AS (
      SELECT e.resident_id FROM records.entitlement e
       WHERE e.programme = p_programme AND e.dose = p_dose AND e.from_on <= p_until AND e.until_on >= p_from),
    held AS (SELECT t.resident_id FROM tickets.ticket t WHERE t.programme = p_programme AND t.state = 'issued'),
    out AS (SELECT c.resident_id FROM mailing.chosen_v1(p_programme, p_dose, p_from, p_until, p_cohort_from, p_cohort_until, p_never) c)
    SELECT h.y, count(*), count(m.resident_id), count(m.resident_id) FILTER (WHERE k.resident_id IS NOT NULL), count(o.resident_id)
      FROM here h LEFT JOIN may m ON m.resident_id = h.id LEFT JOIN held k ON k.resident_id = h.id LEFT JOIN out o ON o.resident_id = h.id
     GROUP BY h.y ORDER BY h.y NULLS LAST;
END $$;

-- mailing.ranges_v1 -- 分割の範囲: how many print files a batch will have, and the postcodes from which to which each goes.
CREATE OR REPLACE FUNCTION mailing.ranges_v1(p_batch int) RETURNS TABLE (number int, first_postcode text, last_postcode text, pieces bigint)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
DECLARE v batch;
BEGIN
  SELECT * INTO STRICT v FROM batch b WHERE b.id = p_batch;
  RETURN QUERY
    SELECT x.part, min(x.postcode), max(x.postcode), count(*)
      FROM (SELECT c.postcode, ((row_number() OVER (ORDER BY c.postcode) - 1) / (v.part_size - v.seeds) + 1)::int AS part
              FROM mailing.chosen_v1(v.programme, v.dose, v.entitled_from, v.entitled_until, v.cohort_from, v.cohort_until, v.never_mailed) c) x
     GROUP BY x.part ORDER BY x.part;
END $$;

-- mailing.build_v1 -- 作成: one piece for each who is chosen and each seed, in the order of postcodes, cut into print files.
CREATE OR REPLACE FUNCTION mailing.build_v1(p_batch int, p_by text) RETURNS TABLE (pieces bigint, parts bigint)
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v batch; v_n bigint;
BEGIN
  SELECT * INTO STRICT v FROM batch b WHERE b.id = p_batch FOR UPDATE;
  SELECT count(*) INTO v_n
    FROM mailing.chosen_v1(v.programme, v.dose, v.entitled_from, v.entitled_until, v.cohort_from, v.cohort_until, v.never_mailed);
  v_n := v_n + (SELECT count(*) FROM seed s WHERE s.batch_id = p_batch);
  INSERT INTO part (batch_id, number) SELECT p_batch, n FROM generate_series(1, (v_n + v.part_size - 1) / v.part_size) n;
  INSERT INTO piece (batch_id, serial, part_id, ticket_id, resident_id, seed_id)
  SELECT p_batch, x.serial, t.id, x.ticket_id, x.resident_id, x.seed_id
    FROM (SELECT a.*, (row_number() OVER (ORDER BY a.postcode, a.town, a.banchi, a.building, a.resident_id, a.seed_id))::int AS serial
            FROM (SELECT c.resident_id, c.ticket_id, NULL::bigint AS seed_id, c.postcode, c.town, c.banchi, c.building
                    FROM mailing.chosen_v1(v.programme, v.dose, v.entitled_from, v.entitled_until, v.cohort_from, v.cohort_until, v.never_mailed) c
                  UNION ALL
                  SELECT NULL, NULL, s.id, s.postcode, s.town, s.banchi, s.building FROM seed s WHERE s.batch_id = p_batch) a) x
    JOIN part t ON t.batch_id = p_batch AND t.number = (x.serial - 1) / v.part_size + 1;
  UPDATE batch b SET state = 'built', built_at = base.now_v1(), built_by = p_by WHERE b.id = p_batch;
  PERFORM mailing.know_sizes_v1(true);
  RETURN QUERY SELECT v_n, (SELECT count(*) FROM part t WHERE t.batch_id = p_batch);
END $$;

-- mailing.why_not_v1 -- 除く理由: why a resident with this ticket must not get a letter; NULL: nothing speaks against it.
CREATE OR REPLACE FUNCTION mailing.why_not_v1(p_status text, p_gone boolean, p_protected boolean, p_ticket text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_temp AS $$
  SELECT CASE WHEN p_protected THEN 'other' WHEN p_status = 'dead' THEN 'dead' WHEN p_status = 'left' THEN 'moved'
              WHEN p_status <> 'present' OR p_gone THEN 'removed' WHEN p_ticket <> 'issued' THEN 'void' END
$$;

-- mailing.ask_v1 -- 除く方の確認: asked again at sealing, at hand-over and at posting (G-04), whatever the triggers did before.
-- Who moved within the city or changed the name: a file that holds the old words is void, a printed piece is pulled.
CREATE OR REPLACE FUNCTION mailing.ask_v1(p_batch int, p_by text, OUT withheld bigint, OUT to_pull bigint, OUT void_parts bigint)
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v record; v_got record; v_first timestamptz := (SELECT min(t.made_at) FROM part t WHERE t.batch_id = p_batch);
BEGIN
  withheld := 0; to_pull := 0; void_parts := 0;
  FOR v IN
    SELECT x.why, array_agg(x.id) AS pieces
      FROM (SELECT q.id, mailing.why_not_v1(r.status, r.gone_at IS NOT NULL, r.protected, t.state) AS why
              FROM piece q JOIN register.resident r ON r.id = q.resident_id JOIN tickets.ticket t ON t.id = q.ticket_id
             WHERE q.batch_id = p_batch AND q.state IN ('planned', 'printed') AND q.pull_asked_at IS NULL) x
     WHERE x.why IS NOT NULL GROUP BY x.why LOOP
    SELECT * INTO v_got FROM mailing.pull_v1(v.pieces, v.why, p_by);
    withheld := withheld + v_got.withheld; to_pull := to_pull + v_got.to_pull; void_parts := void_parts + v_got.void_parts;
  END LOOP;
  FOR v IN
    SELECT q.state, array_agg(DISTINCT q.id) AS pieces, array_agg(DISTINCT f.id) AS parts
      FROM register.history h JOIN piece q ON q.resident_id = h.resident_id AND q.batch_id = p_batch JOIN part f ON f.id = q.part_id
     WHERE h.until_at > v_first AND h.until_at > f.made_at AND h.changed && mailing.words_v1()
       AND q.state IN ('planned', 'printed') AND q.pull_asked_at IS NULL
     GROUP BY q.state LOOP
    IF v.state = 'planned' THEN
      void_parts := void_parts + mailing.void_parts_v1(v.parts);
    ELSE
      SELECT * INTO v_got FROM mailing.pull_v1(v.pieces, 'changed', p_by);
      to_pull := to_pull + v_got.to_pull;
    END IF;
  END LOOP;
  UPDATE batch b SET asked_at = base.now_v1() WHERE b.id = p_batch;
END $$;

-- mailing.words_v1 -- 印字する項目: fields of the register that stand on a sheet and may change.
CREATE OR REPLACE FUNCTION mailing.words_v1() RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_temp AS $$
  SELECT ARRAY['name', 'latin', 'common_name', 'postcode', 'town', 'banchi', 'building', 'dob_key']
$$;

-- mailing.changed_since_v1 -- 転居・氏名変更: did the words that stand on a sheet change since a moment?
CREATE OR REPLACE FUNCTION mailing.changed_since_v1(p_resident bigint, p_since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = register, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM history h WHERE h.resident_id = p_resident AND h.until_at > p_since AND h.changed && mailing.words_v1());
END $$;

-- mailing.list_sheets_v1 -- シートの内容: the planned pieces of one print file, with the words that stand on them.
CREATE OR REPLACE FUNCTION mailing.list_sheets_v1(p_part bigint) RETURNS TABLE (
    serial int, number text, name text, latin text, common_name text, postcode text, town text, banchi text, building text, dob_text text, past text)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
DECLARE v batch;
BEGIN
  SELECT b.* INTO STRICT v FROM part t JOIN batch b ON b.id = t.batch_id WHERE t.id = p_part;
  RETURN QUERY
    SELECT p.serial, coalesce(t.number, s.number)::text, coalesce(r.name, s.name), coalesce(r.latin, ''), coalesce(r.common_name, ''),
           coalesce(r.postcode, s.postcode), coalesce(r.town, s.town), coalesce(r.banchi, s.banchi), coalesce(r.building, s.building, ''),
           coalesce(r.dob_text, s.dob_key::text),
           CASE WHEN v.dose > 1 AND r.id IS NOT NULL THEN
             (SELECT json_agg(json_build_array(d.dose, d.given_on, d.product, d.lot_no, d.place, d.venue_id) ORDER BY d.dose)::text
                FROM records.record d
               WHERE d.resident_id = r.id AND d.programme = v.programme AND d.state = 'valid' AND d.dose < v.dose) END
      FROM piece p
      LEFT JOIN tickets.ticket t ON t.id = p.ticket_id
      LEFT JOIN register.resident r ON r.id = p.resident_id AND NOT r.protected
      LEFT JOIN seed s ON s.id = p.seed_id
     WHERE p.part_id = p_part AND p.state = 'planned' AND (r.id IS NOT NULL OR s.id IS NOT NULL)
     ORDER BY p.serial;
END $$;

-- mailing.put_part_v1 -- 印刷ファイルの記録: a file that was made and read back.  False: somebody in it was pulled or changed meanwhile.
CREATE OR REPLACE FUNCTION mailing.put_part_v1(
    p_part bigint, p_read_at timestamptz, p_serials int[], p_withheld int[], p_size bigint, p_sha256 bytea, p_sampled int, p_read_back int, p_by text)
RETURNS boolean
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v part; v_left int[];
BEGIN
  SELECT * INTO STRICT v FROM part t WHERE t.id = p_part FOR UPDATE;
  SELECT coalesce(array_agg(p.serial ORDER BY p.serial), '{}') INTO v_left FROM piece p WHERE p.part_id = p_part AND p.state = 'planned';
  IF v.state <> 'planned' OR v_left <> (SELECT coalesce(array_agg(u ORDER BY u), '{}') FROM unnest(p_serials || p_withheld) u)
     OR EXISTS (SELECT FROM piece p WHERE p.part_id = p_part AND p.state = 'planned' AND mailing.changed_since_v1(p.resident_id, p_read_at)) THEN
    RETURN false;
  END IF;
  UPDATE piece p SET state = 'pulled', pull_reason = 'unprintable', pull_asked_at = base.now_v1(), ended_at = base.now_v1(), ended_by = p_by
   WHERE p.part_id = p_part AND p.serial = ANY (p_withheld);
  IF p_serials <> '{}' THEN
    UPDATE part t SET state = 'passed', pages = cardinality(p_serials), size = p_size, sha256 = p_sha256, sampled = p_sampled,
           read_back = p_read_back, made_at = p_read_at WHERE t.id = p_part;
  END IF;
  RETURN true;
END $$;

-- mailing.release_v1 -- 引渡し: the pieces of the files that leave are printed from now on; each resident's entry says so (A-1, C-02).
CREATE OR REPLACE FUNCTION mailing.release_v1(p_batch int, p_parts bigint[], p_first text, p_second text, p_request uuid) RETURNS bigint
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v_now timestamptz := base.now_v1(); v_n bigint;
BEGIN
  UPDATE piece p SET state = 'printed', printed_at = v_now WHERE p.part_id = ANY (p_parts) AND p.state = 'planned';
  GET DIAGNOSTICS v_n = ROW_COUNT;
  UPDATE part t SET state = 'released', released_at = v_now WHERE t.id = ANY (p_parts);
  -- The numbers of the seeds are tripwires from now on: nobody else holds them.
  PERFORM tickets.bury_v1(array_agg(s.try)) FROM piece p JOIN seed s ON s.id = p.seed_id
    WHERE p.part_id = ANY (p_parts) AND p.replaces IS NULL HAVING count(*) > 0;
  UPDATE batch b SET state = CASE b.state WHEN 'sealed' THEN 'released' ELSE b.state END,
         released_at = coalesce(b.released_at, v_now), first_by = coalesce(b.first_by, p_first), second_by = coalesce(b.second_by, p_second)
   WHERE b.id = p_batch;
  PERFORM audit.put_v1('mailing.release', p_second, p_case => 'batch ' || p_batch, p_resident => p.resident_id, p_request => p_request,
                       p_fields => ARRAY['name', 'dob', 'address', 'ticket'])
     FROM piece p WHERE p.part_id = ANY (p_parts) AND p.resident_id IS NOT NULL AND p.state = 'printed';
  RETURN v_n;
END $$;

-- mailing.post_v1 -- 発送: every enclosed piece that nothing speaks against is with the carrier; each resident's entry says so.
CREATE OR REPLACE FUNCTION mailing.post_v1(p_batch int, p_by text, p_request uuid) RETURNS bigint
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v_now timestamptz := base.now_v1(); v_n bigint;
BEGIN
  UPDATE piece p SET state = 'posted', ended_at = v_now, ended_by = p_by
   WHERE p.batch_id = p_batch AND p.state = 'printed' AND p.enclosed_at IS NOT NULL AND p.pull_asked_at IS NULL;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  UPDATE batch b SET state = 'posted', posted_at = v_now, posted_by = p_by WHERE b.id = p_batch;
  PERFORM audit.put_v1('mailing.post', p_by, p_case => 'batch ' || p_batch, p_resident => p.resident_id, p_request => p_request,
                       p_fields => ARRAY['name', 'address', 'ticket'])
     FROM piece p WHERE p.batch_id = p_batch AND p.state = 'posted' AND p.resident_id IS NOT NULL;
  RETURN v_n;
END $$;

-- mailing.class_v1 -- 通数の区分: in which class of the tally a piece is counted; the twin of rules.piece_class.
CREATE OR REPLACE FUNCTION mailing.class_v1(p_state text, p_printed boolean, p_pull_asked boolean, p_off boolean, p_enclosed boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_temp AS $$
  SELECT CASE p_state WHEN 'planned' THEN 'waiting' WHEN 'pulled' THEN CASE WHEN p_printed THEN 'pulled' ELSE 'withheld' END
              WHEN 'spoiled' THEN 'spoiled' WHEN 'posted' THEN 'posted' WHEN 'returned' THEN 'posted'
              ELSE CASE WHEN p_pull_asked THEN 'to_pull' WHEN p_off THEN 'off' WHEN p_enclosed THEN 'enclosed' ELSE 'unread' END END
$$;

-- mailing.tally_v1 -- 通数の内訳: the pieces of a batch by class.
CREATE OR REPLACE FUNCTION mailing.tally_v1(p_batch int) RETURNS TABLE (
    waiting bigint, withheld bigint, printed bigint, enclosed bigint, unread bigint, to_pull bigint, off bigint,
    pulled bigint, spoiled bigint, posted bigint, returned bigint, open_differences bigint)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH off AS (SELECT DISTINCT d.piece_id FROM difference d WHERE d.batch_id = p_batch AND d.state = 'open'),
    g AS (      -- a handful of groups first: the class is asked once for each
      SELECT p.state, p.printed_at IS NOT NULL AS was_printed, p.pull_asked_at IS NOT NULL AS asked, o.piece_id IS NOT NULL AS is_off,
             p.enclosed_at IS NOT NULL AS in_envelope, count(*) AS n
        FROM piece p LEFT JOIN off o ON o.piece_id = p.id WHERE p.batch_id = p_batch GROUP BY 1, 2, 3, 4, 5),
    c AS (SELECT g.*, mailing.class_v1(g.state, g.was_printed, g.asked, g.is_off, g.in_envelope) AS class FROM g),
    s AS (
      SELECT sum(n) FILTER (WHERE class = 'waiting') AS waiting, sum(n) FILTER (WHERE class = 'withheld') AS withheld,
             sum(n) FILTER (WHERE was_printed) AS printed, sum(n) FILTER (WHERE class = 'enclosed') AS enclosed,
             sum(n) FILTER (WHERE class = 'unread') AS unread, sum(n) FILTER (WHERE class = 'to_pull') AS to_pull,
             sum(n) FILTER (WHERE class = 'off') AS off, sum(n) FILTER (WHERE class = 'pulled') AS pulled,
             sum(n) FILTER (WHERE class = 'spoiled') AS spoiled, sum(n) FILTER (WHERE class = 'posted') AS posted,
             sum(n) FILTER (WHERE c.state = 'returned') AS returned
        FROM c)
    SELECT coalesce(s.waiting, 0)::bigint, coalesce(s.withheld, 0)::bigint, coalesce(s.printed, 0)::bigint, coalesce(s.enclosed, 0)::bigint,
           coalesce(s.unread, 0)::bigint, coalesce(s.to_pull, 0)::bigint, coalesce(s.off, 0)::bigint, coalesce(s.pulled, 0)::bigint,
           coalesce(s.spoiled, 0)::bigint, coalesce(s.posted, 0)::bigint, coalesce(s.returned, 0)::bigint,
           (SELECT count(*) FROM difference d WHERE d.batch_id = p_batch AND d.state = 'open')
      FROM s;
END $$;

-- mailing.count_pulled_v1 -- 引抜の内訳: pieces pulled or to be pulled, by reason.
CREATE OR REPLACE FUNCTION mailing.count_pulled_v1(p_batch int) RETURNS TABLE (reason text, withheld bigint, pulled bigint, to_pull bigint)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT p.pull_reason, count(*) FILTER (WHERE p.printed_at IS NULL), count(*) FILTER (WHERE p.state = 'pulled' AND p.printed_at IS NOT NULL),
           count(*) FILTER (WHERE p.state = 'printed')
      FROM piece p WHERE p.batch_id = p_batch AND p.pull_reason IS NOT NULL AND p.state IN ('pulled', 'printed')
     GROUP BY p.pull_reason ORDER BY p.pull_reason;
END $$;

-- mailing.show_standing_v1 -- 返戻の確認: what register and ticket say now of the person to whom a piece was sent.
CREATE OR REPLACE FUNCTION mailing.show_standing_v1(p_piece bigint) RETURNS TABLE (known boolean, seed boolean, gone boolean, ticket_void boolean, changed boolean)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.id IS NOT NULL AND NOT r.protected, p.seed_id IS NOT NULL, coalesce(r.status <> 'present' OR r.gone_at IS NOT NULL, false),
           coalesce(t.state <> 'issued', false), coalesce(mailing.changed_since_v1(r.id, f.made_at), false)
      FROM piece p JOIN part f ON f.id = p.part_id
      LEFT JOIN register.resident r ON r.id = p.resident_id LEFT JOIN tickets.ticket t ON t.id = p.ticket_id
     WHERE p.id = p_piece;
END $$;

-- mailing.open_batches_v1 -- 進行中の発送: batches whose pieces may still have to be pulled.
CREATE OR REPLACE FUNCTION mailing.open_batches_v1() RETURNS TABLE (batch_id int)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT b.id FROM batch b WHERE b.state IN ('built', 'sealed', 'released') ORDER BY b.id;
END $$;

-- mailing.count_planned_v1 -- 印刷待ち: pieces of each print file that are still to be printed.
CREATE OR REPLACE FUNCTION mailing.count_planned_v1(p_batch int) RETURNS TABLE (pk bigint, pieces bigint)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT p.part_id, count(*) FROM piece p WHERE p.batch_id = p_batch AND p.state = 'planned' GROUP BY p.part_id;
END $$;

-- mailing.list_seed_hits_v1 -- 監視用の番号の使用: numbers of invented households that were tried; each names the job that was seen (FX-17).
CREATE OR REPLACE FUNCTION mailing.list_seed_hits_v1(p_limit int) RETURNS TABLE (at timestamptz, zone text, batch_id int, printer text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT w.at, w.zone, b.id, f.name
      FROM accountability.tripwire w JOIN seed s ON s.try = w.try JOIN batch b ON b.id = s.batch_id JOIN printer f ON f.id = b.printer_id
     ORDER BY w.id DESC LIMIT p_limit;
END $$;
