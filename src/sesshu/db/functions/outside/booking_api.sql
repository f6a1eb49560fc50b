-- booking.holder_v1 -- 手続の主: whom a draft or a case stands for, and by which channel; both follow from the login.
CREATE OR REPLACE FUNCTION booking.holder_v1(p_holder uuid, OUT subject uuid, OUT booking bigint, OUT channel text, OUT actor text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF session_user = 'out_desk' THEN
    SELECT c.subject_id, c.booking_id, 'phone', c.operator INTO subject, booking, channel, actor FROM calls.case c
     WHERE c.id = p_holder AND c.state = 'open' AND c.until_at > base.now_v1();
  ELSE
    SELECT d.subject_id, d.booking_id, CASE WHEN session_user = 'out_venue' THEN 'hall' ELSE 'web' END,
           CASE WHEN session_user = 'out_venue' THEN 'venue' ELSE 'public' END
      INTO subject, booking, channel, actor FROM booking.draft d
     WHERE d.id = p_holder AND d.until_at > base.now_v1();
  END IF;
END $$;

-- api.book_v1 -- 予約する: give the holder's subject one place (or a first and a second together), or say why not.
-- Asked by: public, desk, venue.  An accepted request is answered alike for ever; a refusal is not remembered.
CREATE OR REPLACE FUNCTION api.book_v1(
    p_request uuid, p_holder uuid, p_dose smallint, p_slot bigint, p_receipt bytea,
    p_slot2 bigint DEFAULT NULL, p_receipt2 bytea DEFAULT NULL,
    OUT booking_id bigint, OUT booking2_id bigint, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  IF p_slot2 IS NULL THEN
    SELECT t.booking_id, t.refusal INTO booking_id, refusal
      FROM booking.take_v1(p_request, 1::smallint, v_for.subject, p_dose, p_slot, p_receipt, v_for.channel, v_for.actor) t;
    RETURN;
  END IF;
  BEGIN                                   -- both or none
    SELECT t.booking_id, t.refusal INTO booking_id, refusal
      FROM booking.take_v1(p_request, 1::smallint, v_for.subject, p_dose, p_slot, p_receipt, v_for.channel, v_for.actor) t;
    IF refusal IS NULL THEN
      SELECT t.booking_id, t.refusal INTO booking2_id, refusal
        FROM booking.take_v1(p_request, 2::smallint, v_for.subject, (p_dose + 1)::smallint, p_slot2, p_receipt2, v_for.channel, v_for.actor) t;
    END IF;
    IF refusal IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = refusal; END IF;
  EXCEPTION WHEN SQLSTATE 'SS001' THEN
    refusal := SQLERRM; booking_id := NULL; booking2_id := NULL;
  END;
END $$;

-- booking.mine_v1 -- the active booking that a receipt code of the holder's subject proves.
CREATE OR REPLACE FUNCTION booking.mine_v1(p_subject uuid, p_receipt bytea, p_states text[]) RETURNS booking.booking
LANGUAGE plpgsql AS $$
DECLARE v_mine booking.booking;
BEGIN
  SELECT * INTO v_mine FROM booking.booking b
   WHERE b.receipt = p_receipt AND b.subject_id = p_subject AND b.state = ANY (p_states) FOR UPDATE;
  RETURN v_mine;
END $$;

-- booking.end_v1 -- 予約の終わり: end one booking, tell the inside, give the place back later.
CREATE OR REPLACE FUNCTION booking.end_v1(p_booking booking.booking, p_how text, p_actor text, p_request uuid, p_undo interval) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking.booking SET state = p_how, ended_at = base.now_v1(), ended_by = p_request WHERE id = p_booking.id;
  PERFORM booking.give_back_v1(p_booking, p_undo);
  PERFORM audit.put_v1(CASE audit.zone_v1() WHEN 'desk' THEN 'case.' ELSE 'booking.' END || CASE p_how WHEN 'moved' THEN 'move' ELSE 'cancel' END, p_actor, 'done', 'booking ' || p_booking.id,
                       p_booking.subject_id, p_fields => '{slot}', p_request => p_request);
  PERFORM bridge.put_v1('booking.ended', jsonb_build_object('id', p_booking.id, 'how', p_how, 'at', base.now_v1()));
END $$;

-- api.cancel_v1 -- 取り消す: end a booking that the receipt code proves; a second dose that hangs on it ends with it.
-- Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.cancel_v1(p_request uuid, p_holder uuid, p_receipt bytea, OUT ended int, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_for  record;
  v_mine booking.booking;
  v_next booking.booking;
BEGIN
  SELECT e.answer::int INTO ended FROM booking.ending e WHERE e.request = p_request AND e.what = 'cancel';
  IF FOUND THEN RETURN; END IF;
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  v_mine := booking.mine_v1(v_for.subject, p_receipt, '{active}');
  IF v_mine.id IS NULL THEN
    SELECT e.answer::int INTO ended FROM booking.ending e WHERE e.request = p_request AND e.what = 'cancel';   -- a twin was faster
    IF NOT FOUND THEN refusal := 'B09'; END IF;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_mine.id AND v.state <> 'cancelled') THEN refusal := 'B10'; RETURN; END IF;
  PERFORM booking.end_v1(v_mine, 'cancelled', v_for.actor, p_request, interval '10 minutes');
  ended := 1;
  SELECT b.* INTO v_next FROM booking.booking b JOIN booking.entitlement e ON e.subject_id = b.subject_id AND e.dose = b.dose AND e.after_previous
   WHERE b.subject_id = v_for.subject AND b.dose = v_mine.dose + 1 AND b.state = 'active' FOR UPDATE OF b;
  IF FOUND THEN
    PERFORM booking.end_v1(v_next, 'cancelled', v_for.actor, p_request, interval '10 minutes');
    ended := 2;
  END IF;
  INSERT INTO booking.ending VALUES (p_request, v_mine.id, 'cancel', ended::text);
END $$;

-- api.undo_cancel_v1 -- 取消をやめる: within ten minutes a cancelled booking (and its second) lives again in its old place.
-- Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.undo_cancel_v1(p_request uuid, p_holder uuid, p_receipt bytea, OUT restored int, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_for  record;
  v_mine booking.booking;
  v_one  booking.booking;
BEGIN
  SELECT e.answer::int INTO restored FROM booking.ending e WHERE e.request = p_request AND e.what = 'undo';
  IF FOUND THEN RETURN; END IF;
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  v_mine := booking.mine_v1(v_for.subject, p_receipt, '{cancelled}');
  IF v_mine.id IS NULL OR v_mine.ended_at < base.now_v1() - interval '10 minutes' THEN refusal := 'B11'; RETURN; END IF;
  PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject FOR SHARE;
  restored := 0;
  FOR v_one IN SELECT b.* FROM booking.booking b WHERE b.subject_id = v_for.subject AND b.state = 'cancelled'
                AND b.ended_by = v_mine.ended_by ORDER BY b.dose LOOP
    DELETE FROM booking.release r WHERE r.booking_id = v_one.id;
    IF NOT FOUND THEN CONTINUE; END IF;             -- the place has gone back already
    UPDATE booking.booking SET state = 'active', ended_at = NULL, ended_by = NULL WHERE id = v_one.id;
    restored := restored + 1;
    PERFORM audit.put_v1(CASE audit.zone_v1() WHEN 'desk' THEN 'case.cancel' ELSE 'booking.undo_cancel' END, v_for.actor, 'done', 'booking ' || v_one.id, v_for.subject, p_request => p_request);
    PERFORM bridge.put_v1('booking.made', jsonb_build_object('id', v_one.id, 'subject', v_one.subject_id, 'programme', v_one.programme,
      'dose', v_one.dose, 'slot', v_one.slot_id, 'channel', v_one.channel, 'made_at', v_one.made_at));
  END LOOP;
  IF restored = 0 THEN refusal := 'B11'; restored := NULL; RETURN; END IF;
  INSERT INTO booking.ending VALUES (p_request, v_mine.id, 'undo', restored::text);
EXCEPTION WHEN unique_violation THEN
  restored := NULL; refusal := 'B04';               -- booked anew in the meantime
END $$;

-- api.move_v1 -- 変更する: another place for a booking that the receipt code proves; a pair is moved together.
-- The old booking lives until the new one is certain.  Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.move_v1(
    p_request uuid, p_holder uuid, p_receipt bytea, p_slot bigint, p_new_receipt bytea,
    p_slot2 bigint DEFAULT NULL, p_new_receipt2 bytea DEFAULT NULL,
    OUT booking_id bigint, OUT booking2_id bigint, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_for  record;
  v_mine booking.booking;
  v_next booking.booking;
  v_said booking.booking;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  v_mine := booking.mine_v1(v_for.subject, p_receipt, '{active}');
  SELECT * INTO v_said FROM booking.booking b WHERE b.request = p_request AND b.nth = 1;
  IF FOUND THEN                                     -- accepted before: the same answer, or another content
    IF v_said.subject_id = v_for.subject AND v_said.slot_id = p_slot THEN
      booking_id := v_said.id;
      SELECT b.id INTO booking2_id FROM booking.booking b WHERE b.request = p_request AND b.nth = 2;
    ELSE refusal := 'B05'; END IF;
    RETURN;
  END IF;
  IF v_mine.id IS NULL THEN refusal := 'B09'; RETURN; END IF;
  IF EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_mine.id AND v.state <> 'cancelled') THEN refusal := 'B10'; RETURN; END IF;
  BEGIN
    SELECT * INTO v_next FROM booking.booking b
     WHERE b.subject_id = v_for.subject AND b.dose = v_mine.dose + 1 AND b.state = 'active' FOR UPDATE;
    PERFORM booking.end_v1(v_mine, 'moved', v_for.actor, p_request, interval '0');
    IF v_next.id IS NOT NULL AND p_slot2 IS NOT NULL THEN
      PERFORM booking.end_v1(v_next, 'moved', v_for.actor, p_request, interval '0');
    END IF;
    SELECT t.booking_id, t.refusal INTO booking_id, refusal
      FROM booking.take_v1(p_request, 1::smallint, v_for.subject, v_mine.dose, p_slot, p_new_receipt, v_for.channel, v_for.actor) t;
    IF refusal IS NULL AND p_slot2 IS NOT NULL THEN
      SELECT t.booking_id, t.refusal INTO booking2_id, refusal
        FROM booking.take_v1(p_request, 2::smallint, v_for.subject, (v_mine.dose + 1)::smallint, p_slot2, p_new_receipt2, v_for.channel, v_for.actor) t;
    ELSIF refusal IS NULL AND v_next.id IS NOT NULL THEN
      -- The second dose stays where it is: only if its interval still holds.
      PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject AND e.dose = v_next.dose AND NOT e.after_previous
        UNION ALL
      SELECT FROM booking.booking n JOIN booking.interval_row i ON i.programme = n.programme AND i.dose = v_next.dose
         AND i.previous_product = n.product AND i.previous_on = n.on_date
       WHERE n.id = booking_id AND v_next.on_date BETWEEN i.from_on AND i.until_on AND v_next.product = ANY (i.products);
      IF NOT FOUND THEN refusal := 'B08'; END IF;
    END IF;
    IF refusal IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = refusal; END IF;
  EXCEPTION WHEN SQLSTATE 'SS001' THEN
    refusal := SQLERRM; booking_id := NULL; booking2_id := NULL;
  END;
END $$;
