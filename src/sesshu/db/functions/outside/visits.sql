-- Audit entries of a hall name the visit or the booking and no subject: who acted there would tell where the person was.
-- The inside knows whose visit it is and adds the person there.

-- api.check_in_v1 -- 受付: today's booking of the person whose ticket and birth date were typed becomes a visit with a queue number.
-- C01 no booking here today, C02 nobody, C03 received already (visit is given), C06 no record of the dose before, or too early after it,
-- B05 same request for somebody else.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.check_in_v1(p_request uuid, p_venue int, p_by text, p_act bytea, p_try bytea,
    OUT visit_id uuid, OUT queue_no int, OUT dose smallint, OUT at time, OUT product text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_booking booking.booking;
  v_now     timestamptz := base.now_v1();
  v_today   date := base.today_v1();
  v_visit   visits.visit;
  v_spent   boolean := booking.spent_v1('venue', p_try, NULL);
BEGIN
  SELECT s.id INTO v_subject FROM booking.subject s WHERE s.act = p_act;
  IF v_spent THEN v_subject := NULL; END IF;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, 'venue', p_try, NULL, v_subject IS NOT NULL);
  IF v_subject IS NULL THEN
    refusal := 'C02';
    PERFORM audit.put_v1('visit.check_in', p_by, refusal, p_request => p_request);
    RETURN;
  END IF;
  PERFORM FROM booking.entitlement e WHERE e.subject_id = v_subject ORDER BY e.dose FOR SHARE;       -- before any booking, as withdrawals do
  SELECT b.* INTO v_booking FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id
   WHERE b.subject_id = v_subject AND b.state = 'active' AND s.on_date = v_today AND s.venue_id = p_venue ORDER BY b.dose LIMIT 1 FOR UPDATE OF b;
  -- Only now, behind the lock: two receptions at once are one visit.
  SELECT v.* INTO v_visit FROM visits.visit v
   WHERE v.request = p_request OR (v.subject_id = v_subject AND v.venue_id = p_venue AND v.on_date = v_today AND v.state <> 'cancelled')
   ORDER BY v.request = p_request DESC, v.queue_no DESC LIMIT 1;
  IF FOUND THEN
    IF (v_visit.subject_id, v_visit.venue_id) <> (v_subject, p_venue) THEN refusal := 'B05'; RETURN; END IF;
    visit_id := v_visit.id; queue_no := v_visit.queue_no; dose := v_visit.dose; product := v_visit.product;
    SELECT s.at INTO at FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id WHERE b.id = v_visit.booking_id;
    IF v_visit.request <> p_request THEN
      refusal := 'C03';
      PERFORM audit.put_v1('visit.check_in', p_by, refusal, 'visit ' || visit_id, p_request => p_request);
    END IF;
    RETURN;
  END IF;
  IF v_booking.id IS NULL THEN
    refusal := 'C01';
  ELSIF EXISTS (SELECT FROM booking.entitlement e WHERE e.subject_id = v_subject AND e.dose = v_booking.dose AND e.after_previous)
        AND booking.fits_v1(v_subject, v_booking.programme, v_booking.dose, v_booking.product, v_today, true) IS NOT NULL THEN
    refusal := 'C06';             -- a booked first dose was enough to book; only a given one is enough to come
  END IF;
  IF refusal IS NOT NULL THEN
    PERFORM audit.put_v1('visit.check_in', p_by, refusal, coalesce('booking ' || v_booking.id, ''), p_request => p_request);
    RETURN;
  END IF;
  SELECT s.at INTO at FROM booking.slot s WHERE s.id = v_booking.slot_id;
  INSERT INTO visits.counter AS c VALUES (p_venue, v_today, 1)
  ON CONFLICT (venue_id, on_date) DO UPDATE SET last_no = c.last_no + 1 RETURNING c.last_no INTO queue_no;
  INSERT INTO visits.visit (id, request, venue_id, programme, on_date, queue_no, subject_id, booking_id, dose, product, received_at, received_by)
  VALUES (gen_random_uuid(), p_request, p_venue, v_booking.programme, v_today, queue_no, v_subject, v_booking.id, v_booking.dose,
          v_booking.product, v_now, p_by)
  RETURNING visits.visit.id INTO visit_id;
  dose := v_booking.dose; product := v_booking.product;
  PERFORM audit.put_v1('visit.check_in', p_by, 'done', 'visit ' || visit_id, p_fields => '{match,time,dose}', p_request => p_request);
  PERFORM bridge.put_v1('visit.received', jsonb_build_object('visit', visit_id, 'subject', v_subject, 'booking', v_booking.id, 'at', v_now));
END $$;

-- visits.step_v1 -- what a request that changed a visit was answered: NULL never seen, B05 it was something else.
CREATE OR REPLACE FUNCTION visits.step_v1(p_request uuid, p_visit uuid, p_what text, OUT answer text, OUT refusal text)
LANGUAGE plpgsql STABLE AS $$
DECLARE v_said visits.step;
BEGIN
  SELECT * INTO v_said FROM visits.step s WHERE s.request = p_request;
  IF NOT FOUND THEN RETURN; END IF;
  IF (v_said.visit_id, v_said.what) = (p_visit, p_what) THEN answer := v_said.answer; ELSE refusal := 'B05'; END IF;
