-- booking.spent_v1 -- 試行回数: true where this number or this network has failed too often; invisible to the visitor.
-- Failures are counted, not successes; a match at the desk opens the number again.  Five a day for the public, twenty for staff
-- zones (their lanes do not share the public's lock).  Tries of one number take turns: without it a hundred at once all pass.
CREATE OR REPLACE FUNCTION booking.spent_v1(p_zone text, p_try bytea, p_network bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_now   timestamptz := base.now_v1();
  v_since timestamptz := date_trunc('day', v_now AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo';
  v_limit int := CASE p_zone WHEN 'public' THEN 5 ELSE 20 END;
  v_desk  timestamptz;
  v_n     int;
  v_m     int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_try, 'hex'), 0));
  SELECT max(a.at) INTO v_desk FROM booking.attempt a WHERE a.try = p_try AND a.ok AND a.zone = 'desk' AND a.at >= v_since;
  v_since := greatest(v_since, v_desk);
  SELECT count(*) INTO v_n FROM
    (SELECT FROM booking.attempt a WHERE a.try = p_try AND NOT a.ok AND a.at >= v_since AND a.zone = p_zone LIMIT v_limit) f;
  SELECT count(*) INTO v_m FROM
    (SELECT FROM booking.attempt a WHERE a.network = p_network AND NOT a.ok AND a.at >= v_now - interval '1 hour' LIMIT 1000) f;
  RETURN v_n >= v_limit OR v_m >= 1000;   -- behind one carrier address stand thousands; who guesses 10 digits and a birth date gains nothing by this
END $$;

-- api.find_subject_v1 -- 券番号と生年月日: bind a draft to the subject whose hash was brought, or to nobody.
-- Asked by: public, venue (p_by: the member who typed).  Wrong birth date, dead, unknown and locked numbers: the same answer after
-- the same work, one row of attempt each.
CREATE OR REPLACE FUNCTION api.find_subject_v1(p_draft uuid, p_act bytea, p_try bytea, p_network bytea, p_by text DEFAULT NULL, OUT ok boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_now     timestamptz := base.now_v1();
  v_zone    text := audit.zone_v1();
  v_spent   boolean := booking.spent_v1(v_zone, p_try, p_network);
BEGIN
  SELECT s.id INTO v_subject FROM booking.subject s WHERE s.act = p_act;
  IF v_spent THEN v_subject := NULL; END IF;
  ok := v_subject IS NOT NULL;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, v_zone, p_try, p_network, ok);
  INSERT INTO booking.draft (id, subject_id, made_at, until_at, by) VALUES (p_draft, v_subject, v_now, v_now + interval '40 minutes', p_by)
  ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, booking_id = NULL, until_at = excluded.until_at, by = excluded.by;
  IF ok THEN
    PERFORM audit.put_v1(CASE v_zone WHEN 'venue' THEN 'visit.walk_in' ELSE 'booking.find' END, coalesce(p_by, v_zone), 'done', '',
                         CASE WHEN v_zone <> 'venue' THEN v_subject END, p_fields => '{match}');
  END IF;
END $$;

-- api.find_booking_v1 -- 予約を開く: ticket number, birth date and receipt code together bind a draft to one booking.
-- Asked by: public.  What is wrong is never said; one row of attempt each.
CREATE OR REPLACE FUNCTION api.find_booking_v1(
    p_draft uuid, p_act bytea, p_try bytea, p_receipt bytea, p_network bytea, OUT ok boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_booking bigint;
  v_now     timestamptz := base.now_v1();
  v_zone    text := audit.zone_v1();
  v_spent   boolean := booking.spent_v1(v_zone, p_try, p_network);
BEGIN
  SELECT b.subject_id, b.id INTO v_subject, v_booking
    FROM booking.subject s JOIN booking.booking b ON b.subject_id = s.id
   WHERE s.act = p_act AND b.receipt = p_receipt;
  IF v_spent THEN v_subject := NULL; v_booking := NULL; END IF;
  ok := v_subject IS NOT NULL;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, v_zone, p_try, p_network, ok);
  INSERT INTO booking.draft (id, subject_id, booking_id, made_at, until_at)
  VALUES (p_draft, v_subject, v_booking, v_now, v_now + interval '40 minutes')
  ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, booking_id = excluded.booking_id, until_at = excluded.until_at, by = NULL;
  IF ok THEN
    PERFORM audit.put_v1('booking.show', v_zone, 'done', 'booking ' || v_booking, v_subject, p_fields => '{venue,day,time}');
  END IF;
