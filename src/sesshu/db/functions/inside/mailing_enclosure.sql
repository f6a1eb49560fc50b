-- mailing.list_known_v1 -- 照合の相手: what the batch knows of each of its pieces.
CREATE OR REPLACE FUNCTION mailing.list_known_v1(p_batch int, p_from int DEFAULT NULL, p_until int DEFAULT NULL)
RETURNS TABLE (serial int, state text, pull_asked boolean, enclosed boolean)
LANGUAGE plpgsql STABLE SET search_path = mailing, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT p.serial, p.state, p.pull_asked_at IS NOT NULL, p.enclosed_at IS NOT NULL FROM piece p
     WHERE p.batch_id = p_batch AND (p_from IS NULL OR p.serial BETWEEN p_from AND p_until);
END $$;

-- mailing.enclose_v1 -- 封入済: the right envelopes of a log; what was missing and is read now is found.
CREATE OR REPLACE FUNCTION mailing.enclose_v1(p_log bigint, p_by text, OUT enclosed bigint, OUT seen_again bigint)
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v_batch int; v_now timestamptz := base.now_v1();
BEGIN
  SELECT l.batch_id INTO STRICT v_batch FROM scan_log l WHERE l.id = p_log;
  UPDATE piece p SET enclosed_at = s.at, box = s.box, position = s.position
    FROM scan s WHERE s.log_id = p_log AND s.serial IS NOT NULL AND p.batch_id = v_batch AND p.serial = s.serial
     AND p.state = 'printed' AND p.enclosed_at IS NULL;
  GET DIAGNOSTICS enclosed = ROW_COUNT;
  UPDATE difference d SET state = 'resolved', resolution = 'found', resolved_at = v_now, resolved_by = p_by
    FROM piece p WHERE d.batch_id = v_batch AND d.state = 'open' AND d.kind = 'missing' AND p.id = d.piece_id
     AND (p.enclosed_at IS NOT NULL OR EXISTS (
           SELECT FROM difference o WHERE o.piece_id = p.id AND o.log_id = p_log AND o.kind <> 'missing'));
  GET DIAGNOSTICS seen_again = ROW_COUNT;
END $$;

-- mailing.reprint_v1 -- 刷り直し: a new piece instead of a spoiled or changed one, with a code of its own, in the next print file of reprints.
CREATE OR REPLACE FUNCTION mailing.reprint_v1(p_piece bigint, OUT piece_id bigint, OUT serial int)
LANGUAGE plpgsql SET search_path = mailing, pg_temp AS $$
DECLARE v piece; v_part bigint; v_size int;
BEGIN
  SELECT * INTO STRICT v FROM piece p WHERE p.id = p_piece;
  SELECT b.part_size INTO v_size FROM batch b WHERE b.id = v.batch_id FOR UPDATE;     -- one reprint at a time: serials have no twins
  SELECT t.id INTO v_part FROM part t
   WHERE t.batch_id = v.batch_id AND t.reprint AND t.state <> 'released'
     AND (SELECT count(*) FROM piece p WHERE p.part_id = t.id) < v_size ORDER BY t.number LIMIT 1;
  IF NOT FOUND THEN
    INSERT INTO part (batch_id, number, reprint)
    SELECT v.batch_id, max(t.number) + 1, true FROM part t WHERE t.batch_id = v.batch_id RETURNING part.id INTO v_part;
  ELSE
    UPDATE part t SET state = 'planned', pages = NULL, size = NULL, sha256 = NULL, sampled = NULL, read_back = NULL, made_at = NULL
     WHERE t.id = v_part AND t.state = 'passed';
  END IF;
  INSERT INTO piece AS n (batch_id, serial, part_id, ticket_id, resident_id, seed_id, replaces)
  SELECT v.batch_id, (SELECT max(p.serial) + 1 FROM piece p WHERE p.batch_id = v.batch_id), v_part, v.ticket_id, v.resident_id, v.seed_id, v.id
  RETURNING n.id, n.serial INTO piece_id, serial;
END $$;
