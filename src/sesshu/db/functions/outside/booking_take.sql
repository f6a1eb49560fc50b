-- booking.take_v1 -- 席を取る: one place for one subject, or why not.  The private heart of book, move and walk-in.
-- An accepted request is answered alike for ever; a refusal writes nothing and is not remembered.
CREATE OR REPLACE FUNCTION booking.take_v1(
    p_request uuid, p_nth smallint, p_subject uuid, p_dose smallint, p_slot bigint, p_receipt bytea,
    p_channel text, p_actor text, OUT booking_id bigint, OUT refusal text)
LANGUAGE plpgsql AS $$
DECLARE
  v_said booking.booking;
  v_slot record;
  v_may  record;
  v_gap  record;
  v_now  timestamp := base.now_v1() AT TIME ZONE 'Asia/Tokyo';
  v_share text;
BEGIN
  SELECT * INTO v_said FROM booking.booking b WHERE b.request = p_request AND b.nth = p_nth;
  IF FOUND THEN
    IF (v_said.subject_id, v_said.dose, v_said.slot_id) = (p_subject, p_dose, p_slot) THEN booking_id := v_said.id;
    ELSE refusal := 'B05'; END IF;
    RETURN;
  END IF;

  -- A look without a lock: a full slot refuses in one read and writes nothing.
  SELECT s.programme, s.product, s.on_date, s.at, s.venue_id, s.state,
         s.taken_web < s.cap_web AS web, s.taken_phone < s.cap_phone AS phone
    INTO v_slot FROM booking.slot s WHERE s.id = p_slot;
  IF NOT FOUND OR v_slot.state <> 'open' OR v_slot.on_date + v_slot.at <= v_now - interval '30 minutes'
     OR (p_channel <> 'hall' AND v_slot.on_date + v_slot.at <= v_now) THEN
    refusal := 'B06'; RETURN;
  END IF;
  v_share := CASE WHEN p_channel = 'web' AND v_slot.web THEN 'web'
                  WHEN p_channel = 'phone' AND v_slot.phone THEN 'phone'
                  WHEN p_channel = 'hall' AND v_slot.phone THEN 'phone'
                  WHEN p_channel = 'hall' AND v_slot.web THEN 'web' END;
  IF v_share IS NULL THEN refusal := 'B02'; RETURN; END IF;

  -- FOR SHARE: a withdrawal waits for us, or we see it.  The day of the slot counts, not today.
  SELECT e.from_on, e.until_on, e.products, e.after_previous
    INTO v_may FROM booking.entitlement e WHERE e.subject_id = p_subject AND e.dose = p_dose FOR SHARE;
  IF NOT FOUND OR v_slot.product <> ALL (v_may.products) OR v_slot.on_date > v_may.until_on THEN
    refusal := 'B03'; RETURN;
  ELSIF v_slot.on_date < v_may.from_on THEN
    refusal := 'B01'; RETURN;
  END IF;
  IF v_may.after_previous THEN
    SELECT i.from_on, i.until_on, i.products INTO v_gap
      FROM booking.previous_v1(p_subject, v_slot.programme, p_dose) w
      JOIN booking.interval_row i ON i.programme = v_slot.programme AND i.dose = p_dose
       AND i.previous_product = w.product AND i.previous_on = w.on_date;
    IF NOT FOUND OR v_slot.product <> ALL (v_gap.products) OR v_slot.on_date > v_gap.until_on THEN
      refusal := 'B03'; RETURN;
    ELSIF v_slot.on_date < v_gap.from_on THEN
      refusal := 'B01'; RETURN;
    END IF;
  END IF;

  -- Two unique indexes (request; subject and dose) decide between twins.
  INSERT INTO booking.booking (request, nth, subject_id, programme, dose, slot_id, on_date, product, share, channel, receipt)
  VALUES (p_request, p_nth, p_subject, v_slot.programme, p_dose, p_slot, v_slot.on_date, v_slot.product, v_share, p_channel, p_receipt)
  ON CONFLICT DO NOTHING RETURNING id INTO booking_id;
  IF NOT FOUND THEN
    SELECT * INTO v_said FROM booking.booking b WHERE b.request = p_request AND b.nth = p_nth;   -- a twin was faster
    IF v_said.id IS NULL THEN refusal := 'B04';
    ELSIF (v_said.subject_id, v_said.dose, v_said.slot_id) = (p_subject, p_dose, p_slot) THEN booking_id := v_said.id;
    ELSE refusal := 'B05'; END IF;
    RETURN;
  END IF;

  IF v_share = 'web' THEN
    UPDATE booking.slot SET taken_web = taken_web + 1 WHERE id = p_slot AND taken_web < cap_web AND state = 'open';
  ELSE
    UPDATE booking.slot SET taken_phone = taken_phone + 1 WHERE id = p_slot AND taken_phone < cap_phone AND state = 'open';
  END IF;
  IF NOT FOUND THEN
    DELETE FROM booking.booking WHERE id = booking_id;
    booking_id := NULL; refusal := 'B02'; RETURN;
  END IF;

  INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, subject, fields, request)
  VALUES (base.now_v1(), p_actor, audit.zone_v1(), CASE p_channel WHEN 'phone' THEN 'case.book' WHEN 'hall' THEN 'visit.walk_in' ELSE 'booking.book' END, 'booking ' || booking_id, p_subject, '{slot,dose}', p_request);
  INSERT INTO bridge.outbox (type, body)
  VALUES ('booking.made', jsonb_build_object('id', booking_id, 'subject', p_subject, 'programme', v_slot.programme, 'dose', p_dose,
          'slot', p_slot, 'channel', p_channel, 'made_at', base.now_v1()));