END $$;

-- api.show_bookings_v1 -- 予約の内容: what the receipt code of this draft or case proves, and the active dose that hangs on it.
-- Asked by: public, desk.
CREATE OR REPLACE FUNCTION api.show_bookings_v1(p_holder uuid)
RETURNS TABLE (booking_id bigint, dose smallint, venue text, address text, access text, on_date date, at time, product text, state text, proven boolean,
               undo_until timestamptz, receipt bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record; v_mine booking.booking;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  SELECT * INTO v_mine FROM booking.booking b WHERE b.id = v_for.booking AND b.subject_id = v_for.subject;
  IF v_mine.id IS NULL THEN RETURN; END IF;
  RETURN QUERY
    SELECT b.id, b.dose, v.name, v.address, v.access, s.on_date, s.at, s.product, b.state::text, b.id = v_mine.id,
           CASE WHEN b.state = 'cancelled' THEN b.ended_at + interval '10 minutes' END, b.receipt
      FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id JOIN booking.venue v ON v.id = s.venue_id
     WHERE b.subject_id = v_for.subject
       AND (b.id = v_mine.id OR (b.dose = v_mine.dose + 1 AND b.state = v_mine.state AND b.ended_by IS NOT DISTINCT FROM v_mine.ended_by)
            OR (b.dose = v_mine.dose + 1 AND v_mine.state = 'fulfilled' AND b.state = 'active'))   -- one code lasts for the series
     ORDER BY b.dose;
END $$;

-- booking.window_v1 -- 予約できる期間: from, until and products of one dose of one subject, intervals applied where they are known.
-- Nothing before booking opens.
CREATE OR REPLACE FUNCTION booking.window_v1(p_subject uuid, p_dose smallint, OUT programme text, OUT from_on date, OUT until_on date, OUT products text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE v_after boolean; v_prev record;
BEGIN
  SELECT s.programme, e.from_on, e.until_on, e.products, e.after_previous INTO programme, from_on, until_on, products, v_after
    FROM booking.subject s JOIN booking.entitlement e ON e.subject_id = s.id AND e.dose = p_dose
   WHERE s.id = p_subject AND (e.opens_at IS NULL OR e.opens_at <= base.now_v1());
  IF NOT FOUND THEN RETURN; END IF;
  from_on := greatest(from_on, base.today_v1());
  IF v_after THEN
    SELECT i.* INTO v_prev FROM booking.previous_v1(p_subject, window_v1.programme, p_dose) w
      JOIN booking.interval_row i ON i.programme = window_v1.programme AND i.dose = p_dose
       AND i.previous_product = w.product AND i.previous_on = w.on_date;
    IF NOT FOUND THEN programme := NULL; RETURN; END IF;
    from_on := greatest(from_on, v_prev.from_on); until_on := least(until_on, v_prev.until_on);
    SELECT array_agg(p) INTO products FROM unnest(products) p WHERE p = ANY (v_prev.products);
  END IF;
  IF from_on > until_on OR products IS NULL THEN programme := NULL; END IF;
END $$;

-- api.list_doses_v1 -- 予約できる接種: the doses that the holder may book now, and whether the next may be booked with it.
-- Says nothing of what was given or booked before.  Asked by: public, desk, venue.
CREATE OR REPLACE FUNCTION api.list_doses_v1(p_holder uuid)
RETURNS TABLE (programme text, title text, dose smallint, from_on date, until_on date, with_next boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  RETURN QUERY
    SELECT w.programme, p.title, e.dose, w.from_on, w.until_on,
           EXISTS (SELECT FROM booking.entitlement n WHERE n.subject_id = e.subject_id AND n.dose = e.dose + 1 AND n.after_previous)
      FROM booking.entitlement e
      CROSS JOIN LATERAL booking.window_v1(e.subject_id, e.dose) w
      JOIN booking.programme p ON p.code = w.programme AND p.state = 'open'
     WHERE e.subject_id = v_for.subject
       AND NOT EXISTS (SELECT FROM booking.booking b WHERE b.subject_id = e.subject_id AND b.dose = e.dose AND b.state IN ('active', 'fulfilled'))
     ORDER BY e.dose;
END $$;

-- api.next_opening_v1 -- 受付の開始: when booking opens for this holder, where it has not yet; else NULL.  Says no dose and no day of one.
-- Told to somebody only who was recognised.  Asked by: public, desk, venue.
CREATE OR REPLACE FUNCTION api.next_opening_v1(p_holder uuid, OUT opens_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  SELECT min(e.opens_at) INTO opens_at
    FROM booking.holder_v1(p_holder) h
    JOIN booking.entitlement e ON e.subject_id = h.subject
    JOIN booking.subject s ON s.id = e.subject_id
    JOIN booking.programme p ON p.code = s.programme AND p.state = 'open'
   WHERE e.opens_at > base.now_v1() AND e.until_on >= base.today_v1()
     AND NOT EXISTS (SELECT FROM booking.booking b WHERE b.subject_id = e.subject_id AND b.dose = e.dose AND b.state IN ('active', 'fulfilled'));
END $$;

-- booking.mark_v1 -- 空き状況の印: coarse, so that nobody reads single persons out of it.
CREATE OR REPLACE FUNCTION booking.mark_v1(p_free bigint, p_capacity bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_free <= 0 THEN 'full' WHEN p_free * 5 <= p_capacity THEN 'few' ELSE 'o' END
$$;

-- booking.open_slots_v1 -- the slots of a programme between two days with free and offered places of the caller's channel.
-- p_venue NULL: of all halls.
CREATE OR REPLACE FUNCTION booking.open_slots_v1(
    p_programme text, p_venue int, p_from date, p_until date, p_products text[], p_channel text)
RETURNS TABLE (id bigint, venue_id int, on_date date, at time, product text, free int, offered int)
LANGUAGE plpgsql STABLE AS $$
DECLARE v_after timestamp := base.now_v1() AT TIME ZONE 'Asia/Tokyo' - CASE p_channel WHEN 'hall' THEN interval '30 minutes' ELSE '0' END;
BEGIN
  RETURN QUERY
    SELECT s.id, s.venue_id, s.on_date, s.at, s.product,
           (CASE p_channel WHEN 'web' THEN s.cap_web - s.taken_web WHEN 'phone' THEN s.cap_phone - s.taken_phone
                 ELSE s.cap_phone - s.taken_phone + s.cap_web - s.taken_web END)::int,
           (CASE p_channel WHEN 'web' THEN s.cap_web WHEN 'phone' THEN s.cap_phone ELSE s.cap_phone + s.cap_web END)::int
      FROM booking.slot s
     WHERE s.programme = p_programme AND s.venue_id = coalesce(p_venue, s.venue_id) AND s.on_date BETWEEN p_from AND p_until
       AND s.product = ANY (p_products) AND s.state = 'open' AND s.offered AND s.on_date + s.at > v_after;
END $$;

-- api.list_venues_v1 -- 会場: venues that offer days to this holder, with a coarse mark and the first free day.
-- Asked by: public, desk, venue.
CREATE OR REPLACE FUNCTION api.list_venues_v1(p_holder uuid, p_dose smallint)
RETURNS TABLE (venue_id int, name text, address text, access text, step_free boolean, mark text, first_free date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record; v_win record;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  SELECT * INTO v_win FROM booking.window_v1(v_for.subject, p_dose);
  RETURN QUERY
    SELECT v.id, v.name, v.address, v.access, v.step_free, booking.mark_v1(sum(greatest(o.free, 0)), sum(o.offered)),
           min(o.on_date) FILTER (WHERE o.free > 0)
      FROM booking.open_slots_v1(v_win.programme, NULL, v_win.from_on, v_win.until_on, v_win.products, v_for.channel) o
      JOIN booking.venue v ON v.id = o.venue_id
     GROUP BY v.id ORDER BY v.kana, v.id;
END $$;

-- api.list_days_v1 -- 日: each day of a venue between the holder's first and last possible day, with a coarse mark.
-- Asked by: public, desk, venue.
CREATE OR REPLACE FUNCTION api.list_days_v1(p_holder uuid, p_dose smallint, p_venue int)
RETURNS TABLE (on_date date, mark text, product text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record; v_win record;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  SELECT * INTO v_win FROM booking.window_v1(v_for.subject, p_dose);
  RETURN QUERY
    SELECT o.on_date, booking.mark_v1(sum(greatest(o.free, 0)), sum(o.offered)), string_agg(DISTINCT o.product, ',')
      FROM booking.open_slots_v1(v_win.programme, p_venue, v_win.from_on, v_win.until_on, v_win.products, v_for.channel) o
     GROUP BY o.on_date ORDER BY o.on_date;
END $$;

-- api.list_times_v1 -- 時間: the slots of one venue and day; with p_pair the first fitting slot of the next dose beside each.
-- Asked by: public, desk, venue.  The desk alone sees figures: booked and offered of the day, its own share.
CREATE OR REPLACE FUNCTION api.list_times_v1(p_holder uuid, p_dose smallint, p_venue int, p_on date, p_pair boolean DEFAULT false)
RETURNS TABLE (slot_id bigint, at time, product text, mark text, slot2_id bigint, slot2_on date, slot2_at time,
               booked int, capacity int, phone_taken int, phone_cap int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_for record; v_win record;
BEGIN
  SELECT * INTO v_for FROM booking.holder_v1(p_holder);
  SELECT * INTO v_win FROM booking.window_v1(v_for.subject, p_dose);
  RETURN QUERY
    SELECT o.id, o.at, o.product, booking.mark_v1(o.free, o.offered), n.id, n.on_date, n.at,
           CASE WHEN v_for.channel = 'phone' THEN (s.taken_web + s.taken_phone + s.taken_section)::int END,
           CASE WHEN v_for.channel = 'phone' THEN (s.cap_web + s.cap_phone + s.cap_section)::int END,
           CASE WHEN v_for.channel = 'phone' THEN s.taken_phone::int END, CASE WHEN v_for.channel = 'phone' THEN s.cap_phone::int END
      FROM booking.open_slots_v1(v_win.programme, p_venue, p_on, p_on, v_win.products, v_for.channel) o
      JOIN booking.slot s ON s.id = o.id
      LEFT JOIN LATERAL booking.next_slot_v1(v_for.subject, v_for.channel, p_dose, p_venue, o.product, o.on_date, o.at) n ON p_pair
     WHERE o.on_date BETWEEN v_win.from_on AND v_win.until_on ORDER BY o.at;
END $$;

-- booking.next_slot_v1 -- 2回目の候補: the first day with a place for the next dose after a given one, same hall, nearest hour.
CREATE OR REPLACE FUNCTION booking.next_slot_v1(p_subject uuid, p_channel text, p_dose smallint, p_venue int, p_product text, p_on date, p_at time,
                                                OUT id bigint, OUT on_date date, OUT at time)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT o.id, o.on_date, o.at INTO id, on_date, at
    FROM booking.entitlement e
    JOIN booking.subject s ON s.id = e.subject_id
    JOIN booking.interval_row i ON i.programme = s.programme AND i.dose = e.dose AND i.previous_product = p_product AND i.previous_on = p_on
    CROSS JOIN LATERAL booking.open_slots_v1(s.programme, p_venue, greatest(e.from_on, i.from_on), least(e.until_on, i.until_on), i.products, p_channel) o
   WHERE e.subject_id = p_subject AND e.dose = p_dose + 1 AND e.after_previous AND o.product = ANY (e.products) AND o.free > 0
   ORDER BY o.on_date, abs(extract(epoch FROM o.at - p_at)), o.at LIMIT 1;
END $$;

-- api.show_slot_v1 -- 枠の内容: venue, day and hour of one slot, for "check your answers".  Asked by: public, desk, venue.
CREATE OR REPLACE FUNCTION api.show_slot_v1(p_slot bigint)
RETURNS TABLE (slot_id bigint, venue_id int, venue text, address text, access text, step_free boolean, on_date date, at time, product text, programme text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.id, v.id, v.name, v.address, v.access, v.step_free, s.on_date, s.at, s.product, s.programme
    FROM booking.slot s JOIN booking.venue v ON v.id = s.venue_id WHERE s.id = p_slot;
END $$;

-- booking.watch_v1 -- 無効番号の使用: dead numbers tried since the last look become silent alarms for the inside.  Asked by: worker.
-- Looked up here and not where they are tried, so that a dead number costs the visitor no other time than an unknown one.
CREATE OR REPLACE FUNCTION booking.watch_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_from xid8; v_to xid8; v_n int := 0; v_row record;
BEGIN
  SELECT w.upto INTO v_from FROM booking.watched w FOR UPDATE;
  v_to := pg_snapshot_xmin(pg_current_snapshot());       -- below it everything has ended: a slow try is not stepped over
  FOR v_row IN SELECT a.try, a.at, a.zone FROM booking.attempt a JOIN booking.dead_number d USING (try)
                WHERE a.xid >= v_from AND a.xid < v_to ORDER BY a.xid, a.id LOOP
    PERFORM bridge.put_v1('tripwire.hit', jsonb_build_object('try', encode(v_row.try, 'hex'), 'at', v_row.at, 'zone', v_row.zone));
    v_n := v_n + 1;
  END LOOP;
  IF EXISTS (SELECT FROM booking.attempt a WHERE a.xid >= v_from AND a.xid < v_to) THEN UPDATE booking.watched SET upto = v_to; END IF;
  RETURN v_n;
END $$;

-- booking.withdraw_v1 -- 取下げ: a subject leaves the outside; what is open goes blank, its places come back later.
-- What counts need (visits, doses, places used) stays under a new pseudonym, with ids, requests and times that lead nowhere.
-- Asked by: arrivals.
CREATE OR REPLACE FUNCTION booking.withdraw_v1(p_subject uuid) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_one   booking.booking;
  v_here  boolean;
  v_id    bigint;
  v_n     int := 0;
  v_ghost uuid := gen_random_uuid();
  v_act   bytea;
BEGIN
  -- Entitlements, visits, bookings, each in order: whoever books, examines or records does it in the same order.
  PERFORM FROM booking.entitlement e WHERE e.subject_id = p_subject ORDER BY e.dose FOR UPDATE;
  DELETE FROM booking.entitlement WHERE subject_id = p_subject;
  PERFORM FROM visits.visit v WHERE v.subject_id = p_subject ORDER BY v.id FOR UPDATE;
  FOR v_one IN SELECT * FROM booking.booking b WHERE b.subject_id = p_subject ORDER BY b.dose, b.id FOR UPDATE LOOP
    DELETE FROM booking.ending WHERE booking_id = v_one.id;
    UPDATE booking.release SET booking_id = 0 WHERE booking_id = v_one.id;
    v_here := EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_one.id AND v.state <> 'cancelled');
    IF v_one.state IN ('fulfilled', 'examined') OR v_here THEN
      UPDATE booking.booking SET id = DEFAULT, request = gen_random_uuid(), subject_id = v_ghost, receipt = uuid_send(gen_random_uuid()),
             made_at = on_date::timestamp AT TIME ZONE 'Asia/Tokyo', ended_by = NULL
       WHERE id = v_one.id RETURNING id INTO v_id;
      UPDATE visits.visit SET booking_id = v_id WHERE booking_id = v_one.id;
    ELSE
      IF v_one.state = 'active' THEN
        v_one.id := 0;
        PERFORM booking.give_back_v1(v_one, interval '0');
        v_n := v_n + 1;
      END IF;
      DELETE FROM booking.booking b WHERE b.subject_id = p_subject AND b.request = v_one.request AND b.nth = v_one.nth;
    END IF;
  END LOOP;
  DELETE FROM visits.step WHERE visit_id IN (SELECT id FROM visits.visit WHERE subject_id = p_subject);
  UPDATE visits.dose SET id = gen_random_uuid(), subject_id = v_ghost WHERE subject_id = p_subject;
  UPDATE visits.visit SET id = gen_random_uuid(), request = gen_random_uuid(), subject_id = v_ghost WHERE subject_id = p_subject;
  UPDATE booking.draft SET booking_id = NULL WHERE subject_id = p_subject;
  UPDATE calls.case SET booking_id = NULL WHERE subject_id = p_subject;
  DELETE FROM booking.subject WHERE id = p_subject RETURNING act INTO v_act;
  DELETE FROM visits.last_reading WHERE act = v_act;
  INSERT INTO booking.withdrawn VALUES (p_subject, base.now_v1()) ON CONFLICT DO NOTHING;
  IF (SELECT count(*) FROM booking.withdrawn) <= 20 THEN PERFORM booking.forget_v1(); END IF;     -- many at once: tidy_v1 does it in one go
  RETURN v_n;
END $$;

-- booking.forget_v1 -- 控えの消去: messages that name a withdrawn subject become empty: bookings and arrivals, which the inside takes no
-- more, at once; the others (a dose must reach it) when it has them.  A pseudonym is remembered until no message names it.
CREATE OR REPLACE FUNCTION booking.forget_v1() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE v_n int;
BEGIN
  IF NOT EXISTS (SELECT FROM booking.withdrawn) THEN RETURN 0; END IF;
  UPDATE bridge.outbox o SET type = 'void', version = 1, body = '{}', rows = NULL
    FROM bridge.stream s, booking.withdrawn w
   WHERE s.direction = 'out' AND o.body->>'subject' = w.subject_id::text
     AND (o.type IN ('booking.made', 'visit.received') OR o.epoch < s.epoch OR o.number <= s.acked);
  GET DIAGNOSTICS v_n = ROW_COUNT;
  DELETE FROM booking.withdrawn w WHERE NOT EXISTS (SELECT FROM bridge.outbox o WHERE o.body->>'subject' = w.subject_id::text);
  RETURN v_n;
END $$;

-- booking.tidy_v1 -- 片付け (retention): drafts an hour after their end, matches after theirs, attempts after 30 days; and the sent
-- messages that the inside has: those of withdrawn subjects and of received slips become empty.  Asked by: worker.
CREATE OR REPLACE FUNCTION booking.tidy_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_now timestamptz := base.now_v1(); v_sum int := 0; v_n int;
BEGIN
  DELETE FROM booking.draft WHERE until_at < v_now - interval '1 hour';
  GET DIAGNOSTICS v_n = ROW_COUNT; v_sum := v_sum + v_n;
  UPDATE calls.case SET subject_id = NULL, booking_id = NULL WHERE subject_id IS NOT NULL AND until_at < v_now;
  GET DIAGNOSTICS v_n = ROW_COUNT; v_sum := v_sum + v_n;
  DELETE FROM booking.attempt WHERE at < v_now - interval '30 days' AND xid < (SELECT w.upto FROM booking.watched w);
  GET DIAGNOSTICS v_n = ROW_COUNT; v_sum := v_sum + v_n;
  v_sum := v_sum + booking.forget_v1();
  IF EXISTS (SELECT FROM calls.slip l WHERE l.state = 'received') THEN
    WITH empty AS (
      UPDATE bridge.outbox o SET type = 'void', version = 1, body = '{}', rows = NULL
        FROM bridge.stream s, calls.slip l
       WHERE s.direction = 'out' AND o.number IS NOT NULL AND (o.epoch < s.epoch OR o.number <= s.acked)
         AND o.type = 'slip.put' AND l.state = 'received' AND (o.body->>'number')::bigint = l.number
      RETURNING l.number)
    UPDATE calls.slip l SET state = 'gone' FROM empty WHERE l.number = empty.number;
    GET DIAGNOSTICS v_n = ROW_COUNT; v_sum := v_sum + v_n;
    -- The message may have been purged before.
    UPDATE calls.slip l SET state = 'gone' WHERE l.state = 'received'
       AND NOT EXISTS (SELECT FROM bridge.outbox o WHERE o.type = 'slip.put' AND (o.body->>'number')::bigint = l.number);
  END IF;
  RETURN v_sum;
END $$;
