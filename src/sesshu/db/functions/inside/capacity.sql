-- The life of a change of capacity (枠数の変更の状態遷移); the same table as inside/planning/capacity/rules.py, a test compares the two.
DELETE FROM base.lifecycle WHERE name = 'capacity_change';
INSERT INTO base.lifecycle VALUES ('capacity_change', 'draft', 'approved'), ('capacity_change', 'draft', 'withdrawn'), ('capacity_change', 'approved', 'done');
DROP TRIGGER IF EXISTS keeps_lifecycle ON planning.capacity_change;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON planning.capacity_change FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('capacity_change');
-- 接種事業の版: the same table as inside/planning/programme/versions.py.
DELETE FROM base.lifecycle WHERE name = 'programme_version';
INSERT INTO base.lifecycle VALUES ('programme_version', 'draft', 'approved'), ('programme_version', 'draft', 'withdrawn'), ('programme_version', 'approved', 'withdrawn');
DROP TRIGGER IF EXISTS keeps_lifecycle ON planning.programme_version;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON planning.programme_version FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('programme_version');

-- planning.count_booked_v1 -- 予約の数: active bookings of slots, by the share that they take.  A hall takes from the telephone's share first.
CREATE OR REPLACE FUNCTION planning.count_booked_v1(p_slots bigint[]) RETURNS TABLE (slot_id bigint, web int, phone int)
LANGUAGE plpgsql STABLE SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT b.slot_id, (count(*) FILTER (WHERE b.channel = 'web'))::int, (count(*) FILTER (WHERE b.channel <> 'web'))::int
      FROM records.booking b WHERE b.slot_id = ANY(p_slots) AND b.state = 'active' GROUP BY b.slot_id;
END $$;

-- planning.count_ahead_v1 -- 会場の予約の数: active bookings of a hall from today on.
CREATE OR REPLACE FUNCTION planning.count_ahead_v1(p_venue int) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM session n JOIN slot s ON s.session_id = n.id JOIN records.booking b ON b.slot_id = s.id AND b.state = 'active'
           WHERE n.venue_id = p_venue AND n.on_date >= base.today_v1());
END $$;

