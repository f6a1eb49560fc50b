-- booking.take_v1 -- 席を取る: one place for one subject, or why not.  The private heart of book, move and walk-in.
-- A refusal writes nothing.  'twin' is for the caller alone: the same request was faster, its answer is said_v1's.
-- book_v1 has the commonest case of it once more, written for speed.
CREATE OR REPLACE FUNCTION booking.take_v1(
    p_request uuid, p_nth smallint, p_subject uuid, p_dose smallint, p_slot bigint, p_receipt bytea,
    p_channel text, p_actor text, p_act text, OUT booking_id bigint, OUT refusal text)
LANGUAGE plpgsql AS $$
DECLARE
  v_now   timestamptz := base.now_v1();
  v_after timestamp := booking.begins_after_v1(v_now, p_channel);
  v_fits  boolean := false;
  v_slot  record;
  v_share text;
BEGIN
  IF p_dose > 1 THEN                  -- the interval is looked at behind the lock, where no cancellation of the dose before is in flight
    PERFORM FROM booking.entitlement e WHERE e.subject_id = p_subject AND e.dose = p_dose FOR SHARE;
    v_fits := booking.fits_slot_v1(p_subject, p_dose, p_slot);
  END IF;
  -- A look at the slot without a lock: a full one refuses in one read.  The day of the slot counts, not today.
  -- FOR SHARE: a withdrawal waits for us, or we see it.
  SELECT s.programme, s.product, s.on_date, s.taken_web < s.cap_web AS web, s.taken_phone < s.cap_phone AS phone INTO v_slot
    FROM booking.slot s, booking.entitlement e
   WHERE s.id = p_slot AND s.state = 'open' AND s.offered AND s.on_date + s.at > v_after
     AND CASE p_channel WHEN 'web' THEN s.taken_web < s.cap_web WHEN 'phone' THEN s.taken_phone < s.cap_phone
                        ELSE s.taken_web < s.cap_web OR s.taken_phone < s.cap_phone END
     AND e.subject_id = p_subject AND e.dose = p_dose AND s.on_date BETWEEN e.from_on AND e.until_on AND s.product = ANY (e.products)
     AND (e.opens_at IS NULL OR e.opens_at <= v_now) AND (NOT e.after_previous OR v_fits)
     FOR SHARE OF e;
  IF FOUND THEN
    v_share := booking.share_v1(p_channel, v_slot.web, v_slot.phone);
    -- Two unique indexes (request; subject and dose) decide between twins.
    INSERT INTO booking.booking (request, nth, subject_id, programme, dose, slot_id, on_date, product, share, channel, receipt, made_at)
    VALUES (p_request, p_nth, p_subject, v_slot.programme, p_dose, p_slot, v_slot.on_date, v_slot.product, v_share, p_channel, p_receipt, v_now)
    ON CONFLICT DO NOTHING RETURNING id INTO booking_id;
    IF NOT FOUND THEN
      refusal := 'B04';
    ELSIF v_share = 'web' THEN
      UPDATE booking.slot SET taken_web = taken_web + 1 WHERE id = p_slot AND taken_web < cap_web AND state = 'open' AND offered;
      IF NOT FOUND THEN refusal := 'B02'; END IF;
    ELSE
      UPDATE booking.slot SET taken_phone = taken_phone + 1 WHERE id = p_slot AND taken_phone < cap_phone AND state = 'open' AND offered;
      IF NOT FOUND THEN refusal := 'B02'; END IF;
    END IF;
  ELSE
    refusal := booking.why_v1(p_subject, p_dose, p_slot, p_channel, v_after);
  END IF;
  IF refusal IS NOT NULL THEN
    DELETE FROM booking.booking WHERE id = booking_id;
    booking_id := NULL;
    IF EXISTS (SELECT FROM booking.booking b WHERE b.request = p_request AND b.nth = p_nth) THEN refusal := 'twin'; END IF;
    RETURN;
  END IF;

  -- Halls leave no pseudonym in the audit log: who acted there would tell where the person was (the inside knows the booking).
  INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, subject, fields, request)
  VALUES (v_now, p_actor, audit.zone_v1(), p_act, 'booking ' || booking_id, CASE WHEN p_channel <> 'hall' THEN p_subject END,
          '{slot,dose}', p_request);
  INSERT INTO bridge.outbox (type, body)
  VALUES ('booking.made', jsonb_build_object('id', booking_id, 'subject', p_subject, 'programme', v_slot.programme, 'dose', p_dose,
          'slot', p_slot, 'channel', p_channel, 'made_at', v_now));
END $$;

-- booking.begins_after_v1 -- the moment after which a slot must begin to be booked: now; a hall takes people half an hour late.
CREATE OR REPLACE FUNCTION booking.begins_after_v1(p_now timestamptz, p_channel text) RETURNS timestamp
LANGUAGE sql STABLE AS $$
  SELECT p_now AT TIME ZONE 'Asia/Tokyo' - CASE p_channel WHEN 'hall' THEN interval '30 minutes' ELSE interval '0' END
$$;

