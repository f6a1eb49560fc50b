-- Each function does what one message says, in the courier's transaction, and gives 'done' or a refusal code.  A message that names
-- something that never came ('unknown' to a foreign key) is an exception: it stops the stream, and somebody looks.

-- booking.offer_v1 -- which slots are offered: those whose session, venue and programme are open.  Only what changes is touched.
CREATE OR REPLACE FUNCTION booking.offer_v1() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM booking.slot s JOIN booking.session n ON n.id = s.session_id JOIN booking.venue v ON v.id = s.venue_id
     JOIN booking.programme p ON p.code = s.programme
    WHERE s.offered IS DISTINCT FROM (n.state = 'open' AND v.state = 'open' AND p.state = 'open')
    ORDER BY s.on_date, s.id FOR UPDATE OF s;
  UPDATE booking.slot s SET offered = NOT s.offered
    FROM booking.session n, booking.venue v, booking.programme p
   WHERE n.id = s.session_id AND v.id = s.venue_id AND p.code = s.programme
     AND s.offered IS DISTINCT FROM (n.state = 'open' AND v.state = 'open' AND p.state = 'open');
END $$;

-- booking.refused_v1 -- 断り: tell the inside which numbers of a message could not be done, and why.
CREATE OR REPLACE FUNCTION booking.refused_v1(p_type text, p_code text, p_ids bigint[]) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM bridge.put_v1('refused', jsonb_build_object('type', p_type, 'code', p_code, 'ids', to_jsonb(p_ids)));
  RETURN p_code;
END $$;

-- arrive.programme_put_v1 -- 接種事業
CREATE OR REPLACE FUNCTION arrive.programme_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.programme (code, title, doses, season_from, season_until, phone, state)
  VALUES (p->>'code', p->>'title', (p->>'doses')::smallint, (p->>'season_from')::date, (p->>'season_until')::date, coalesce(p->>'phone', ''), p->>'state')
  ON CONFLICT (code) DO UPDATE SET title = excluded.title, doses = excluded.doses, season_from = excluded.season_from,
     season_until = excluded.season_until, phone = excluded.phone, state = excluded.state;
  PERFORM booking.offer_v1();
  RETURN 'done';
END $$;

-- arrive.interval_rows_v1 -- 間隔表: the table of one programme; with 'first' it is replaced.
CREATE OR REPLACE FUNCTION arrive.interval_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  IF (p->>'first')::boolean THEN DELETE FROM booking.interval_row WHERE programme = p->>'programme'; END IF;
  INSERT INTO booking.interval_row (programme, dose, previous_product, previous_on, from_on, until_on, products)
  SELECT programme, dose, previous_product, previous_on, from_on, until_on, products FROM arrive.interval_rows_in
  ON CONFLICT (programme, dose, previous_product, previous_on) DO UPDATE SET
     from_on = excluded.from_on, until_on = excluded.until_on, products = excluded.products;
  TRUNCATE arrive.interval_rows_in;
  RETURN 'done';
END $$;

-- arrive.venue_put_v1 -- 会場
CREATE OR REPLACE FUNCTION arrive.venue_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.venue (id, name, kana, address, access, step_free, state)
  VALUES ((p->>'id')::int, p->>'name', coalesce(p->>'kana', ''), coalesce(p->>'address', ''), coalesce(p->>'access', ''),
          coalesce((p->>'step_free')::boolean, false), p->>'state')
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, kana = excluded.kana, address = excluded.address, access = excluded.access,
     step_free = excluded.step_free, state = excluded.state;
  PERFORM booking.offer_v1();
  RETURN 'done';
END $$;