END $$;

-- booking.previous_v1 -- 前回の接種: what the interval counts from, a dose given here or else a booked one.
CREATE OR REPLACE FUNCTION booking.previous_v1(p_subject uuid, p_programme text, p_dose smallint, OUT product text, OUT on_date date)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT d.product, (d.given_at AT TIME ZONE 'Asia/Tokyo')::date INTO product, on_date
    FROM visits.dose d WHERE d.subject_id = p_subject AND d.programme = p_programme AND d.dose = p_dose - 1;
  IF NOT FOUND THEN
    SELECT b.product, b.on_date INTO product, on_date FROM booking.booking b
     WHERE b.subject_id = p_subject AND b.dose = p_dose - 1 AND b.state = 'active';
  END IF;
END $$;

-- booking.give_back_v1 -- 席の返却: an ended booking's place comes back later, at a random moment (L-09).
CREATE OR REPLACE FUNCTION booking.give_back_v1(p_booking booking.booking, p_undo interval) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO booking.release (booking_id, slot_id, share, due_at)
  VALUES (p_booking.id, p_booking.slot_id, p_booking.share,
          base.now_v1() + p_undo + interval '5 minutes' + random() * interval '25 minutes');
END $$;

-- booking.release_due_v1 -- places whose moment has come go back to their share.  Asked by: worker.
CREATE OR REPLACE FUNCTION booking.release_due_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_n int;
BEGIN
  WITH due AS (
    DELETE FROM booking.release r WHERE r.id IN
      (SELECT id FROM booking.release WHERE due_at <= base.now_v1() ORDER BY slot_id LIMIT 500 FOR UPDATE SKIP LOCKED)
    RETURNING r.slot_id, r.share),
  sums AS (
    SELECT slot_id, count(*) FILTER (WHERE share = 'web') AS web, count(*) FILTER (WHERE share = 'phone') AS phone,
           count(*) FILTER (WHERE share = 'section') AS section FROM due GROUP BY slot_id),
  back AS (
    UPDATE booking.slot s SET taken_web = taken_web - web, taken_phone = taken_phone - phone, taken_section = taken_section - section
      FROM sums WHERE s.id = sums.slot_id RETURNING web + phone + section AS n)
  SELECT coalesce(sum(n), 0) INTO v_n FROM back;
  RETURN v_n;
END $$;