-- booking.share_v1 -- 枠の区分: which share gives the place; NULL where the channel's shares are full.  A hall takes the phone's first.
CREATE OR REPLACE FUNCTION booking.share_v1(p_channel text, p_web boolean, p_phone boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_channel WHEN 'web' THEN CASE WHEN p_web THEN 'web' END
                        WHEN 'phone' THEN CASE WHEN p_phone THEN 'phone' END
                        WHEN 'hall' THEN CASE WHEN p_phone THEN 'phone' WHEN p_web THEN 'web' END END
$$;

-- booking.why_v1 -- 断りの理由: why nothing was taken, by looks without a lock.
CREATE OR REPLACE FUNCTION booking.why_v1(p_subject uuid, p_dose smallint, p_slot bigint, p_channel text, p_after timestamp) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE v_slot record;
BEGIN
  SELECT s.programme, s.product, s.on_date, s.state = 'open' AND s.offered AND s.on_date + s.at > p_after AS open,
         booking.share_v1(p_channel, s.taken_web < s.cap_web, s.taken_phone < s.cap_phone) AS share
    INTO v_slot FROM booking.slot s WHERE s.id = p_slot;
  IF NOT FOUND OR NOT v_slot.open THEN RETURN 'B06';
  ELSIF v_slot.share IS NULL THEN RETURN 'B02';
  END IF;
  RETURN coalesce(booking.may_v1(p_subject, v_slot.programme, p_dose, v_slot.product, v_slot.on_date), 'B02');
END $$;

-- booking.may_v1 -- 予約資格: NULL where the subject may have this dose of this product on this day, else B01 too early, B03 no,
-- B13 booking has not opened yet.  The day of the slot counts, not today.
CREATE OR REPLACE FUNCTION booking.may_v1(p_subject uuid, p_programme text, p_dose smallint, p_product text, p_on date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE v_may record;
BEGIN
  SELECT e.from_on, e.until_on, p_product = ANY (e.products) AS product, e.after_previous, e.opens_at
    INTO v_may FROM booking.entitlement e WHERE e.subject_id = p_subject AND e.dose = p_dose;
  IF NOT FOUND OR NOT v_may.product OR p_on > v_may.until_on THEN
    RETURN 'B03';
  ELSIF v_may.opens_at IS NOT NULL AND v_may.opens_at > base.now_v1() THEN
    RETURN 'B13';
  ELSIF p_on < v_may.from_on THEN
    RETURN 'B01';
  ELSIF v_may.after_previous THEN
    RETURN booking.fits_v1(p_subject, p_programme, p_dose, p_product, p_on);
  END IF;
  RETURN NULL;
END $$;

-- booking.fits_v1 -- 接種間隔: NULL where a day and product fit the interval after the previous dose, else B01 too early, B03 no.
CREATE OR REPLACE FUNCTION booking.fits_v1(
    p_subject uuid, p_programme text, p_dose smallint, p_product text, p_on date, p_given_only boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE v_gap record;
BEGIN
  SELECT i.from_on, i.until_on, p_product = ANY (i.products) AS product INTO v_gap
    FROM booking.previous_v1(p_subject, p_programme, p_dose, p_given_only) w
    JOIN booking.interval_row i ON i.programme = p_programme AND i.dose = p_dose
     AND i.previous_product = w.product AND i.previous_on = w.on_date;
  IF NOT FOUND OR NOT v_gap.product OR p_on > v_gap.until_on THEN RETURN 'B03';
  ELSIF p_on < v_gap.from_on THEN RETURN 'B01';
  END IF;
  RETURN NULL;
END $$;

-- booking.fits_slot_v1 -- the same for the day and product of a slot.
CREATE OR REPLACE FUNCTION booking.fits_slot_v1(p_subject uuid, p_dose smallint, p_slot bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT booking.fits_v1(p_subject, s.programme, p_dose, s.product, s.on_date) IS NULL FROM booking.slot s WHERE s.id = p_slot);
END $$;

-- booking.previous_v1 -- 前回の接種: what the interval counts from, a dose given here or else a booked one.
CREATE OR REPLACE FUNCTION booking.previous_v1(
    p_subject uuid, p_programme text, p_dose smallint, p_given_only boolean DEFAULT false, OUT product text, OUT on_date date)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT d.product, (d.given_at AT TIME ZONE 'Asia/Tokyo')::date INTO product, on_date
    FROM visits.dose d WHERE d.subject_id = p_subject AND d.programme = p_programme AND d.dose = p_dose - 1;
  IF NOT FOUND AND NOT p_given_only THEN
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
DECLARE v_due bigint[]; v_now timestamptz := base.now_v1();
BEGIN
  SELECT array_agg(d.id) INTO v_due FROM
    (SELECT r.id FROM booking.release r WHERE r.due_at <= v_now ORDER BY r.due_at LIMIT 1000 FOR UPDATE SKIP LOCKED) d;
  IF v_due IS NULL THEN RETURN 0; END IF;
  -- Slots are locked by day, as pairs do, so that nobody waits in a circle.
  PERFORM FROM booking.slot s WHERE s.id IN (SELECT r.slot_id FROM booking.release r WHERE r.id = ANY (v_due))
    ORDER BY s.on_date, s.id FOR UPDATE;
  WITH due AS (DELETE FROM booking.release r WHERE r.id = ANY (v_due) RETURNING r.slot_id, r.share),
  sums AS (
    SELECT slot_id, count(*) FILTER (WHERE share = 'web') AS web, count(*) FILTER (WHERE share = 'phone') AS phone,
           count(*) FILTER (WHERE share = 'section') AS section FROM due GROUP BY slot_id)
  UPDATE booking.slot s SET taken_web = taken_web - web, taken_phone = taken_phone - phone, taken_section = taken_section - section
    FROM sums WHERE s.id = sums.slot_id;
  RETURN cardinality(v_due);
END $$;
