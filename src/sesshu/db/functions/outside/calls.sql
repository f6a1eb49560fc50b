-- api.open_case_v1 -- 応対を始める: a call-centre case; the operator's earlier open cases end with it.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.open_case_v1(p_request uuid, p_operator text, OUT case_id uuid, OUT number bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('case of ' || p_operator, 0));       -- one open case each, also of two clicks at once
  SELECT c.id, c.number INTO case_id, number FROM calls.case c WHERE c.id = p_request AND c.operator = p_operator;
  IF FOUND THEN RETURN; END IF;
  UPDATE calls.case c SET state = 'closed', closed_at = base.now_v1(), outcome = 'replaced', subject_id = NULL, booking_id = NULL
   WHERE c.operator = p_operator AND c.state = 'open';
  INSERT INTO calls.case (id, operator, opened_at) VALUES (p_request, p_operator, base.now_v1())
  RETURNING calls.case.id, calls.case.number INTO case_id, number;
  PERFORM audit.put_v1('case.open', p_operator, 'done', 'case ' || number, p_request => p_request);
END $$;

-- api.show_case_v1 -- 応対の状態: how far a case is; no subject, no value.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.show_case_v1(p_case uuid, p_operator text)
RETURNS TABLE (number bigint, opened_at timestamptz, state text, matched boolean, until_at timestamptz, tries_left int, proven boolean, outcome text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT c.number, c.opened_at, c.state, c.subject_id IS NOT NULL AND c.until_at > base.now_v1(), c.until_at,
                      greatest(3 - c.tries, 0), c.booking_id IS NOT NULL AND c.until_at > base.now_v1(), c.outcome
    FROM calls.case c WHERE c.id = p_case AND c.operator = p_operator;
END $$;

-- api.match_caller_v1 -- 本人確認: exactly one subject for what the caller said → match; the screen learns nothing else.
-- p_kind 'ticket' (p_act, p_try) or 'address' (p_ask: full and lot form).  Three tries a case, and a second match of a case is a
-- try as well; the same request is one try.  A match opens the public's lock of that number.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.match_caller_v1(
    p_case uuid, p_operator text, p_kind text, p_act bytea, p_try bytea, p_ask bytea[], p_request uuid DEFAULT NULL,
    p_programme text DEFAULT NULL, OUT verdict text, OUT tries_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, booking, pg_temp AS $$
DECLARE
  v_case  calls.case;
  v_found uuid[];
  v_hit   uuid;
  v_try   bytea;
  v_tries int;
  v_now   timestamptz := base.now_v1();
BEGIN
  IF p_kind IS NULL OR p_kind NOT IN ('ticket', 'address') THEN RAISE EXCEPTION 'match_caller_v1: unknown kind' USING ERRCODE = '22023'; END IF;
  SELECT * INTO v_case FROM calls.case c WHERE c.id = p_case AND c.operator = p_operator AND c.state = 'open' FOR UPDATE;
  IF v_case.id IS NULL THEN verdict := 'closed'; tries_left := 0; RETURN; END IF;
  SELECT s.answer, s.tries_left INTO verdict, tries_left FROM calls.said s WHERE s.request = p_request AND s.case_id = p_case;
  IF FOUND THEN RETURN; END IF;
  IF v_case.tries >= 3 THEN verdict := 'spent'; tries_left := 0; RETURN; END IF;
  IF p_kind = 'ticket' THEN
    v_try := p_try;
    SELECT array_agg(s.id) INTO v_found FROM booking.subject s WHERE s.act = p_act;
    IF booking.spent_v1('desk', p_try, NULL) THEN v_found := NULL; END IF;
  ELSE
    v_try := p_ask[1];
    SELECT array_agg(f.id) INTO v_found FROM
      (SELECT s.id FROM booking.subject s
        WHERE (s.ask_full = ANY (p_ask) OR s.ask_lot = ANY (p_ask) OR s.ask_former = ANY (p_ask))
          AND s.programme = coalesce(p_programme, s.programme) LIMIT 2) f;
  END IF;
  verdict := CASE coalesce(cardinality(v_found), 0) WHEN 0 THEN 'none' WHEN 1 THEN 'match' ELSE 'several' END;
  IF verdict = 'match' THEN
    v_hit := v_found[1];
    SELECT s.try INTO v_try FROM booking.subject s WHERE s.id = v_hit;
  END IF;
  v_tries := v_case.tries + CASE WHEN v_hit IS NOT NULL AND v_case.matched_at IS NULL THEN 0 ELSE 1 END;
  tries_left := 3 - v_tries;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, 'desk', v_try, NULL, v_hit IS NOT NULL);
  UPDATE calls.case c SET tries = v_tries, subject_id = v_hit, booking_id = NULL,
         matched_at = coalesce(CASE WHEN v_hit IS NOT NULL THEN v_now END, c.matched_at),
         until_at = CASE WHEN v_hit IS NOT NULL THEN v_now + interval '20 minutes' END
   WHERE c.id = p_case;
  IF p_request IS NOT NULL THEN
    INSERT INTO calls.said VALUES (p_request, p_case, verdict, tries_left) ON CONFLICT DO NOTHING;
  END IF;
  PERFORM audit.put_v1('case.match', p_operator, verdict, 'case ' || v_case.number, v_hit,
                       p_fields => ARRAY['match by ' || p_kind], p_request => p_request);