END $$;

-- visits.lock_v1 -- one visit of a hall, locked: entitlements first, as everybody does.
CREATE OR REPLACE FUNCTION visits.lock_v1(p_visit uuid, p_venue int) RETURNS visits.visit
LANGUAGE plpgsql AS $$
DECLARE v_visit visits.visit;
BEGIN
  PERFORM FROM booking.entitlement e WHERE e.subject_id = (SELECT v.subject_id FROM visits.visit v WHERE v.id = p_visit)
    ORDER BY e.dose FOR NO KEY UPDATE;
  SELECT * INTO v_visit FROM visits.visit v WHERE v.id = p_visit AND v.venue_id = p_venue FOR UPDATE;
  RETURN v_visit;
END $$;

-- api.cancel_check_in_v1 -- 受付の取消: the booking is open again.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.cancel_check_in_v1(p_request uuid, p_visit uuid, p_venue int, p_by text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, pg_temp AS $$
DECLARE v_visit visits.visit := visits.lock_v1(p_visit, p_venue); v_said record;
BEGIN
  SELECT * INTO v_said FROM visits.step_v1(p_request, p_visit, 'cancel');
  IF coalesce(v_said.answer, v_said.refusal) IS NOT NULL THEN refusal := v_said.refusal; RETURN; END IF;
  IF v_visit.id IS NULL OR v_visit.state NOT IN ('received', 'go') THEN refusal := 'C04'; RETURN; END IF;
  UPDATE visits.visit SET state = 'cancelled' WHERE id = p_visit;
  INSERT INTO visits.step VALUES (p_request, p_visit, 'cancel', 'done');
  PERFORM audit.put_v1('visit.cancel_check_in', p_by, 'done', 'visit ' || p_visit, p_request => p_request);
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
-- After no_go the place was used; the next dose's booking that counts from this one ends, and the person may book again.
CREATE OR REPLACE FUNCTION api.precheck_v1(p_request uuid, p_visit uuid, p_venue int, p_by text, p_outcome text, p_reason text, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, pg_temp AS $$
DECLARE
  v_visit   visits.visit := visits.lock_v1(p_visit, p_venue);
  v_said    record;
  v_booking booking.booking;
  v_next    booking.booking;
  v_reason  text := coalesce(p_reason, '');
  v_now     timestamptz := base.now_v1();
BEGIN
  SELECT * INTO v_said FROM visits.step_v1(p_request, p_visit, 'precheck');
  IF coalesce(v_said.answer, v_said.refusal) IS NOT NULL THEN
    refusal := CASE WHEN v_said.answer IS DISTINCT FROM concat_ws(' ', p_outcome, v_reason) THEN 'B05' END; RETURN;
  END IF;
  IF coalesce(p_outcome, '') NOT IN ('go', 'no_go')
     OR (p_outcome = 'no_go') <> (v_reason IN ('fever', 'illness', 'allergy', 'interval', 'declined', 'other'))
     OR (p_outcome = 'go' AND v_reason <> '') THEN
    refusal := 'C05'; RETURN;
  END IF;
  IF v_visit.id IS NULL OR v_visit.state NOT IN ('received', 'go') THEN refusal := 'C04'; RETURN; END IF;
  UPDATE visits.visit v SET state = p_outcome, reason = v_reason, prechecked_at = v_now, prechecked_by = p_by WHERE v.id = p_visit;
  IF p_outcome = 'no_go' THEN
    UPDATE booking.booking SET state = 'examined', ended_at = v_now, ended_by = p_request WHERE id = v_visit.booking_id RETURNING * INTO v_booking;
    v_next := booking.hanging_v1(v_booking);
    IF v_next.id IS NOT NULL THEN PERFORM booking.end_v1(v_next, 'cancelled', p_by, p_request, interval '0', 'visit.precheck'); END IF;
  END IF;
  INSERT INTO visits.step VALUES (p_request, p_visit, 'precheck', concat_ws(' ', p_outcome, v_reason));
  PERFORM audit.put_v1('visit.precheck', p_by, 'done', 'visit ' || p_visit, p_fields => '{outcome}', p_request => p_request);
  PERFORM bridge.put_v1('visit.prechecked', jsonb_build_object('visit', p_visit, 'subject', v_visit.subject_id, 'booking', v_visit.booking_id,
      'programme', v_visit.programme, 'dose', v_visit.dose, 'outcome', p_outcome, 'reason', v_reason, 'at', v_now));
END $$;

-- api.record_dose_v1 -- 接種の記録: written only when ticket, birth date and the visit's dose agree (H-01), from a lot that is here and usable.
-- D01 another person, D02 product of the lot differs, D03 lot not usable, D04 none left, D05 time, D06 same reading twice: confirm,
-- D07 no visit that was examined and waits for its dose, B05 same request for something else.
-- Late entry from paper: the visit's own day in the past is right, given_at and entered_at both stay.  Asked by: venue.
CREATE OR REPLACE FUNCTION api.record_dose_v1(
    p_request uuid, p_visit uuid, p_venue int, p_by text, p_act bytea, p_lot int, p_given_at timestamptz, p_site text,
    p_confirm_same boolean DEFAULT false, OUT dose_id uuid, OUT refusal text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = visits, booking, stock, pg_temp AS $$
DECLARE
  v_visit visits.visit := visits.lock_v1(p_visit, p_venue);
  v_said  visits.dose;
  v_lot   stock.lot;
  v_now   timestamptz := base.now_v1();
  v_day   date := (p_given_at AT TIME ZONE 'Asia/Tokyo')::date;
BEGIN
  SELECT * INTO v_said FROM visits.dose d WHERE d.id = p_request;
  IF FOUND THEN
    IF (v_said.visit_id, v_said.lot_id, v_said.given_at) = (p_visit, p_lot, p_given_at) THEN dose_id := v_said.id; ELSE refusal := 'B05'; END IF;
    RETURN;
  END IF;
  IF v_visit.id IS NULL OR v_visit.state <> 'go' THEN refusal := 'D07'; RETURN; END IF;
  IF NOT coalesce(p_confirm_same, false)
     AND EXISTS (SELECT FROM visits.last_reading l WHERE l.venue_id = p_venue AND l.by = p_by AND l.act = p_act) THEN
    refusal := 'D06'; RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM booking.subject s WHERE s.act = p_act AND s.id = v_visit.subject_id) THEN
    refusal := 'D01';
    PERFORM audit.put_v1('visit.record_dose', p_by, refusal, 'visit ' || p_visit, p_request => p_request);
    RETURN;
  END IF;
  SELECT * INTO v_lot FROM stock.lot l WHERE l.id = p_lot;
  IF v_day IS NULL OR p_given_at > v_now + interval '1 minute' OR v_day <> v_visit.on_date THEN
    refusal := 'D05'; RETURN;
  ELSIF v_lot.id IS NULL OR v_lot.state <> 'usable' OR v_lot.expires_on < v_day THEN
    refusal := 'D03'; RETURN;
  ELSIF v_lot.product <> v_visit.product THEN
    refusal := 'D02'; RETURN;
  END IF;
  UPDATE stock.venue_lot SET given = given + 1 WHERE venue_id = p_venue AND lot_id = p_lot AND given + wasted < delivered;
  IF NOT FOUND THEN refusal := 'D04'; RETURN; END IF;
  INSERT INTO visits.dose (id, visit_id, subject_id, programme, dose, product, lot_id, given_at, entered_at, by, site, late)
  VALUES (p_request, p_visit, v_visit.subject_id, v_visit.programme, v_visit.dose, v_visit.product, p_lot, p_given_at, v_now, p_by, p_site,
          v_now - p_given_at > interval '30 minutes')
  RETURNING visits.dose.id INTO dose_id;
  UPDATE visits.visit SET state = 'given', given_at = p_given_at WHERE id = p_visit;
  UPDATE booking.booking SET state = 'fulfilled', ended_at = v_now, ended_by = p_request WHERE id = v_visit.booking_id;
  INSERT INTO visits.last_reading AS l VALUES (p_venue, p_by, p_act) ON CONFLICT (venue_id, by) DO UPDATE SET act = excluded.act;
  PERFORM audit.put_v1('visit.record_dose', p_by, 'done', 'visit ' || p_visit, p_fields => '{product,lot,given_at,site}', p_request => p_request);
  PERFORM bridge.put_v1('dose.given', jsonb_build_object('id', dose_id, 'visit', p_visit, 'booking', v_visit.booking_id, 'subject', v_visit.subject_id,
      'programme', v_visit.programme, 'dose', v_visit.dose, 'product', v_visit.product, 'lot', p_lot, 'venue', p_venue,
      'given_at', p_given_at, 'entered_at', v_now, 'by', p_by, 'site', p_site));
END $$;

-- A dose is written once: it is corrected inside, and a withdrawal changes its pseudonym only.
CREATE OR REPLACE TRIGGER only_grows BEFORE DELETE OR UPDATE OF programme, dose, product, lot_id, given_at, entered_at, by, site, late
  ON visits.dose FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();
CREATE OR REPLACE TRIGGER not_emptied BEFORE TRUNCATE ON visits.dose FOR EACH STATEMENT EXECUTE FUNCTION base.refuse_change_v1();

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
  RETURN QUERY
    WITH came AS (
      SELECT t.at, count(*)::int AS arrived, (count(*) FILTER (WHERE v.state = 'given'))::int AS given
        FROM visits.visit v JOIN booking.booking b ON b.id = v.booking_id JOIN booking.slot t ON t.id = b.slot_id
       WHERE v.venue_id = p_venue AND v.on_date = p_on AND v.state <> 'cancelled' GROUP BY t.at)
    SELECT s.at, sum(s.taken_web + s.taken_phone + s.taken_section)::int, coalesce(max(c.arrived), 0), coalesce(max(c.given), 0)
      FROM booking.slot s LEFT JOIN came c ON c.at = s.at
     WHERE s.venue_id = p_venue AND s.on_date = p_on GROUP BY s.at ORDER BY s.at;
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
