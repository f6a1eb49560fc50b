-- arrive.programme_put_v1 -- 接種事業
CREATE OR REPLACE FUNCTION arrive.programme_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.programme (code, title, doses, season_from, season_until, phone, state)
  VALUES (p->>'code', p->>'title', (p->>'doses')::smallint, (p->>'season_from')::date, (p->>'season_until')::date, coalesce(p->>'phone', ''), p->>'state')
  ON CONFLICT (code) DO UPDATE SET title = excluded.title, doses = excluded.doses, season_from = excluded.season_from,
     season_until = excluded.season_until, phone = excluded.phone, state = excluded.state;
  RETURN 'done';
END $$;

-- arrive.interval_rows_v1 -- 間隔表: the whole table of one programme, replaced.
CREATE OR REPLACE FUNCTION arrive.interval_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  IF (p->>'first')::boolean THEN DELETE FROM booking.interval_row WHERE programme = p->>'programme'; END IF;
  INSERT INTO booking.interval_row SELECT * FROM arrive.interval_rows_in ON CONFLICT DO NOTHING;
  DELETE FROM arrive.interval_rows_in;
  RETURN 'done';
END $$;

-- arrive.venue_put_v1 -- 会場
CREATE OR REPLACE FUNCTION arrive.venue_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.venue SELECT * FROM jsonb_populate_record(NULL::booking.venue, p)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, kana = excluded.kana, address = excluded.address, access = excluded.access,
     step_free = excluded.step_free, state = excluded.state;
  RETURN 'done';
END $$;

-- arrive.session_put_v1 -- 開設時間帯
CREATE OR REPLACE FUNCTION arrive.session_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.session SELECT * FROM jsonb_populate_record(NULL::booking.session, p)
  ON CONFLICT (id) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at, state = excluded.state;
  UPDATE booking.slot SET state = p->>'state' WHERE session_id = (p->>'id')::int AND state IS DISTINCT FROM p->>'state';
  RETURN 'done';
END $$;

-- arrive.slot_put_v1 -- 予約枠: a list of slots.  A capacity below what is taken is refused whole, with B12.
CREATE OR REPLACE FUNCTION arrive.slot_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  BEGIN
    INSERT INTO booking.slot (id, session_id, venue_id, programme, product, on_date, at, cap_web, cap_phone, cap_section, state)
    SELECT r.id, s.id, s.venue_id, s.programme, s.product, s.on_date, r.at, r.cap_web, r.cap_phone, r.cap_section, s.state
      FROM jsonb_to_recordset(p->'slots') r(id bigint, session_id int, at time, cap_web smallint, cap_phone smallint, cap_section smallint)
      JOIN booking.session s ON s.id = r.session_id
    ON CONFLICT (id) DO UPDATE SET cap_web = excluded.cap_web, cap_phone = excluded.cap_phone, cap_section = excluded.cap_section;
  EXCEPTION WHEN check_violation THEN
    PERFORM bridge.put_v1('refused', jsonb_build_object('type', 'slot.put', 'code', 'B12', 'ids', (SELECT jsonb_agg(x->'id') FROM jsonb_array_elements(p->'slots') x)));
    RETURN 'B12';
  END;
  RETURN 'done';
END $$;

-- arrive.lot_put_v1 -- ロット
CREATE OR REPLACE FUNCTION arrive.lot_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stock, pg_temp AS $$
BEGIN
  INSERT INTO stock.lot SELECT * FROM jsonb_populate_record(NULL::stock.lot, p)
  ON CONFLICT (id) DO UPDATE SET expires_on = excluded.expires_on, state = excluded.state;
  RETURN 'done';
END $$;

-- arrive.delivery_put_v1 -- 納入: doses of a lot come to a hall; the same delivery counts once.
CREATE OR REPLACE FUNCTION arrive.delivery_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = stock, pg_temp AS $$
BEGIN
  INSERT INTO stock.delivery VALUES ((p->>'id')::bigint, (p->>'venue')::int, (p->>'lot')::int, (p->>'doses')::int) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    INSERT INTO stock.venue_lot AS q (venue_id, lot_id, delivered) VALUES ((p->>'venue')::int, (p->>'lot')::int, (p->>'doses')::int)
    ON CONFLICT (venue_id, lot_id) DO UPDATE SET delivered = q.delivered + excluded.delivered;
  END IF;
  RETURN 'done';
END $$;