END $$;

-- api.prove_booking_v1 -- 予約番号の確認: the caller names the receipt code; only then the operator hears place and time.
-- Three wrong codes a case; the same request is one try.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.prove_booking_v1(p_case uuid, p_operator text, p_receipt bytea, p_request uuid DEFAULT NULL, OUT ok boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, booking, pg_temp AS $$
DECLARE v_case calls.case; v_booking bigint; v_said text;
BEGIN
  SELECT * INTO v_case FROM calls.case c WHERE c.id = p_case AND c.operator = p_operator AND c.state = 'open'
     AND c.until_at > base.now_v1() FOR UPDATE;
  SELECT s.answer INTO v_said FROM calls.said s WHERE s.request = p_request AND s.case_id = v_case.id;
  IF FOUND THEN ok := v_said = 'proven'; RETURN; END IF;
  ok := false;
  IF v_case.id IS NULL OR v_case.subject_id IS NULL OR v_case.tries >= 3 THEN RETURN; END IF;
  SELECT b.id INTO v_booking FROM booking.booking b WHERE b.receipt = p_receipt AND b.subject_id = v_case.subject_id;
  ok := v_booking IS NOT NULL;
  UPDATE calls.case SET booking_id = v_booking, tries = tries + CASE WHEN ok THEN 0 ELSE 1 END WHERE id = p_case;
  IF p_request IS NOT NULL THEN
    INSERT INTO calls.said VALUES (p_request, p_case, CASE WHEN ok THEN 'proven' ELSE 'wrong' END, 0) ON CONFLICT DO NOTHING;
  END IF;
  PERFORM audit.put_v1('case.prove', p_operator, CASE WHEN ok THEN 'done' ELSE 'none' END, 'case ' || v_case.number, v_case.subject_id,
                       p_fields => CASE WHEN ok THEN '{venue,day,time}' ELSE '{}' END::text[], p_request => p_request);
END $$;

-- api.put_slip_v1 -- 引継票: a sealed wish for the office; the outside keeps ciphertext and number until the receipt.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.put_slip_v1(p_request uuid, p_case uuid, p_operator text, p_ciphertext bytea, OUT number bigint, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
DECLARE v_case calls.case; v_said calls.slip;
BEGIN
  SELECT * INTO v_case FROM calls.case c WHERE c.id = p_case AND c.operator = p_operator FOR UPDATE;       -- twins take turns
  SELECT * INTO v_said FROM calls.slip s WHERE s.request = p_request;
  IF FOUND THEN
    IF v_said.case_id = v_case.id THEN number := v_said.number; ELSE refusal := 'B05'; END IF;
    RETURN;
  END IF;
  IF v_case.id IS NULL OR v_case.state <> 'open' THEN refusal := 'B07'; RETURN; END IF;
  INSERT INTO calls.slip (request, case_id, ciphertext, made_at) VALUES (p_request, p_case, p_ciphertext, base.now_v1())
  RETURNING calls.slip.number INTO number;
  PERFORM audit.put_v1('slip.put', p_operator, 'done', 'slip ' || number, v_case.subject_id, p_request => p_request);
  PERFORM bridge.put_v1('slip.put', jsonb_build_object('number', number, 'case', v_case.number, 'subject', v_case.subject_id,
      'operator', p_operator, 'ciphertext', encode(p_ciphertext, 'base64'), 'made_at', base.now_v1()));
END $$;

-- api.close_case_v1 -- 応対を終える.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.close_case_v1(p_case uuid, p_operator text, p_outcome text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
DECLARE v_number bigint;
BEGIN
  UPDATE calls.case c SET state = 'closed', closed_at = base.now_v1(), outcome = p_outcome, subject_id = NULL, booking_id = NULL
   WHERE c.id = p_case AND c.operator = p_operator AND c.state = 'open' RETURNING c.number INTO v_number;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM calls.said s WHERE s.case_id = p_case;
  PERFORM audit.put_v1('case.close', p_operator, 'done', 'case ' || v_number);
END $$;

-- api.list_my_cases_v1 -- 本日の応対: the operator's own cases of today; numbers and outcomes only.  Asked by: desk.
CREATE OR REPLACE FUNCTION api.list_my_cases_v1(p_operator text)
RETURNS TABLE (case_id uuid, number bigint, opened_at timestamptz, closed_at timestamptz, state text, outcome text, slip bigint, slip_state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT c.id, c.number, c.opened_at, c.closed_at, c.state, c.outcome, s.number,
                      CASE s.state WHEN 'gone' THEN 'received' ELSE s.state END
    FROM calls.case c LEFT JOIN calls.slip s ON s.case_id = c.id
   WHERE c.operator = p_operator AND c.opened_at >= base.today_v1()::timestamp AT TIME ZONE 'Asia/Tokyo' ORDER BY c.number DESC LIMIT 200;
END $$;
