-- booking.holder_v1 -- 手続の主: whom a draft or a case stands for, and by which channel; both follow from the login.
CREATE OR REPLACE FUNCTION booking.holder_v1(p_holder uuid, OUT subject uuid, OUT booking bigint, OUT channel text, OUT actor text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF session_user = 'out_desk' THEN
    SELECT c.subject_id, c.booking_id, 'phone', c.operator INTO subject, booking, channel, actor FROM calls.case c
     WHERE c.id = p_holder AND c.state = 'open' AND c.until_at > base.now_v1();
  ELSIF session_user = 'out_venue' THEN
    SELECT d.subject_id, d.booking_id, 'hall', coalesce(d.by, 'venue') INTO subject, booking, channel, actor FROM booking.draft d
     WHERE d.id = p_holder AND d.until_at > base.now_v1();
  ELSE
    SELECT d.subject_id, d.booking_id, 'web', 'public' INTO subject, booking, channel, actor FROM booking.draft d
     WHERE d.id = p_holder AND d.until_at > base.now_v1();
  END IF;
END $$;

-- booking.act_v1 -- the name of the act in the matrix: a caller's, a visitor's of a hall, or a resident's own.
CREATE OR REPLACE FUNCTION booking.act_v1(p_channel text, p_verb text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_channel WHEN 'phone' THEN 'case.' || CASE p_verb WHEN 'undo_cancel' THEN 'cancel' ELSE p_verb END
                        WHEN 'hall' THEN 'visit.walk_in' ELSE 'booking.' || p_verb END
$$;

-- booking.said_v1 -- 同じ申込み: what an accepted request was answered; B05 where it now asks for something else.
-- p_old is the receipt of the booking that was moved, NULL for a new one.  Nobody needs to be known: only ids are said.
CREATE OR REPLACE FUNCTION booking.said_v1(
    p_request uuid, p_old bytea, p_dose smallint, p_slot bigint, p_receipt bytea, p_slot2 bigint, p_receipt2 bytea,
    OUT booking_id bigint, OUT booking2_id bigint, OUT refusal text)
LANGUAGE plpgsql STABLE AS $$
DECLARE v_one booking.booking; v_two booking.booking; v_old bytea;
BEGIN
  SELECT * INTO v_one FROM booking.booking b WHERE b.request = p_request AND b.nth = 1;
  SELECT * INTO v_two FROM booking.booking b WHERE b.request = p_request AND b.nth = 2;
  SELECT b.receipt INTO v_old FROM booking.ending e JOIN booking.booking b ON b.id = e.booking_id WHERE e.request = p_request;
  IF (v_one.slot_id, v_one.receipt) = (p_slot, p_receipt) AND v_one.dose = coalesce(p_dose, v_one.dose)
     AND v_two.slot_id IS NOT DISTINCT FROM p_slot2 AND (p_slot2 IS NULL OR v_two.receipt = p_receipt2)
     AND v_old IS NOT DISTINCT FROM p_old THEN
    booking_id := v_one.id; booking2_id := v_two.id;
  ELSE
    refusal := 'B05';
  END IF;
END $$;

-- api.book_v1 -- 予約する: give the holder's subject one place (or a first and a second together), or say why not.
-- Asked by: public, desk, venue.  An accepted request is answered alike for ever; a refusal is not remembered.
CREATE OR REPLACE FUNCTION api.book_v1(
    p_request uuid, p_holder uuid, p_dose smallint, p_slot bigint, p_receipt bytea,
    p_slot2 bigint DEFAULT NULL, p_receipt2 bytea DEFAULT NULL,
    OUT booking_id bigint, OUT booking2_id bigint, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_now       timestamptz := base.now_v1();
  v_subject   uuid;
  v_programme text;
  v_product   text;
  v_on        date;
  v_for       record;
  v_act       text;
BEGIN
  -- The commonest case by the shortest way: one place, by a resident, of a dose that counts from no other.  What take_v1 does, with
  -- the draft in the same look and no further function; each call and each expression costs a hundredth of a booking (bench/booking.py).
  SELECT d.subject_id, s.programme, s.product, s.on_date INTO v_subject, v_programme, v_product, v_on
    FROM booking.draft d, booking.slot s, booking.entitlement e
   WHERE p_slot2 IS NULL AND session_user NOT IN ('out_desk', 'out_venue') AND d.id = p_holder AND d.until_at > v_now
     AND s.id = p_slot AND s.state = 'open' AND s.offered AND s.taken_web < s.cap_web AND s.on_date + s.at > v_now AT TIME ZONE 'Asia/Tokyo'
     AND e.subject_id = d.subject_id AND e.dose = p_dose AND s.on_date BETWEEN e.from_on AND e.until_on AND s.product = ANY (e.products)
     AND (e.opens_at IS NULL OR e.opens_at <= v_now) AND NOT e.after_previous
     FOR SHARE OF e;
  IF FOUND THEN
    INSERT INTO booking.booking (request, nth, subject_id, programme, dose, slot_id, on_date, product, share, channel, receipt, made_at)
    VALUES (p_request, 1, v_subject, v_programme, p_dose, p_slot, v_on, v_product, 'web', 'web', p_receipt, v_now)
    ON CONFLICT DO NOTHING RETURNING id INTO booking_id;
    UPDATE booking.slot SET taken_web = taken_web + 1
     WHERE id = p_slot AND booking_id IS NOT NULL AND taken_web < cap_web AND state = 'open' AND offered;
    IF FOUND THEN
      INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, subject, fields, request)
      VALUES (v_now, 'public', audit.zone_v1(), 'booking.book', 'booking ' || booking_id, v_subject, '{slot,dose}', p_request);
      INSERT INTO bridge.outbox (type, body)
      VALUES ('booking.made', jsonb_build_object('id', booking_id, 'subject', v_subject, 'programme', v_programme, 'dose', p_dose,
              'slot', p_slot, 'channel', 'web', 'made_at', v_now));
      RETURN;
    END IF;
    DELETE FROM booking.booking WHERE id = booking_id;
    booking_id := NULL;
  END IF;

  v_for := booking.holder_v1(p_holder);
  v_act := booking.act_v1(v_for.channel, 'book');
  IF v_for.subject IS NULL THEN
    refusal := CASE WHEN EXISTS (SELECT FROM booking.booking b WHERE b.request = p_request) THEN 'twin' ELSE 'B07' END;
  ELSIF p_slot2 IS NULL THEN
    SELECT t.booking_id, t.refusal INTO booking_id, refusal
      FROM booking.take_v1(p_request, 1::smallint, v_for.subject, p_dose, p_slot, p_receipt, v_for.channel, v_for.actor, v_act) t;
  ELSE
    BEGIN                                 -- both or none; both entitlements before any slot: nobody waits in a circle
      PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject AND e.dose IN (p_dose, p_dose + 1) ORDER BY e.dose FOR SHARE;
      SELECT t.booking_id, t.refusal INTO booking_id, refusal
        FROM booking.take_v1(p_request, 1::smallint, v_for.subject, p_dose, p_slot, p_receipt, v_for.channel, v_for.actor, v_act) t;
      IF refusal IS NULL THEN
        SELECT t.booking_id, t.refusal INTO booking2_id, refusal
          FROM booking.take_v1(p_request, 2::smallint, v_for.subject, (p_dose + 1)::smallint, p_slot2, p_receipt2, v_for.channel, v_for.actor, v_act) t;
      END IF;
      IF refusal IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = refusal; END IF;
    EXCEPTION WHEN SQLSTATE 'SS001' THEN
      refusal := SQLERRM; booking_id := NULL; booking2_id := NULL;
    END;
  END IF;
  IF refusal = 'twin' THEN
    SELECT * INTO booking_id, booking2_id, refusal FROM booking.said_v1(p_request, NULL, p_dose, p_slot, p_receipt, p_slot2, p_receipt2);
  END IF;
END $$;

-- booking.mine_v1 -- the booking in one of these states that a receipt code of the holder's subject proves; locked.
CREATE OR REPLACE FUNCTION booking.mine_v1(p_subject uuid, p_receipt bytea, p_states text[]) RETURNS booking.booking
LANGUAGE plpgsql AS $$
DECLARE v_mine booking.booking;
BEGIN
  SELECT * INTO v_mine FROM booking.booking b
   WHERE b.receipt = p_receipt AND b.subject_id = p_subject AND b.state = ANY (p_states) FOR UPDATE;
  RETURN v_mine;
END $$;

-- booking.hanging_v1 -- 次の回の予約: the active booking of the next dose whose interval counts from this one; locked.
CREATE OR REPLACE FUNCTION booking.hanging_v1(p_booking booking.booking) RETURNS booking.booking
LANGUAGE plpgsql AS $$
DECLARE v_next booking.booking;
BEGIN
  SELECT b.* INTO v_next FROM booking.booking b
   WHERE b.subject_id = p_booking.subject_id AND b.dose = p_booking.dose + 1 AND b.state = 'active'
     AND NOT EXISTS (SELECT FROM booking.entitlement e WHERE e.subject_id = b.subject_id AND e.dose = b.dose AND NOT e.after_previous)
     FOR UPDATE OF b;
  RETURN v_next;
END $$;

-- booking.end_v1 -- 予約の終わり: end one booking, tell the inside, give the place back later.
-- p_act: the act to enter into the audit log; NULL where the entry of the new booking tells of it (a move).
CREATE OR REPLACE FUNCTION booking.end_v1(p_booking booking.booking, p_how text, p_actor text, p_request uuid, p_undo interval, p_act text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking.booking SET state = p_how, ended_at = base.now_v1(), ended_by = p_request WHERE id = p_booking.id;
  PERFORM booking.give_back_v1(p_booking, p_undo);
  IF p_act IS NOT NULL THEN
    PERFORM audit.put_v1(p_act, p_actor, 'done', 'booking ' || p_booking.id, CASE WHEN p_act NOT LIKE 'visit.%' THEN p_booking.subject_id END,
                         p_fields => '{slot}', p_request => p_request);
  END IF;
  PERFORM bridge.put_v1('booking.ended', jsonb_build_object('id', p_booking.id, 'how', p_how, 'at', base.now_v1()));
END $$;

-- booking.ended_v1 -- what a request that ended or revived a booking was answered: NULL never seen, B05 it was something else.
CREATE OR REPLACE FUNCTION booking.ended_v1(p_request uuid, p_what text, p_receipt bytea, OUT answer int, OUT refusal text)
LANGUAGE plpgsql STABLE AS $$
DECLARE v_said record;
BEGIN
  SELECT e.what, e.answer, b.receipt INTO v_said
    FROM booking.ending e LEFT JOIN booking.booking b ON b.id = e.booking_id WHERE e.request = p_request;
  IF NOT FOUND THEN RETURN; END IF;
  IF v_said.what = p_what AND v_said.receipt = p_receipt THEN answer := v_said.answer::int; ELSE refusal := 'B05'; END IF;
END $$;

-- api.cancel_v1 -- 取り消す: end a booking that the receipt code proves; a next dose that hangs on it ends with it.
-- Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.cancel_v1(p_request uuid, p_holder uuid, p_receipt bytea, OUT ended int, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_for  record;
  v_mine booking.booking;
  v_next booking.booking;
  v_act  text;
BEGIN
  SELECT * INTO ended, refusal FROM booking.ended_v1(p_request, 'cancel', p_receipt);
  IF coalesce(ended::text, refusal) IS NOT NULL THEN RETURN; END IF;
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject ORDER BY e.dose FOR NO KEY UPDATE;  -- no booking of the next dose in flight
  v_mine := booking.mine_v1(v_for.subject, p_receipt, '{active}');
  IF v_mine.id IS NULL THEN
    SELECT * INTO ended, refusal FROM booking.ended_v1(p_request, 'cancel', p_receipt);          -- a twin was faster
    IF ended IS NULL AND refusal IS NULL THEN refusal := 'B09'; END IF;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_mine.id AND v.state <> 'cancelled') THEN refusal := 'B10'; RETURN; END IF;
  v_act := booking.act_v1(v_for.channel, 'cancel');
  PERFORM booking.end_v1(v_mine, 'cancelled', v_for.actor, p_request, interval '10 minutes', v_act);
  ended := 1;
  v_next := booking.hanging_v1(v_mine);
  IF v_next.id IS NOT NULL THEN
    PERFORM booking.end_v1(v_next, 'cancelled', v_for.actor, p_request, interval '10 minutes', v_act);
    ended := 2;
  END IF;
  INSERT INTO booking.ending VALUES (p_request, v_mine.id, 'cancel', ended::text);
END $$;

-- api.undo_cancel_v1 -- 取消をやめる: within ten minutes a cancelled booking (and the next that ended with it) lives again in its old place.
-- Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.undo_cancel_v1(p_request uuid, p_holder uuid, p_receipt bytea, OUT restored int, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_for  record;
  v_mine booking.booking;
  v_one  record;
BEGIN
  SELECT * INTO restored, refusal FROM booking.ended_v1(p_request, 'undo', p_receipt);
  IF coalesce(restored::text, refusal) IS NOT NULL THEN RETURN; END IF;
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject ORDER BY e.dose FOR SHARE;   -- before any booking, as withdrawals do
  v_mine := booking.mine_v1(v_for.subject, p_receipt, '{cancelled}');
  IF v_mine.id IS NULL OR v_mine.ended_at < base.now_v1() - interval '10 minutes' THEN
    SELECT * INTO restored, refusal FROM booking.ended_v1(p_request, 'undo', p_receipt);
    IF restored IS NULL AND refusal IS NULL THEN refusal := 'B11'; END IF;
    RETURN;
  END IF;
  restored := 0;
  FOR v_one IN SELECT b.*, s.state = 'open' AND s.offered AND s.on_date + s.at > base.now_v1() AT TIME ZONE 'Asia/Tokyo' AS open
                 FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id
                WHERE b.subject_id = v_for.subject AND b.state = 'cancelled' AND b.ended_by = v_mine.ended_by ORDER BY b.dose LOOP
    IF NOT v_one.open THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = 'B06'; END IF;
    DELETE FROM booking.release r WHERE r.booking_id = v_one.id;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = 'B11'; END IF;      -- the place has gone back already
    UPDATE booking.booking SET state = 'active', ended_at = NULL, ended_by = NULL WHERE id = v_one.id;
    refusal := booking.may_v1(v_for.subject, v_one.programme, v_one.dose, v_one.product, v_one.on_date);
    IF refusal IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = refusal; END IF;
    restored := restored + 1;
    PERFORM audit.put_v1(booking.act_v1(v_for.channel, 'undo_cancel'), v_for.actor, 'done', 'booking ' || v_one.id, v_for.subject,
                         p_fields => '{slot}', p_request => p_request);
    PERFORM bridge.put_v1('booking.made', jsonb_build_object('id', v_one.id, 'subject', v_one.subject_id, 'programme', v_one.programme,
      'dose', v_one.dose, 'slot', v_one.slot_id, 'channel', v_one.channel, 'made_at', v_one.made_at));
  END LOOP;
  INSERT INTO booking.ending VALUES (p_request, v_mine.id, 'undo', restored::text);
EXCEPTION
  WHEN SQLSTATE 'SS001' THEN restored := NULL; refusal := SQLERRM;
  WHEN unique_violation THEN restored := NULL; refusal := 'B04';      -- booked anew in the meantime
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
  v_act  text;
BEGIN
  PERFORM FROM booking.booking b WHERE b.request = p_request;
  IF FOUND THEN
    SELECT * INTO booking_id, booking2_id, refusal
      FROM booking.said_v1(p_request, p_receipt, NULL, p_slot, p_new_receipt, p_slot2, p_new_receipt2);
    RETURN;
  END IF;
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  IF v_for.subject IS NULL THEN refusal := 'B07'; RETURN; END IF;
  v_act := booking.act_v1(v_for.channel, 'move');
  BEGIN
    PERFORM FROM booking.entitlement e WHERE e.subject_id = v_for.subject ORDER BY e.dose FOR NO KEY UPDATE;  -- no booking of the next dose in flight
    v_mine := booking.mine_v1(v_for.subject, p_receipt, '{active}');
    IF v_mine.id IS NULL THEN
      refusal := CASE WHEN EXISTS (SELECT FROM booking.booking b WHERE b.request = p_request) THEN 'twin' ELSE 'B09' END;
    ELSIF EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_mine.id AND v.state <> 'cancelled') THEN
      refusal := 'B10';
    ELSE
      v_next := booking.hanging_v1(v_mine);
      PERFORM booking.end_v1(v_mine, 'moved', v_for.actor, p_request, interval '0', NULL);
      IF v_next.id IS NOT NULL AND p_slot2 IS NOT NULL THEN
        PERFORM booking.end_v1(v_next, 'moved', v_for.actor, p_request, interval '0', NULL);
      END IF;
      SELECT t.booking_id, t.refusal INTO booking_id, refusal
        FROM booking.take_v1(p_request, 1::smallint, v_for.subject, v_mine.dose, p_slot, p_new_receipt, v_for.channel, v_for.actor, v_act) t;
      IF refusal IS NULL AND p_slot2 IS NOT NULL THEN
        SELECT t.booking_id, t.refusal INTO booking2_id, refusal
          FROM booking.take_v1(p_request, 2::smallint, v_for.subject, (v_mine.dose + 1)::smallint, p_slot2, p_new_receipt2, v_for.channel, v_for.actor, v_act) t;
      ELSIF refusal IS NULL AND v_next.id IS NOT NULL
            AND booking.fits_v1(v_for.subject, v_next.programme, v_next.dose, v_next.product, v_next.on_date) IS NOT NULL THEN
        refusal := 'B08';                 -- the next dose stays where it is only if its interval still holds
      END IF;
    END IF;
    IF refusal IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'SS001', MESSAGE = refusal; END IF;
    INSERT INTO booking.ending VALUES (p_request, v_mine.id, 'move', '1');
  EXCEPTION WHEN SQLSTATE 'SS001' THEN
    refusal := SQLERRM; booking_id := NULL; booking2_id := NULL;
  END;
  IF refusal = 'twin' THEN
    SELECT * INTO booking_id, booking2_id, refusal
      FROM booking.said_v1(p_request, p_receipt, NULL, p_slot, p_new_receipt, p_slot2, p_new_receipt2);
  END IF;
END $$;