-- records.list_bookings_of_v1 -- 枠の予約: active bookings of slots, the latest first within each slot.
CREATE OR REPLACE FUNCTION records.list_bookings_of_v1(p_slots bigint[])
RETURNS TABLE (booking_id bigint, resident_id bigint, slot_id bigint, channel text, made_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT b.id, s.resident_id, b.slot_id, b.channel, b.made_at FROM booking b JOIN subject s ON s.id = b.subject_id
     WHERE b.slot_id = ANY(p_slots) AND b.state = 'active' ORDER BY b.slot_id, b.made_at DESC, b.id DESC;
END $$;

-- records.put_to_call_v1 -- 連絡一覧へ: people with these bookings are to be called.  Says how many are new.
CREATE OR REPLACE FUNCTION records.put_to_call_v1(p_bookings bigint[], p_why text, p_ref bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  INSERT INTO to_call (booking_id, resident_id, why, ref, put_at)
  SELECT b.id, s.resident_id, p_why, p_ref, base.now_v1() FROM booking b JOIN subject s ON s.id = b.subject_id
   WHERE b.id = ANY(p_bookings) AND b.state = 'active' ORDER BY b.id
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;

-- records.tidy_to_call_v1 -- 連絡済み: whoever has moved or cancelled is done.  Says how many.  Asked by: worker.
CREATE OR REPLACE FUNCTION records.tidy_to_call_v1() RETURNS bigint
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  UPDATE to_call c SET done_at = base.now_v1(), done_by = 'worker', outcome = coalesce(b.state, 'gone')
    FROM to_call x LEFT JOIN booking b ON b.id = x.booking_id
   WHERE c.id = x.id AND c.done_at IS NULL AND (b.id IS NULL OR b.state <> 'active');
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;

-- records.list_to_call_v1 -- 連絡一覧: who waits for a call, with the booking that will not hold.  Of a protected person nothing is here.
CREATE OR REPLACE FUNCTION records.list_to_call_v1(p_after bigint, p_limit int)
RETURNS TABLE (id bigint, resident_id bigint, name text, phone text, why text, ref bigint, put_at timestamptz, booking_id bigint,
               programme text, dose smallint, slot_id bigint, venue text, on_date date, at time, product text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT c.id, c.resident_id, r.name, coalesce(r.phone, ''), c.why, c.ref, c.put_at, b.id, b.programme, b.dose, b.slot_id, v.name, n.on_date, p.at, n.product
      FROM to_call c JOIN register.resident r ON r.id = c.resident_id AND NOT r.protected
      JOIN booking b ON b.id = c.booking_id AND b.state = 'active'
      JOIN planning.slot p ON p.id = b.slot_id JOIN planning.session n ON n.id = p.session_id JOIN planning.venue v ON v.id = n.venue_id
     WHERE c.done_at IS NULL AND c.id > p_after ORDER BY c.id LIMIT p_limit;
END $$;

-- records.list_alternatives_v1 -- ほかの枠: the nearest slots of a programme and product with free places, as far as is known here; other
-- days of the same hall before other halls of the same day.
CREATE OR REPLACE FUNCTION records.list_alternatives_v1(p_slot bigint, p_limit int)
RETURNS TABLE (slot_id bigint, venue text, on_date date, at time, free int)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
DECLARE v_old record;
BEGIN
  SELECT n.programme, n.product, n.venue_id, n.on_date, s.at INTO v_old
    FROM planning.slot s JOIN planning.session n ON n.id = s.session_id WHERE s.id = p_slot;
  RETURN QUERY
    SELECT x.id, x.name, x.on_date, x.at, x.free FROM (
      SELECT s.id, v.name, n.on_date, s.at,
             (s.cap_web + s.cap_phone - (SELECT count(*) FROM booking b WHERE b.slot_id = s.id AND b.state = 'active'))::int AS free,
             abs(n.on_date - v_old.on_date) * 10 + CASE WHEN n.venue_id = v_old.venue_id THEN 0 ELSE 5 END AS far
        FROM planning.session n JOIN planning.venue v ON v.id = n.venue_id AND v.state = 'open' JOIN planning.slot s ON s.session_id = n.id
       WHERE n.programme = v_old.programme AND n.product = v_old.product AND n.state = 'open' AND s.id <> p_slot
         AND n.on_date BETWEEN v_old.on_date - 14 AND v_old.on_date + 28 AND n.on_date > base.today_v1()
         AND NOT EXISTS (SELECT FROM planning.slot_wish w WHERE w.slot_id = s.id)) x
     WHERE x.free > 0 ORDER BY x.far, abs(extract(epoch FROM x.at - v_old.at)), x.id LIMIT p_limit;
END $$;

-- planning.list_wishes_v1 -- 目指す枠数: slots that still have more places than wanted, with what is booked and whether the outside refused
-- what it was last told.  Settled: it has had the message for a while, so that its answer would have come.  Asked by: worker.
CREATE OR REPLACE FUNCTION planning.list_wishes_v1(p_limit int)
RETURNS TABLE (slot_id bigint, session_id int, at time, change_id bigint, web smallint, phone smallint, section smallint,
               cap_web smallint, cap_phone smallint, cap_section smallint, booked_web int, booked_phone int, refused boolean, settled boolean, sent_at timestamptz)
LANGUAGE plpgsql SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.session_id, s.at, w.change_id, w.web, w.phone, w.section, s.cap_web, s.cap_phone, s.cap_section,
           (SELECT count(*)::int FROM records.booking b WHERE b.slot_id = s.id AND b.state = 'active' AND b.channel = 'web'),
           (SELECT count(*)::int FROM records.booking b WHERE b.slot_id = s.id AND b.state = 'active' AND b.channel <> 'web'),
           EXISTS (SELECT FROM accountability.answer a WHERE a.type = 'slot.put' AND a.code = 'B12' AND a.at >= w.sent_at AND a.ids @> to_jsonb(s.id)),
           coalesce(bridge.outside_since_v1(w.sent_message) < base.now_v1() - interval '30 seconds', false), w.sent_at
      FROM slot_wish w JOIN slot s ON s.id = w.slot_id ORDER BY s.session_id, s.id LIMIT p_limit FOR UPDATE OF w;
END $$;

-- planning.wishes_due_v1 -- is there anything to do: places that can go now, an answer to follow, somebody on the call list who has moved?
-- Asked by: worker, so that it writes nothing where nothing is to be done.
CREATE OR REPLACE FUNCTION planning.wishes_due_v1() RETURNS boolean
LANGUAGE plpgsql SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM records.to_call c LEFT JOIN records.booking b ON b.id = c.booking_id WHERE c.done_at IS NULL AND b.state IS DISTINCT FROM 'active')
      OR EXISTS (SELECT FROM list_wishes_v1(2000) w
                  WHERE w.sent_at IS NULL OR (w.refused AND w.sent_at <= base.now_v1() - interval '1 minute')
                     OR (greatest(w.web, w.booked_web), greatest(w.phone, w.booked_phone), w.section::int) <> (w.cap_web, w.cap_phone, w.cap_section::int)
                     OR (NOT w.refused AND w.settled AND (w.web, w.phone, w.section) = (w.cap_web, w.cap_phone, w.cap_section)));
END $$;

-- planning.supply_weeks_v1 -- 週ごとの供給: doses delivered, given and booked, and places, by week (its Monday) and product.
CREATE OR REPLACE FUNCTION planning.supply_weeks_v1(p_programme text)
RETURNS TABLE (week date, product text, delivered bigint, given_first bigint, given_later bigint, booked_first bigint, booked_later bigint, places bigint)
LANGUAGE plpgsql STABLE SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT date_trunc('week', x.on_date)::date, x.product, sum(x.a)::bigint, sum(x.b)::bigint, sum(x.c)::bigint, sum(x.d)::bigint, sum(x.e)::bigint, sum(x.f)::bigint
      FROM (
        SELECT d.on_date, l.product, d.doses AS a, 0 AS b, 0 AS c, 0 AS d, 0 AS e, 0 AS f FROM delivery d JOIN lot l ON l.id = d.lot_id AND l.state <> 'recalled'
        UNION ALL
        SELECT r.given_on, r.product, 0, (r.dose = 1)::int, (r.dose > 1)::int, 0, 0, 0 FROM records.record r
         WHERE r.programme = p_programme AND r.state <> 'corrected' AND r.source = 'hall'
        UNION ALL
        SELECT n.on_date, n.product, 0, 0, 0, (b.dose = 1)::int, (b.dose > 1)::int, 0
          FROM records.booking b JOIN slot s ON s.id = b.slot_id JOIN session n ON n.id = s.session_id WHERE b.programme = p_programme AND b.state = 'active'
        UNION ALL
        SELECT n.on_date, n.product, 0, 0, 0, 0, 0, s.cap_web + s.cap_phone + s.cap_section
          FROM session n JOIN slot s ON s.session_id = n.id WHERE n.programme = p_programme AND n.state = 'open') x
     WHERE x.product IN (SELECT DISTINCT n.product FROM session n WHERE n.programme = p_programme)
     GROUP BY 1, 2 ORDER BY 1, 2;
END $$;

-- planning.open_seconds_v1 -- 2回目の予定: first doses given or booked whose holder has booked no second yet, by day and product.
CREATE OR REPLACE FUNCTION planning.open_seconds_v1(p_programme text) RETURNS TABLE (on_date date, product text, n bigint)
LANGUAGE plpgsql STABLE SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT x.on_date, x.product, count(*) FROM (
      SELECT r.given_on AS on_date, r.product FROM records.record r
       WHERE r.programme = p_programme AND r.dose = 1 AND r.state = 'valid' AND r.resident_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM records.record l WHERE l.resident_id = r.resident_id AND l.programme = p_programme AND l.dose = 2 AND l.state = 'valid')
         AND NOT EXISTS (SELECT FROM records.booking b JOIN records.subject s ON s.id = b.subject_id
                          WHERE s.resident_id = r.resident_id AND b.programme = p_programme AND b.dose = 2 AND b.state = 'active')
      UNION ALL
      SELECT n.on_date, n.product FROM records.booking b JOIN slot s ON s.id = b.slot_id JOIN session n ON n.id = s.session_id
       WHERE b.programme = p_programme AND b.dose = 1 AND b.state = 'active'
         AND NOT EXISTS (SELECT FROM records.booking l WHERE l.subject_id = b.subject_id AND l.dose = 2 AND l.state = 'active')) x
     GROUP BY 1, 2 ORDER BY 1, 2;
END $$;