-- arrive.session_put_v1 -- 開設時間帯.  B12: hall, day or product of a session with booked places cannot be changed.
CREATE OR REPLACE FUNCTION arrive.session_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_new booking.session := jsonb_populate_record(NULL::booking.session, p); v_old booking.session;
BEGIN
  SELECT * INTO v_old FROM booking.session s WHERE s.id = v_new.id FOR UPDATE;
  IF FOUND AND (v_old.venue_id, v_old.programme, v_old.product, v_old.on_date) <> (v_new.venue_id, v_new.programme, v_new.product, v_new.on_date) THEN
    PERFORM FROM booking.slot s WHERE s.session_id = v_new.id ORDER BY s.on_date, s.id FOR UPDATE;
    IF EXISTS (SELECT FROM booking.slot s WHERE s.session_id = v_new.id AND s.taken_web + s.taken_phone + s.taken_section > 0) THEN
      RETURN booking.refused_v1('session.put', 'B12', ARRAY[v_new.id::bigint]);
    END IF;
    UPDATE booking.slot s SET venue_id = v_new.venue_id, programme = v_new.programme, product = v_new.product, on_date = v_new.on_date
     WHERE s.session_id = v_new.id;
  END IF;
  INSERT INTO booking.session SELECT v_new.*
  ON CONFLICT (id) DO UPDATE SET venue_id = excluded.venue_id, programme = excluded.programme, product = excluded.product,
     on_date = excluded.on_date, opens_at = excluded.opens_at, closes_at = excluded.closes_at, state = excluded.state;
  PERFORM booking.offer_v1();
  RETURN 'done';
END $$;

-- arrive.slot_put_v1 -- 予約枠: a list of slots.  A capacity below what is taken, or another time for a slot with booked places, refuses
-- the list whole with B12 and names the slots.
CREATE OR REPLACE FUNCTION arrive.slot_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_below bigint[];
BEGIN
  -- Bookings in flight finish first; locked by day, as pairs do.
  PERFORM FROM booking.slot s WHERE s.id IN (SELECT (x->>'id')::bigint FROM jsonb_array_elements(p->'slots') x) ORDER BY s.on_date, s.id FOR UPDATE;
  SELECT array_agg(s.id ORDER BY s.id) INTO v_below
    FROM jsonb_to_recordset(p->'slots') r(id bigint, session_id int, at time, cap_web smallint, cap_phone smallint, cap_section smallint)
    JOIN booking.slot s ON s.id = r.id
   WHERE r.cap_web < s.taken_web OR r.cap_phone < s.taken_phone OR coalesce(r.cap_section, 0) < s.taken_section
      OR ((r.session_id, r.at) <> (s.session_id, s.at) AND s.taken_web + s.taken_phone + s.taken_section > 0);
  IF v_below IS NOT NULL THEN RETURN booking.refused_v1('slot.put', 'B12', v_below); END IF;
  -- A slot whose session never came has no venue: NOT NULL stops it.
  INSERT INTO booking.slot AS o (id, session_id, venue_id, programme, product, on_date, at, cap_web, cap_phone, cap_section, state)
  SELECT r.id, r.session_id, s.venue_id, s.programme, s.product, s.on_date, r.at, r.cap_web, r.cap_phone, coalesce(r.cap_section, 0), coalesce(r.state, 'open')
    FROM jsonb_to_recordset(p->'slots') r(id bigint, session_id int, at time, cap_web smallint, cap_phone smallint, cap_section smallint, state text)
    LEFT JOIN booking.session s ON s.id = r.session_id
  ON CONFLICT (id) DO UPDATE SET session_id = excluded.session_id, venue_id = excluded.venue_id, programme = excluded.programme,
     product = excluded.product, on_date = excluded.on_date, at = excluded.at,
     cap_web = excluded.cap_web, cap_phone = excluded.cap_phone, cap_section = excluded.cap_section, state = excluded.state
   WHERE (o.session_id, o.at, o.cap_web, o.cap_phone, o.cap_section, o.state)
      <> (excluded.session_id, excluded.at, excluded.cap_web, excluded.cap_phone, excluded.cap_section, excluded.state);
  PERFORM booking.offer_v1();
  RETURN 'done';
