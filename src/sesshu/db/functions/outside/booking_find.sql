-- booking.spent_v1 -- 試行回数: true where this number or this network has failed too often today; invisible to the visitor.
-- Failures are counted, not successes; a match at the desk opens the number again.
CREATE OR REPLACE FUNCTION booking.spent_v1(p_try bytea, p_network bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_now   timestamptz := base.now_v1();
  v_since timestamptz := date_trunc('day', v_now AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo';
  v_desk  timestamptz;
  v_n     int;
  v_m     int;
BEGIN
  SELECT max(a.at) INTO v_desk FROM booking.attempt a WHERE a.try = p_try AND a.ok AND a.zone = 'desk' AND a.at >= v_since;
  SELECT count(*) INTO v_n FROM booking.attempt a
   WHERE a.try = p_try AND NOT a.ok AND a.at >= greatest(v_since, coalesce(v_desk, v_since)) AND a.zone = 'public';
  SELECT count(*) INTO v_m FROM booking.attempt a WHERE a.network = p_network AND NOT a.ok AND a.at >= v_now - interval '1 hour';
  RETURN v_n >= 5 OR v_m >= 300;
END $$;

-- api.find_subject_v1 -- 券番号と生年月日: bind a draft to the subject whose hash was brought, or to nobody.
-- Asked by: public, venue.  Wrong birth date, dead, unknown and locked numbers: the same answer after the same work.
CREATE OR REPLACE FUNCTION api.find_subject_v1(p_draft uuid, p_act bytea, p_try bytea, p_network bytea, OUT ok boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_now     timestamptz := base.now_v1();
BEGIN
  SELECT s.id INTO v_subject FROM booking.subject s WHERE s.act = p_act;
  IF booking.spent_v1(p_try, p_network) THEN v_subject := NULL; END IF;
  ok := v_subject IS NOT NULL;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, audit.zone_v1(), p_try, p_network, ok);
  INSERT INTO booking.draft (id, subject_id, made_at, until_at) VALUES (p_draft, v_subject, v_now, v_now + interval '40 minutes')
  ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, booking_id = NULL, until_at = excluded.until_at;
  IF ok THEN
    PERFORM audit.put_v1(CASE audit.zone_v1() WHEN 'venue' THEN 'visit.walk_in' ELSE 'booking.find' END, audit.zone_v1(), 'done', '', v_subject, p_fields => '{match}');
  END IF;
END $$;

-- api.find_booking_v1 -- 予約を開く: ticket number, birth date and receipt code together bind a draft to one booking.
-- Asked by: public.
CREATE OR REPLACE FUNCTION api.find_booking_v1(
    p_draft uuid, p_act bytea, p_try bytea, p_receipt bytea, p_network bytea, OUT ok boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE
  v_subject uuid;
  v_booking bigint;
  v_now     timestamptz := base.now_v1();
BEGIN
  SELECT b.subject_id, b.id INTO v_subject, v_booking
    FROM booking.subject s JOIN booking.booking b ON b.subject_id = s.id
   WHERE s.act = p_act AND b.receipt = p_receipt;
  IF booking.spent_v1(p_try, p_network) THEN v_subject := NULL; v_booking := NULL; END IF;
  ok := v_subject IS NOT NULL;
  INSERT INTO booking.attempt (at, zone, try, network, ok) VALUES (v_now, audit.zone_v1(), p_try, p_network, ok);
  INSERT INTO booking.draft (id, subject_id, booking_id, made_at, until_at)
  VALUES (p_draft, v_subject, v_booking, v_now, v_now + interval '40 minutes')
  ON CONFLICT (id) DO UPDATE SET subject_id = excluded.subject_id, booking_id = excluded.booking_id, until_at = excluded.until_at;
  IF ok THEN
    PERFORM audit.put_v1('booking.show', audit.zone_v1(), 'done', 'booking ' || v_booking, v_subject, p_fields => '{venue,day,time}');
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
    SELECT b.id, b.dose, v.name, v.address, v.access, s.on_date, s.at, s.product, b.state, b.id = v_mine.id,
           CASE WHEN b.state = 'cancelled' THEN b.ended_at + interval '10 minutes' END, b.receipt
      FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id JOIN booking.venue v ON v.id = s.venue_id
     WHERE b.subject_id = v_for.subject
       AND (b.id = v_mine.id OR (b.dose = v_mine.dose + 1 AND b.state = v_mine.state AND b.ended_by IS NOT DISTINCT FROM v_mine.ended_by)
            OR (b.dose = v_mine.dose + 1 AND v_mine.state = 'fulfilled' AND b.state = 'active'))   -- one code lasts for the series
     ORDER BY b.dose;
END $$;

-- booking.window_v1 -- 予約できる期間: from, until and products of one dose of one subject, intervals applied where they are known.
CREATE OR REPLACE FUNCTION booking.window_v1(p_subject uuid, p_dose smallint, OUT programme text, OUT from_on date, OUT until_on date, OUT products text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE v_after boolean; v_prev record;
BEGIN
  SELECT s.programme, e.from_on, e.until_on, e.products, e.after_previous INTO programme, from_on, until_on, products, v_after
    FROM booking.subject s JOIN booking.entitlement e ON e.subject_id = s.id AND e.dose = p_dose WHERE s.id = p_subject;
  IF NOT FOUND THEN RETURN; END IF;
  from_on := greatest(from_on, base.today_v1());
  IF v_after THEN
    SELECT i.* INTO v_prev FROM booking.previous_v1(p_subject, programme, p_dose) w
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

-- booking.mark_v1 -- 空き状況の印: coarse, so that nobody reads single persons out of it.
CREATE OR REPLACE FUNCTION booking.mark_v1(p_free bigint, p_capacity bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_free <= 0 THEN 'full' WHEN p_free * 5 <= p_capacity THEN 'few' ELSE 'o' END
$$;

-- booking.open_slots_v1 -- the slots of a programme between two days with free and offered places of the caller's channel.
CREATE OR REPLACE FUNCTION booking.open_slots_v1(p_programme text, p_from date, p_until date, p_products text[], p_channel text)
RETURNS TABLE (id bigint, venue_id int, on_date date, at time, product text, free int, offered int)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.venue_id, s.on_date, s.at, s.product,
           (CASE p_channel WHEN 'web' THEN s.cap_web - s.taken_web WHEN 'phone' THEN s.cap_phone - s.taken_phone
                 ELSE s.cap_phone - s.taken_phone + s.cap_web - s.taken_web END)::int,
           (CASE p_channel WHEN 'web' THEN s.cap_web WHEN 'phone' THEN s.cap_phone ELSE s.cap_phone + s.cap_web END)::int
      FROM booking.slot s
     WHERE s.programme = p_programme AND s.on_date BETWEEN p_from AND p_until AND s.product = ANY (p_products) AND s.state = 'open'
       AND s.on_date + s.at > base.now_v1() AT TIME ZONE 'Asia/Tokyo';
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
      FROM booking.open_slots_v1(v_win.programme, v_win.from_on, v_win.until_on, v_win.products, v_for.channel) o
      JOIN booking.venue v ON v.id = o.venue_id AND v.state = 'open'
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
      FROM booking.open_slots_v1(v_win.programme, v_win.from_on, v_win.until_on, v_win.products, v_for.channel) o
     WHERE o.venue_id = p_venue GROUP BY o.on_date ORDER BY o.on_date;
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
      FROM booking.open_slots_v1(v_win.programme, p_on, p_on, v_win.products, v_for.channel) o
      JOIN booking.slot s ON s.id = o.id
      LEFT JOIN LATERAL booking.next_slot_v1(v_for.subject, v_for.channel, p_dose, p_venue, o.product, o.on_date, o.at) n ON p_pair
     WHERE o.venue_id = p_venue AND o.on_date BETWEEN v_win.from_on AND v_win.until_on ORDER BY o.at;
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
    CROSS JOIN LATERAL booking.open_slots_v1(s.programme, greatest(e.from_on, i.from_on), least(e.until_on, i.until_on), i.products, p_channel) o
   WHERE e.subject_id = p_subject AND e.dose = p_dose + 1 AND e.after_previous AND o.product = ANY (e.products)
     AND o.venue_id = p_venue AND o.free > 0
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
CREATE OR REPLACE FUNCTION booking.watch_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_from bigint; v_to bigint; v_n int := 0; v_row record;
BEGIN
  SELECT last_id INTO v_from FROM booking.watched FOR UPDATE;
  -- Ids are given before commit: the last two seconds are left for the next look, so that none is stepped over.
  SELECT coalesce(max(id), v_from) INTO v_to FROM booking.attempt WHERE id > v_from AND at < base.now_v1() - interval '2 seconds';
  FOR v_row IN SELECT a.try, a.at, a.zone FROM booking.attempt a JOIN booking.dead_number d USING (try)
                WHERE a.id > v_from AND a.id <= v_to ORDER BY a.id LOOP
    PERFORM bridge.put_v1('tripwire.hit', jsonb_build_object('try', encode(v_row.try, 'hex'), 'at', v_row.at, 'zone', v_row.zone));
    v_n := v_n + 1;
  END LOOP;
  UPDATE booking.watched SET last_id = v_to;
  RETURN v_n;
END $$;

-- booking.withdraw_v1 -- 取下げ: a subject leaves the outside; what is open goes blank, its places come back later.
-- The rows that counts need stay, with nothing that leads from the old pseudonym to a hall or an hour.  Asked by: arrivals.
CREATE OR REPLACE FUNCTION booking.withdraw_v1(p_subject uuid) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE v_one booking.booking; v_n int := 0;
BEGIN
  PERFORM FROM booking.entitlement WHERE subject_id = p_subject FOR UPDATE;      -- bookings in flight finish first
  DELETE FROM booking.entitlement WHERE subject_id = p_subject;
  FOR v_one IN SELECT * FROM booking.booking WHERE subject_id = p_subject FOR UPDATE LOOP
    IF v_one.state = 'active' AND NOT EXISTS (SELECT FROM visits.visit v WHERE v.booking_id = v_one.id AND v.state <> 'cancelled') THEN
      PERFORM booking.give_back_v1(v_one, interval '0');
      v_n := v_n + 1;
    END IF;
    UPDATE booking.release SET booking_id = 0 WHERE booking_id = v_one.id;
    DELETE FROM booking.ending WHERE booking_id = v_one.id;
    UPDATE calls.case SET booking_id = NULL WHERE booking_id = v_one.id;
    DELETE FROM booking.booking WHERE id = v_one.id;
  END LOOP;
  DELETE FROM visits.step WHERE visit_id IN (SELECT id FROM visits.visit WHERE subject_id = p_subject);
  UPDATE visits.dose SET id = gen_random_uuid(), subject_id = gen_random_uuid() WHERE subject_id = p_subject;
  UPDATE visits.visit SET id = gen_random_uuid(), request = gen_random_uuid(), subject_id = gen_random_uuid(),
         booking_id = -(random() * 1e15)::bigint WHERE subject_id = p_subject;
  DELETE FROM booking.subject WHERE id = p_subject;
  -- The copies in the outbox, too.  The inside takes no booking or arrival of a withdrawn subject; a dose must still reach it.
  PERFORM bridge.scrub_v1('subject', p_subject::text, '{booking.made,visit.received}');
  RETURN v_n;
END $$;

-- booking.tidy_v1 -- 片付け: drafts an hour after their end and attempts after 30 days are removed (retention).  Asked by: worker.
CREATE OR REPLACE FUNCTION booking.tidy_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_n int; v_m int;
BEGIN
  DELETE FROM booking.draft WHERE until_at < base.now_v1() - interval '1 hour';
  GET DIAGNOSTICS v_n = ROW_COUNT;
  DELETE FROM booking.attempt WHERE at < base.now_v1() - interval '30 days' AND id <= (SELECT last_id FROM booking.watched);
  GET DIAGNOSTICS v_m = ROW_COUNT;
  RETURN v_n + v_m;
END $$;