-- arrive.subject_rows_v1 -- 対象者(大量): new and changed subjects; hashes only.
CREATE OR REPLACE FUNCTION arrive.subject_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  INSERT INTO booking.subject AS s SELECT * FROM arrive.subject_rows_in
  ON CONFLICT (id) DO UPDATE SET act = excluded.act, try = excluded.try, ask_full = excluded.ask_full, ask_lot = excluded.ask_lot,
     ask_former = excluded.ask_former, form_version = excluded.form_version;
  DELETE FROM arrive.subject_rows_in;
  RETURN 'done';
END $$;

-- arrive.entitlement_rows_v1 -- 予約資格(大量): the entitlements of these subjects, replaced.
CREATE OR REPLACE FUNCTION arrive.entitlement_rows_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
BEGIN
  DELETE FROM booking.entitlement e USING (SELECT DISTINCT subject_id FROM arrive.entitlement_rows_in) i WHERE e.subject_id = i.subject_id;
  INSERT INTO booking.entitlement SELECT i.* FROM arrive.entitlement_rows_in i WHERE EXISTS (SELECT FROM booking.subject s WHERE s.id = i.subject_id);
  DELETE FROM arrive.entitlement_rows_in;
  RETURN 'done';
END $$;

-- arrive.subject_put_v1 -- 対象者: one subject with its entitlements, as it stands now; bookings stay.
CREATE OR REPLACE FUNCTION arrive.subject_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = booking, pg_temp AS $$
DECLARE v_id uuid := (p->>'id')::uuid;
BEGIN
  INSERT INTO booking.subject (id, programme, act, try, ask_full, ask_lot, ask_former, form_version)
  VALUES (v_id, p->>'programme', decode(p->>'act', 'hex'), decode(p->>'try', 'hex'), decode(p->>'ask_full', 'hex'), decode(p->>'ask_lot', 'hex'),
          decode(p->>'ask_former', 'hex'), (p->>'form_version')::smallint)
  ON CONFLICT (id) DO UPDATE SET act = excluded.act, try = excluded.try, ask_full = excluded.ask_full, ask_lot = excluded.ask_lot,
     ask_former = excluded.ask_former, form_version = excluded.form_version;
  PERFORM FROM booking.entitlement WHERE subject_id = v_id FOR UPDATE;
  DELETE FROM booking.entitlement WHERE subject_id = v_id;
  INSERT INTO booking.entitlement (subject_id, dose, from_on, until_on, products, after_previous)
  SELECT v_id, r.dose, r.from_on, r.until_on, r.products, r.after_previous
    FROM jsonb_to_recordset(p->'entitlements') r(dose smallint, from_on date, until_on date, products text[], after_previous boolean);
  RETURN 'done';
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

-- arrive.member_put_v1 -- 従事者: an account of a firm's member on the shelf of its zone; a new enrolment code ends the old password.
CREATE OR REPLACE FUNCTION arrive.member_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_temp AS $$
BEGIN
  IF p->>'zone' NOT IN ('desk', 'venue', 'partner') THEN RETURN 'M01'; END IF;
  EXECUTE format($q$
    INSERT INTO %I.account AS a (code, display, role, state, enrol_hash, enrol_until, venue_id, trained_until)
    VALUES ($1->>'code', $1->>'display', $1->>'role', $1->>'state', coalesce($1->>'enrol_hash', ''), ($1->>'enrol_until')::timestamptz,
            ($1->>'venue')::int, ($1->>'trained_until')::date)
    ON CONFLICT (code) DO UPDATE SET display = excluded.display, role = excluded.role, venue_id = excluded.venue_id,
       trained_until = excluded.trained_until,
       state = CASE WHEN excluded.enrol_hash <> '' AND excluded.enrol_hash <> a.enrol_hash THEN 'invited' ELSE excluded.state END,
       password = CASE WHEN excluded.enrol_hash <> '' AND excluded.enrol_hash <> a.enrol_hash THEN '' ELSE a.password END,
       enrol_hash = excluded.enrol_hash, enrol_until = excluded.enrol_until,
       session_key = CASE WHEN excluded.state = 'disabled' THEN '' ELSE a.session_key END$q$, 'shelf_' || (p->>'zone')) USING p;
  RETURN 'done';
END $$;

-- arrive.slip_receipt_v1 -- 引継票の受領: the inside has it; the ciphertext here is destroyed.
CREATE OR REPLACE FUNCTION arrive.slip_receipt_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = calls, pg_temp AS $$
BEGIN
  UPDATE calls.slip SET ciphertext = NULL, state = 'received' WHERE number = (p->>'number')::bigint;
  RETURN 'done';
END $$;