END $$;

-- arrive.lot_put_v1 -- ロット
CREATE OR REPLACE FUNCTION arrive.lot_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stock, pg_temp AS $$
BEGIN
  INSERT INTO stock.lot (id, product, lot_no, expires_on, state)
  VALUES ((p->>'id')::int, p->>'product', p->>'lot_no', (p->>'expires_on')::date, p->>'state')
  ON CONFLICT (id) DO UPDATE SET lot_no = excluded.lot_no, expires_on = excluded.expires_on, state = excluded.state;
  RETURN 'done';
END $$;

-- arrive.delivery_put_v1 -- 納入: doses of a lot come to a hall.  The same delivery counts once; a changed one counts by its difference,
-- and is refused with B12 where more was used already.
CREATE OR REPLACE FUNCTION arrive.delivery_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stock, pg_temp AS $$
DECLARE
  v_id    bigint := (p->>'id')::bigint;
  v_venue int := (p->>'venue')::int;
  v_lot   int := (p->>'lot')::int;
  v_doses int := (p->>'doses')::int;
  v_old   stock.delivery;
BEGIN
  SELECT * INTO v_old FROM stock.delivery d WHERE d.id = v_id FOR UPDATE;
  IF FOUND AND (v_old.venue_id, v_old.lot_id) <> (v_venue, v_lot) THEN RETURN booking.refused_v1('delivery.put', 'B12', ARRAY[v_id]); END IF;
  INSERT INTO stock.venue_lot (venue_id, lot_id) VALUES (v_venue, v_lot) ON CONFLICT DO NOTHING;
  UPDATE stock.venue_lot q SET delivered = delivered + v_doses - coalesce(v_old.doses, 0)
   WHERE q.venue_id = v_venue AND q.lot_id = v_lot AND given + wasted <= delivered + v_doses - coalesce(v_old.doses, 0);
  IF NOT FOUND THEN RETURN booking.refused_v1('delivery.put', 'B12', ARRAY[v_id]); END IF;
  INSERT INTO stock.delivery VALUES (v_id, v_venue, v_lot, v_doses) ON CONFLICT (id) DO UPDATE SET doses = excluded.doses;
  RETURN 'done';
END $$;

