-- trust.approve_v1 -- 二人の承認: notes the first person; a second one within ten minutes completes it (S-06).
-- Turn: first (noted, somebody else is awaited), second (done), same (the first person came again: nothing is written).
CREATE OR REPLACE FUNCTION trust.approve_v1(p_act text, p_target text, p_by text, OUT turn text, OUT first_by text, OUT first_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = trust, pg_temp AS $$
DECLARE v_id bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trust.approval ' || p_act || ' ' || p_target));
  SELECT a.id, a.first_by, a.first_at INTO v_id, first_by, first_at FROM approval a
   WHERE a.act = p_act AND a.target = p_target AND a.second_by IS NULL
     AND a.first_at BETWEEN base.now_v1() - interval '10 minutes' AND base.now_v1()
   ORDER BY a.id DESC LIMIT 1;
  IF NOT FOUND THEN
    turn := 'first'; first_by := p_by; first_at := base.now_v1();
    INSERT INTO approval (act, target, first_by, first_at) VALUES (p_act, p_target, p_by, first_at);
  ELSIF first_by = p_by THEN
    turn := 'same';
  ELSE
    turn := 'second';
    UPDATE approval SET second_by = p_by, second_at = base.now_v1() WHERE id = v_id;
  END IF;
END $$;

-- trust.waiting_v1 -- 1人目の承認: the one that still waits for a second person; no row where there is none.
CREATE OR REPLACE FUNCTION trust.waiting_v1(p_act text, p_target text) RETURNS TABLE (turn text, first_by text, first_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = trust, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT 'first'::text, a.first_by, a.first_at FROM approval a
     WHERE a.act = p_act AND a.target = p_target AND a.second_by IS NULL
       AND a.first_at BETWEEN base.now_v1() - interval '10 minutes' AND base.now_v1()
     ORDER BY a.id DESC LIMIT 1;
END $$;
