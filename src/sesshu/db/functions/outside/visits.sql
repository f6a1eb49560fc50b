-- api.check_in_v1 -- 受付: today's booking of the person whose ticket and birth date were typed becomes a visit with a queue number.
-- C01 no booking here today, C02 nobody, C03 received already (visit is given), C06 receives too early or too late.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.check_in_v1(p_request uuid, p_venue int, p_by text, p_act bytea, p_try bytea,
    OUT visit_id uuid, OUT queue_no int, OUT dose smallint, OUT at time, OUT product text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_booking booking.booking;
  v_at      time;
  v_today   date := base.today_v1();
  v_visit   visits.visit;
BEGIN
  SELECT s.id INTO v_subject FROM booking.subject s WHERE s.act = p_act;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (base.now_v1(), 'venue', p_try, NULL, v_subject IS NOT NULL);
  IF v_subject IS NULL THEN refusal := 'C02'; RETURN; END IF;
  SELECT v.* INTO v_visit FROM visits.visit v
   WHERE v.subject_id = v_subject AND v.venue_id = p_venue AND v.on_date = v_today AND v.state <> 'cancelled';
  IF FOUND THEN
    visit_id := v_visit.id; queue_no := v_visit.queue_no; dose := v_visit.dose; product := v_visit.product;
    SELECT s.at INTO at FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id WHERE b.id = v_visit.booking_id;
    refusal := CASE WHEN v_visit.request = p_request THEN NULL ELSE 'C03' END;
    RETURN;
  END IF;
  SELECT b.* INTO v_booking FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id
   WHERE b.subject_id = v_subject AND b.state = 'active' AND s.on_date = v_today AND s.venue_id = p_venue FOR UPDATE OF b;
  IF NOT FOUND THEN
    refusal := 'C01';
    PERFORM audit.put_v1('visit.check_in', p_by, refusal, '', v_subject, p_request => p_request);
    RETURN;
  END IF;
  SELECT s.at INTO v_at FROM booking.slot s WHERE s.id = v_booking.slot_id;
  INSERT INTO visits.counter AS c VALUES (p_venue, v_today, 1)
  ON CONFLICT (venue_id, on_date) DO UPDATE SET last_no = c.last_no + 1 RETURNING c.last_no INTO queue_no;
  INSERT INTO visits.visit (id, request, venue_id, programme, on_date, queue_no, subject_id, booking_id, dose, product, received_at, received_by)
  VALUES (gen_random_uuid(), p_request, p_venue, v_booking.programme, v_today, queue_no, v_subject, v_booking.id, v_booking.dose,
          v_booking.product, base.now_v1(), p_by)
  RETURNING id INTO visit_id;
  dose := v_booking.dose; at := v_at; product := v_booking.product;
  PERFORM audit.put_v1('visit.check_in', p_by, 'done', 'visit ' || visit_id, v_subject, p_fields => '{match,time,dose}', p_request => p_request);
  PERFORM bridge.put_v1('visit.received', jsonb_build_object('visit', visit_id, 'subject', v_subject, 'booking', v_booking.id, 'at', base.now_v1()));
END $$;

-- api.cancel_check_in_v1 -- 受付の取消: the booking is open again.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.cancel_check_in_v1(p_request uuid, p_visit uuid, p_venue int, p_by text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, pg_temp AS $$
DECLARE v_visit visits.visit;
BEGIN
  PERFORM FROM visits.step s WHERE s.request = p_request;
  IF FOUND THEN RETURN; END IF;
  UPDATE visits.visit v SET state = 'cancelled' WHERE v.id = p_visit AND v.venue_id = p_venue AND v.state IN ('received', 'go') RETURNING v.* INTO v_visit;
  IF NOT FOUND THEN refusal := 'C04'; RETURN; END IF;
  INSERT INTO visits.step VALUES (p_request, p_visit, 'cancel', 'done');
  PERFORM audit.put_v1('visit.cancel_check_in', p_by, 'done', 'visit ' || p_visit, v_visit.subject_id, p_request => p_request);
END $$;

-- api.find_visit_v1 -- 整理番号から: one visit of today in this hall.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.find_visit_v1(p_venue int, p_queue_no int, p_on date DEFAULT NULL)
RETURNS TABLE (visit_id uuid, queue_no int, state text, dose smallint, product text, at time, received_at timestamptz, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT v.id, v.queue_no, v.state, v.dose, v.product, s.at, v.received_at, v.reason
    FROM visits.visit v LEFT JOIN booking.booking b ON b.id = v.booking_id LEFT JOIN booking.slot s ON s.id = b.slot_id
   WHERE v.venue_id = p_venue AND v.on_date = coalesce(p_on, base.today_v1()) AND v.queue_no = p_queue_no;
END $$;

-- api.precheck_v1 -- 予診: the doctor's decision, go or no_go (予診のみ) with a reason of a closed list.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.precheck_v1(p_request uuid, p_visit uuid, p_venue int, p_by text, p_outcome text, p_reason text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
DECLARE v_visit visits.visit; v_said text;
BEGIN
  SELECT s.answer INTO v_said FROM visits.step s WHERE s.request = p_request;
  IF FOUND THEN
    IF v_said <> p_outcome THEN refusal := 'B05'; END IF;
    RETURN;
  END IF;
  IF p_outcome NOT IN ('go', 'no_go') OR (p_outcome = 'no_go') <> (p_reason IN ('fever', 'illness', 'allergy', 'interval', 'declined', 'other')) THEN
    refusal := 'C05'; RETURN;
  END IF;
  SELECT * INTO v_visit FROM visits.visit v WHERE v.id = p_visit AND v.venue_id = p_venue FOR UPDATE;
  IF v_visit.id IS NULL OR v_visit.state NOT IN ('received', 'go') THEN refusal := 'C04'; RETURN; END IF;
  UPDATE visits.visit v SET state = p_outcome, reason = p_reason, prechecked_at = base.now_v1(), prechecked_by = p_by WHERE v.id = p_visit;
  IF p_outcome = 'no_go' THEN             -- the place was used; the person may book again when the office says so
    UPDATE booking.booking SET state = 'examined', ended_at = base.now_v1(), ended_by = p_request WHERE id = v_visit.booking_id;
  END IF;
  INSERT INTO visits.step VALUES (p_request, p_visit, 'precheck', p_outcome);
  PERFORM audit.put_v1('visit.precheck', p_by, 'done', 'visit ' || p_visit, v_visit.subject_id, p_fields => '{outcome}', p_request => p_request);
  PERFORM bridge.put_v1('visit.prechecked', jsonb_build_object('visit', p_visit, 'subject', v_visit.subject_id, 'booking', v_visit.booking_id,
      'programme', v_visit.programme, 'dose', v_visit.dose, 'outcome', p_outcome, 'reason', p_reason, 'at', base.now_v1()));
END $$;

-- api.record_dose_v1 -- 接種の記録: written only when ticket, birth date and the visit's dose agree (H-01), from a lot that is here and usable.
-- D01 another person, D02 product of the lot differs, D03 lot not usable, D04 none left, D05 time, D06 same reading twice: confirm, D07 not examined.
-- Late entry from paper: the visit's own day in the past is right, given_at and entered_at both stay.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.record_dose_v1(
    p_request uuid, p_visit uuid, p_venue int, p_by text, p_act bytea, p_lot int, p_given_at timestamptz, p_site text,
    p_confirm_same boolean DEFAULT false, OUT dose_id uuid, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, stock, pg_temp AS $$
DECLARE
  v_visit visits.visit;
  v_lot   stock.lot;
  v_now   timestamptz := base.now_v1();
  v_last  bytea;
BEGIN
  SELECT d.id INTO dose_id FROM visits.dose d WHERE d.id = p_request;
  IF FOUND THEN
    PERFORM FROM visits.dose d WHERE d.id = p_request AND d.visit_id = p_visit AND d.lot_id = p_lot;
    IF NOT FOUND THEN dose_id := NULL; refusal := 'B05'; END IF;
    RETURN;
  END IF;
  SELECT * INTO v_visit FROM visits.visit v WHERE v.id = p_visit AND v.venue_id = p_venue FOR UPDATE;
  IF v_visit.id IS NULL OR v_visit.state <> 'go' THEN
    SELECT d.id INTO dose_id FROM visits.dose d WHERE d.id = p_request;           -- a twin was faster
    refusal := CASE WHEN dose_id IS NULL THEN 'D07' END; RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM booking.subject s WHERE s.act = p_act AND s.id = v_visit.subject_id) THEN
    PERFORM audit.put_v1('visit.record_dose', p_by, 'D01', 'visit ' || p_visit, v_visit.subject_id, p_request => p_request);
    refusal := 'D01'; RETURN;
  END IF;
  SELECT l.act INTO v_last FROM visits.last_reading l WHERE l.venue_id = p_venue AND l.by = p_by;
  IF v_last = p_act AND NOT p_confirm_same THEN refusal := 'D06'; RETURN; END IF;
  SELECT * INTO v_lot FROM stock.lot l WHERE l.id = p_lot;
  IF v_lot.id IS NULL OR v_lot.state <> 'usable' OR v_lot.expires_on < (p_given_at AT TIME ZONE 'Asia/Tokyo')::date THEN
    refusal := 'D03'; RETURN;
  ELSIF v_lot.product <> v_visit.product THEN
    refusal := 'D02'; RETURN;
  ELSIF p_given_at > v_now + interval '1 minute' OR (p_given_at AT TIME ZONE 'Asia/Tokyo')::date <> v_visit.on_date THEN
    refusal := 'D05'; RETURN;
  END IF;
  UPDATE stock.venue_lot SET given = given + 1 WHERE venue_id = p_venue AND lot_id = p_lot AND given + wasted < delivered;
  IF NOT FOUND THEN refusal := 'D04'; RETURN; END IF;
  INSERT INTO visits.dose (id, visit_id, subject_id, programme, dose, product, lot_id, given_at, entered_at, by, site, late)
  VALUES (p_request, p_visit, v_visit.subject_id, v_visit.programme, v_visit.dose, v_visit.product, p_lot, p_given_at, v_now, p_by, p_site,
          v_now - p_given_at > interval '30 minutes')
  RETURNING id INTO dose_id;
  UPDATE visits.visit SET state = 'given', given_at = p_given_at WHERE id = p_visit;
  UPDATE booking.booking SET state = 'fulfilled', ended_at = v_now, ended_by = p_request WHERE id = v_visit.booking_id;
  INSERT INTO visits.last_reading AS l VALUES (p_venue, p_by, p_act) ON CONFLICT (venue_id, by) DO UPDATE SET act = excluded.act;
  PERFORM audit.put_v1('visit.record_dose', p_by, 'done', 'visit ' || p_visit, v_visit.subject_id, p_fields => '{product,lot,given_at,site}', p_request => p_request);
  PERFORM bridge.put_v1('dose.given', jsonb_build_object('id', dose_id, 'visit', p_visit, 'booking', v_visit.booking_id, 'subject', v_visit.subject_id,
      'programme', v_visit.programme, 'dose', v_visit.dose, 'product', v_visit.product, 'lot', p_lot, 'venue', p_venue,
      'given_at', p_given_at, 'entered_at', v_now, 'by', p_by, 'site', p_site));
END $$;

-- api.list_day_v1 -- 当日の一覧: visits of one hall and day by queue number; no subject, no value.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.list_day_v1(p_venue int, p_on date)
RETURNS TABLE (visit_id uuid, queue_no int, state text, dose smallint, product text, at time, received_at timestamptz, prechecked_at timestamptz,
               given_at timestamptz, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT v.id, v.queue_no, v.state, v.dose, v.product, s.at, v.received_at, v.prechecked_at, v.given_at, v.reason
    FROM visits.visit v LEFT JOIN booking.booking b ON b.id = v.booking_id LEFT JOIN booking.slot s ON s.id = b.slot_id
   WHERE v.venue_id = p_venue AND v.on_date = p_on ORDER BY v.queue_no;
END $$;

-- api.count_day_v1 -- 時間別の人数: booked, arrived and given for each hour of one hall and day.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.count_day_v1(p_venue int, p_on date)
RETURNS TABLE (at time, booked int, arrived int, given int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.at, sum(s.taken_web + s.taken_phone + s.taken_section)::int,
      (SELECT count(*)::int FROM visits.visit v JOIN booking.booking b ON b.id = v.booking_id JOIN booking.slot t ON t.id = b.slot_id
        WHERE t.venue_id = p_venue AND t.on_date = p_on AND t.at = s.at AND v.state <> 'cancelled'),
      (SELECT count(*)::int FROM visits.visit v JOIN booking.booking b ON b.id = v.booking_id JOIN booking.slot t ON t.id = b.slot_id
        WHERE t.venue_id = p_venue AND t.on_date = p_on AND t.at = s.at AND v.state = 'given')
    FROM booking.slot s WHERE s.venue_id = p_venue AND s.on_date = p_on GROUP BY s.at ORDER BY s.at;
END $$;

-- api.list_lots_v1 -- 会場のロット: lots of this hall with what is left.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.list_lots_v1(p_venue int)
RETURNS TABLE (lot_id int, product text, lot_no text, expires_on date, state text, delivered int, given int, wasted int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stock, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT l.id, l.product, l.lot_no, l.expires_on, l.state, q.delivered, q.given, q.wasted
    FROM stock.venue_lot q JOIN stock.lot l ON l.id = q.lot_id WHERE q.venue_id = p_venue ORDER BY l.expires_on, l.id;
END $$;

-- api.show_venue_v1 -- 会場の名: for the band of the hall's pages.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.show_venue_v1(p_venue int) RETURNS TABLE (name text, address text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT v.name, v.address FROM booking.venue v WHERE v.id = p_venue;
END $$;