-- booking.renumbered_v1 -- 再発行: forms that were begun with a number that is no longer theirs go blank.
CREATE OR REPLACE FUNCTION booking.renumbered_v1(p_subjects uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking.draft d SET subject_id = NULL, booking_id = NULL WHERE d.subject_id = ANY (p_subjects);
END $$;

-- arrive.subject_rows_v1 -- 対象者(大量): new and changed subjects; hashes only.
CREATE OR REPLACE FUNCTION arrive.subject_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_renumbered uuid[];
BEGIN
  SELECT array_agg(s.id) INTO v_renumbered FROM booking.subject s JOIN arrive.subject_rows_in i ON i.id = s.id AND i.act <> s.act;
  INSERT INTO booking.subject AS s (id, programme, act, try, ask_full, ask_lot, ask_former, form_version)
  SELECT id, programme, act, try, ask_full, ask_lot, ask_former, form_version FROM arrive.subject_rows_in
  ON CONFLICT (id) DO UPDATE SET act = excluded.act, try = excluded.try, ask_full = excluded.ask_full, ask_lot = excluded.ask_lot,
     ask_former = excluded.ask_former, form_version = excluded.form_version
   WHERE (s.act, s.try, s.ask_full, s.ask_lot, s.ask_former, s.form_version)
         IS DISTINCT FROM (excluded.act, excluded.try, excluded.ask_full, excluded.ask_lot, excluded.ask_former, excluded.form_version);
  IF v_renumbered IS NOT NULL THEN PERFORM booking.renumbered_v1(v_renumbered); END IF;
  TRUNCATE arrive.subject_rows_in;
  RETURN 'done';
END $$;

-- arrive.entitlement_rows_v2 -- 予約資格(大量): the entitlements of these subjects, replaced.  Rows that stay are changed in place,
-- so that a booking in flight waits and sees the new row instead of none.
CREATE OR REPLACE FUNCTION arrive.entitlement_rows_v2(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  DELETE FROM booking.entitlement e USING (SELECT DISTINCT i.subject_id FROM arrive.entitlement_rows_in i) i
   WHERE e.subject_id = i.subject_id
     AND NOT EXISTS (SELECT FROM arrive.entitlement_rows_in k WHERE k.subject_id = e.subject_id AND k.dose = e.dose);
  INSERT INTO booking.entitlement AS e (subject_id, dose, from_on, until_on, products, after_previous, opens_at)
  SELECT i.subject_id, i.dose, i.from_on, i.until_on, i.products, i.after_previous, i.opens_at FROM arrive.entitlement_rows_in i
   WHERE EXISTS (SELECT FROM booking.subject s WHERE s.id = i.subject_id) ORDER BY i.subject_id, i.dose
  ON CONFLICT (subject_id, dose) DO UPDATE SET from_on = excluded.from_on, until_on = excluded.until_on, products = excluded.products,
     after_previous = excluded.after_previous, opens_at = excluded.opens_at
   WHERE (e.from_on, e.until_on, e.products, e.after_previous, e.opens_at)
         IS DISTINCT FROM (excluded.from_on, excluded.until_on, excluded.products, excluded.after_previous, excluded.opens_at);
  TRUNCATE arrive.entitlement_rows_in;
  RETURN 'done';
END $$;

-- arrive.entitlement_rows_v1 -- 予約資格(大量): of a packet from before moments of opening crossed; all of them are open.
CREATE OR REPLACE FUNCTION arrive.entitlement_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  RETURN arrive.entitlement_rows_v2(p);
END $$;

-- arrive.subject_put_v2 -- 対象者: one subject with its entitlements, as it stands now; bookings stay.
CREATE OR REPLACE FUNCTION arrive.subject_put_v2(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_id uuid := (p->>'id')::uuid; v_act bytea := decode(p->>'act', 'hex');
BEGIN
  PERFORM FROM booking.entitlement e WHERE e.subject_id = v_id ORDER BY e.dose FOR UPDATE;          -- bookings in flight finish first
  IF EXISTS (SELECT FROM booking.subject s WHERE s.id = v_id AND s.act <> v_act) THEN PERFORM booking.renumbered_v1(ARRAY[v_id]); END IF;
  INSERT INTO booking.subject (id, programme, act, try, ask_full, ask_lot, ask_former, form_version)
  VALUES (v_id, p->>'programme', v_act, decode(p->>'try', 'hex'), decode(p->>'ask_full', 'hex'), decode(p->>'ask_lot', 'hex'),
          decode(p->>'ask_former', 'hex'), (p->>'form_version')::smallint)
  ON CONFLICT (id) DO UPDATE SET act = excluded.act, try = excluded.try, ask_full = excluded.ask_full, ask_lot = excluded.ask_lot,
     ask_former = excluded.ask_former, form_version = excluded.form_version;
  DELETE FROM booking.entitlement e WHERE e.subject_id = v_id
     AND e.dose NOT IN (SELECT (x->>'dose')::smallint FROM jsonb_array_elements(p->'entitlements') x);
  INSERT INTO booking.entitlement (subject_id, dose, from_on, until_on, products, after_previous, opens_at)
  SELECT v_id, r.dose, r.from_on, r.until_on, r.products, r.after_previous, r.opens_at
    FROM jsonb_to_recordset(p->'entitlements')
         r(dose smallint, from_on date, until_on date, products text[], after_previous boolean, opens_at timestamptz)
  ON CONFLICT (subject_id, dose) DO UPDATE SET from_on = excluded.from_on, until_on = excluded.until_on, products = excluded.products,
     after_previous = excluded.after_previous, opens_at = excluded.opens_at;
  RETURN 'done';
END $$;

-- arrive.subject_put_v1 -- 対象者: of a packet from before moments of opening crossed; all its doses are open.
CREATE OR REPLACE FUNCTION arrive.subject_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  RETURN arrive.subject_put_v2(p);
END $$;

-- arrive.subject_withdraw_v1 -- 対象者の取下げ: the subject is not here any more.
CREATE OR REPLACE FUNCTION arrive.subject_withdraw_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  PERFORM booking.withdraw_v1((p->>'id')::uuid);
  RETURN 'done';
END $$;

-- arrive.number_dead_v1 -- 無効な券番号: tripwires, of all reasons alike.
CREATE OR REPLACE FUNCTION arrive.number_dead_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.dead_number (try) SELECT decode(x, 'hex') FROM jsonb_array_elements_text(p->'tries') x ON CONFLICT DO NOTHING;
  RETURN 'done';
END $$;

-- arrive.member_put_v1 -- 従事者: an account of a firm's member on the shelf of its zone.
-- A new enrolment code ends the old password and seat; a code that came before is no new one, so a spent code stays spent.
-- Who has enrolled is known here alone: the inside says only whether the member may work.
CREATE OR REPLACE FUNCTION arrive.member_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = members, pg_temp AS $$
DECLARE
  v_hash text := coalesce(p->>'enrol_hash', '');
  v_new  boolean := false;
BEGIN
  IF coalesce(p->>'zone', '') NOT IN ('desk', 'venue', 'partner') THEN RETURN 'unknown'; END IF;
  IF v_hash <> '' THEN
    INSERT INTO members.invitation VALUES (p->>'zone', p->>'code', v_hash) ON CONFLICT DO NOTHING;
    v_new := FOUND;
  END IF;
  EXECUTE format($q$
    INSERT INTO %I.account AS a (code, display, role, state, enrol_hash, enrol_until, venue_id, trained_until)
    VALUES ($1->>'code', coalesce($1->>'display', ''), $1->>'role', CASE $1->>'state' WHEN 'disabled' THEN 'disabled' ELSE 'invited' END,
            $2, ($1->>'enrol_until')::timestamptz, ($1->>'venue')::int, ($1->>'trained_until')::date)
    ON CONFLICT (code) DO UPDATE SET display = excluded.display, role = excluded.role, venue_id = excluded.venue_id,
       trained_until = excluded.trained_until,
       state = CASE WHEN excluded.state = 'disabled' THEN 'disabled' WHEN $3 OR a.password = '' THEN 'invited' ELSE 'enabled' END,
       password = CASE WHEN $3 THEN '' ELSE a.password END, totp_secret = CASE WHEN $3 THEN '' ELSE a.totp_secret END,
       enrol_hash = CASE WHEN $3 THEN excluded.enrol_hash ELSE a.enrol_hash END,
       enrol_until = CASE WHEN $3 THEN excluded.enrol_until ELSE a.enrol_until END,
       failed = CASE WHEN $3 THEN 0 ELSE a.failed END, locked_until = CASE WHEN $3 THEN NULL ELSE a.locked_until END,
       session_key = CASE WHEN $3 OR excluded.state = 'disabled' THEN '' ELSE a.session_key END$q$, 'shelf_' || (p->>'zone'))
    USING p, v_hash, v_new;
  RETURN 'done';
END $$;

-- arrive.slip_receipt_v1 -- 引継票の受領: the inside has it; the ciphertext here is destroyed.
CREATE OR REPLACE FUNCTION arrive.slip_receipt_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
BEGIN
  UPDATE calls.slip SET ciphertext = NULL, state = 'received' WHERE number = (p->>'number')::bigint AND state = 'waiting';
  RETURN 'done';
END $$;
