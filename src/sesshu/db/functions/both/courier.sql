-- The courier's side of the bridge.  Every function: asked by the courier (and `sesshu bridge`) alone.

-- bridge.number_v1 -- 採番: gives numbers to waiting messages and says the last number given.
-- Order: by id among the rows that are visible now.  Whoever saw another's commit drew a higher id after it, and a
-- snapshot that shows the second shows the first; so effects never overtake their causes, and a slow transaction holds
-- back nobody else (a horizon, pg_snapshot_xmin, would hold back all while a register file is being imported).
CREATE OR REPLACE FUNCTION bridge.number_v1(p_limit int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v stream; v_n bigint;
BEGIN
  SELECT * INTO v FROM stream WHERE direction = 'out';
  IF v.state <> 'running' OR NOT EXISTS (SELECT FROM outbox WHERE number IS NULL) THEN RETURN v.last_number; END IF;
  SELECT * INTO v FROM stream WHERE direction = 'out' FOR UPDATE;
  WITH waiting AS (
    SELECT w.id, row_number() OVER (ORDER BY w.id) AS nth
      FROM (SELECT o.id FROM outbox o WHERE o.number IS NULL ORDER BY o.id LIMIT p_limit) w)
  UPDATE outbox o SET epoch = v.epoch, number = v.last_number + w.nth FROM waiting w WHERE o.id = w.id;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  UPDATE stream SET last_number = last_number + v_n WHERE direction = 'out';
  RETURN v.last_number + v_n;
END $$;

-- bridge.list_v1 -- 送信待ち: numbered messages from a number on, with their sizes and without their content.
CREATE OR REPLACE FUNCTION bridge.list_v1(p_from bigint, p_limit int, OUT number bigint, OUT bulk boolean, OUT bytes int)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT o.number, o.rows IS NOT NULL, pg_column_size(o.body) + coalesce(octet_length(o.rows), 0)
      FROM outbox o WHERE o.epoch = (SELECT s.epoch FROM stream s WHERE s.direction = 'out') AND o.number >= p_from
     ORDER BY o.number LIMIT p_limit;
END $$;

-- bridge.take_v1 -- 取出し: the content of numbered messages.
CREATE OR REPLACE FUNCTION bridge.take_v1(p_from bigint, p_to bigint, OUT number bigint, OUT type text, OUT version smallint, OUT body jsonb, OUT rows text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT o.number, o.type, o.version, o.body, o.rows
      FROM outbox o WHERE o.epoch = (SELECT s.epoch FROM stream s WHERE s.direction = 'out') AND o.number BETWEEN p_from AND p_to
     ORDER BY o.number;
END $$;

-- bridge.written_v1 -- 書出し済: the folder has everything up to a number.
CREATE OR REPLACE FUNCTION bridge.written_v1(p_number bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE stream SET written = p_number WHERE direction = 'out';
END $$;

-- bridge.heard_v1 -- 受領の読取り: what the other side says it has.  done, old, ahead (it knows numbers that this side never
-- gave: this side was restored and must begin a new epoch; the stream is stopped).
CREATE OR REPLACE FUNCTION bridge.heard_v1(p_epoch int, p_last bigint, p_resend bigint, p_asked text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v stream;
BEGIN
  SELECT * INTO v FROM stream WHERE direction = 'out' FOR UPDATE;
  IF p_epoch < v.epoch THEN RETURN 'old'; END IF;
  IF p_epoch > v.epoch OR p_last > v.last_number THEN
    PERFORM bridge.stop_v1('out', 'X10', format('epoch %s number %s', p_epoch, p_last));
    RETURN 'ahead';
  END IF;
  IF p_last < v.acked THEN DELETE FROM receipt WHERE epoch = p_epoch AND last_number > p_last; END IF;
  IF p_last <> v.acked THEN
    INSERT INTO receipt (epoch, last_number, at) VALUES (p_epoch, p_last, base.now_v1()) ON CONFLICT DO NOTHING;
  END IF;
  UPDATE stream SET acked = p_last, heard_at = base.now_v1(),
         -- Fewer than before: the other side was restored.  A wish: it has lost a packet.
         written = CASE WHEN p_last < v.acked THEN least(v.written, p_last)
                        WHEN p_resend > 0 AND p_asked <> v.answered THEN least(v.written, p_resend - 1)
                        ELSE v.written END,
         answered = CASE WHEN p_resend > 0 THEN p_asked ELSE v.answered END
   WHERE direction = 'out';
  RETURN 'done';
END $$;

-- bridge.arrive_v1 -- 受領の記録: one number is applied; in the same transaction as its effect, or neither.
CREATE OR REPLACE FUNCTION bridge.arrive_v1(p_epoch int, p_number bigint, p_type text, p_result text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE stream SET last_number = p_number, asked_at = NULL, reason = ''
   WHERE direction = 'in' AND epoch = p_epoch AND last_number = p_number - 1 AND state = 'running';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'bridge: number % of epoch % does not follow', p_number, p_epoch USING ERRCODE = '40001';
  END IF;
  INSERT INTO inbox (epoch, number, type, result) VALUES (p_epoch, p_number, p_type, p_result);
END $$;

-- bridge.ask_again_v1 -- 再送の依頼: numbers are missing (X08) or were cut (X02).  True when the wish is new or 10 seconds old.
CREATE OR REPLACE FUNCTION bridge.ask_again_v1(p_code text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE stream SET asked_at = clock_timestamp(), reason = p_code
   WHERE direction = 'in' AND (asked_at IS NULL OR asked_at < clock_timestamp() - interval '10 seconds');
  RETURN FOUND;
END $$;

-- bridge.clear_v1 -- 警報の解除: what was wrong has mended itself.
CREATE OR REPLACE FUNCTION bridge.clear_v1(p_codes text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE alarm SET cleared_at = clock_timestamp(), cleared_by = 'courier' WHERE cleared_at IS NULL AND code = ANY(p_codes);
END $$;

-- bridge.alarm_v1 -- 警報: once for each open code and detail.
CREATE OR REPLACE FUNCTION bridge.alarm_v1(p_code text, p_detail text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  INSERT INTO alarm (code, detail) SELECT p_code, p_detail
   WHERE NOT EXISTS (SELECT FROM alarm a WHERE a.code = p_code AND a.detail = p_detail AND a.cleared_at IS NULL);
END $$;

-- bridge.list_alarms_v1 -- 警報の一覧: what is open, oldest first.
CREATE OR REPLACE FUNCTION bridge.list_alarms_v1(OUT at timestamptz, OUT code text, OUT detail text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT a.at, a.code, a.detail FROM alarm a WHERE a.cleared_at IS NULL ORDER BY a.id;
END $$;

-- bridge.stop_v1 -- 停止: a stream waits for a person.
CREATE OR REPLACE FUNCTION bridge.stop_v1(p_direction text, p_code text, p_detail text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE stream SET state = 'stopped', reason = p_code WHERE direction = p_direction;
  PERFORM bridge.alarm_v1(p_code, p_detail);
END $$;

-- bridge.restart_v1 -- 再開: after a person has looked.  In: everything after the last number is asked for again.  Out: it is
-- sent again; after a restore (X10) that would lose messages, so there only a new epoch helps.
CREATE OR REPLACE FUNCTION bridge.restart_v1(p_direction text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v stream;
BEGIN
  SELECT * INTO v FROM stream WHERE direction = p_direction FOR UPDATE;
  IF v.state <> 'stopped' OR v.reason = 'X10' THEN RETURN false; END IF;
  UPDATE alarm SET cleared_at = clock_timestamp(), cleared_by = p_by WHERE cleared_at IS NULL AND code = v.reason;
  UPDATE stream SET state = 'running', reason = '', written = acked,
         asked_at = CASE WHEN direction = 'in' THEN clock_timestamp() END
   WHERE direction = p_direction;
  RETURN true;
END $$;

-- bridge.begin_epoch_v1 -- 新しい世代(送信): after this side was restored.  What the other side has not applied is numbered anew, in order.
CREATE OR REPLACE FUNCTION bridge.begin_epoch_v1(p_epoch int, p_resend_after bigint, p_before bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v stream; v_n bigint;
BEGIN
  SELECT * INTO v FROM stream WHERE direction = 'out' FOR UPDATE;
  IF p_epoch <= v.epoch THEN
    RAISE EXCEPTION 'bridge: epoch % does not come after %', p_epoch, v.epoch USING ERRCODE = '22023';
  END IF;
  WITH again AS (
    SELECT o.id, row_number() OVER (ORDER BY o.number) AS nth FROM outbox o WHERE o.epoch = v.epoch AND o.number > p_resend_after)
  UPDATE outbox o SET epoch = p_epoch, number = a.nth FROM again a WHERE o.id = a.id;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  UPDATE alarm SET cleared_at = clock_timestamp(), cleared_by = 'new epoch' WHERE cleared_at IS NULL AND code = 'X10';
  UPDATE stream SET epoch = p_epoch, last_number = v_n, written = 0, acked = 0, before = p_before, answered = '', state = 'running', reason = ''
   WHERE direction = 'out';
  RETURN v_n;
END $$;

-- bridge.enter_epoch_v1 -- 新しい世代(受信): done, old, lost (the other side sent numbers that never came here), forgotten (it no longer
-- knows numbers that were applied here).
CREATE OR REPLACE FUNCTION bridge.enter_epoch_v1(p_epoch int, p_before bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v stream;
BEGIN
  SELECT * INTO v FROM stream WHERE direction = 'in' FOR UPDATE;
  IF p_epoch <= v.epoch THEN RETURN 'old'; END IF;
  IF p_before > v.last_number THEN RETURN 'lost'; END IF;
  UPDATE stream SET epoch = p_epoch, last_number = 0, asked_at = NULL, reason = '' WHERE direction = 'in';
  RETURN CASE WHEN p_before < v.last_number THEN 'forgotten' ELSE 'done' END;
END $$;

-- bridge.streams_v1 -- 系列の状態: both directions, for the courier and `sesshu bridge status`.
CREATE OR REPLACE FUNCTION bridge.streams_v1(
    OUT direction text, OUT epoch int, OUT last_number bigint, OUT written bigint, OUT acked bigint, OUT before bigint,
    OUT heard_at timestamptz, OUT asked_at timestamptz, OUT state text, OUT reason text, OUT waiting bigint, OUT alarms bigint)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT s.direction, s.epoch, s.last_number, s.written, s.acked, s.before, s.heard_at, s.asked_at, s.state, s.reason,
           CASE s.direction WHEN 'out' THEN (SELECT count(*) FROM outbox o WHERE o.number IS NULL) + s.last_number - s.acked ELSE 0 END,
           (SELECT count(*) FROM alarm a WHERE a.cleared_at IS NULL)
      FROM stream s ORDER BY s.direction DESC;
END $$;

-- bridge.purge_v1 -- 控えの廃棄: messages that the other side has had for a while, and old receipts.  Says how many messages went.
CREATE OR REPLACE FUNCTION bridge.purge_v1(p_keep interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  DELETE FROM outbox o USING stream s
   WHERE s.direction = 'out' AND o.number IS NOT NULL AND (o.epoch < s.epoch OR o.number <= s.acked)
     AND o.made_at < clock_timestamp() - p_keep;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  DELETE FROM inbox WHERE applied_at < clock_timestamp() - p_keep;
  DELETE FROM receipt WHERE at < base.now_v1() - p_keep;
  RETURN v_n;
END $$;
