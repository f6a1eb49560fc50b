-- The ledger only grows: nothing of a record changes but its mark (valid → corrected, unattributed → attributed by a new row).
DELETE FROM base.lifecycle WHERE name = 'record';
INSERT INTO base.lifecycle VALUES ('record', 'valid', 'corrected'), ('record', 'unattributed', 'corrected');
DROP TRIGGER IF EXISTS keeps_lifecycle ON records.record;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON records.record FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('record');

-- records.lock_v1 -- one recomputation, issue or sending of a programme at a time; until the end of the transaction.
CREATE OR REPLACE FUNCTION records.lock_v1(p_programme text) RETURNS void
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('records'), hashtext(p_programme));
END $$;

-- records.wake_v1 -- 見直し: a resident is looked at again, in one programme or in all open ones.
-- DO UPDATE, not DO NOTHING: it waits for a worker that is just taking the row, so nothing is overlooked.
CREATE OR REPLACE FUNCTION records.wake_v1(p_resident bigint, p_programme text DEFAULT NULL, p_recompute boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  INSERT INTO dirty AS d (resident_id, programme, recompute)
  SELECT p_resident, p.code, p_recompute FROM planning.programme p WHERE CASE WHEN p_programme IS NULL THEN p.state = 'open' ELSE p.code = p_programme END
  ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since, recompute = d.recompute OR excluded.recompute;
END $$;

-- records.take_dirty_v1 -- 見直しの取出し: the oldest waiting residents; taken rows are gone when this transaction commits.
CREATE OR REPLACE FUNCTION records.take_dirty_v1(p_programme text, p_limit int) RETURNS TABLE (resident_id bigint, recompute boolean)
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    DELETE FROM dirty d USING (SELECT x.resident_id FROM dirty x WHERE x.programme = p_programme ORDER BY x.since, x.resident_id LIMIT p_limit FOR UPDATE) w
     WHERE d.programme = p_programme AND d.resident_id = w.resident_id
    RETURNING d.resident_id, d.recompute;
END $$;

-- records.count_dirty_v1 -- 見直し待ち: how many residents wait, counted up to a limit.
CREATE OR REPLACE FUNCTION records.count_dirty_v1(p_programme text, p_limit int) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM (SELECT FROM dirty d WHERE d.programme = p_programme LIMIT p_limit) x);
END $$;

-- records.take_dirty_of_v1 -- 見直しの取出し: all waiting residents of a range of birth dates.
CREATE OR REPLACE FUNCTION records.take_dirty_of_v1(p_programme text, p_after text, p_upto text) RETURNS TABLE (resident_id bigint, recompute boolean)
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    DELETE FROM dirty d USING register.resident r
     WHERE d.programme = p_programme AND r.id = d.resident_id AND r.dob_key > p_after::char(8) AND r.dob_key <= p_upto::char(8)
    RETURNING d.resident_id, d.recompute;
END $$;

-- records.hold_v1 -- the same lock for a whole session, where it is free: a worker that finds it taken comes again later.
CREATE OR REPLACE FUNCTION records.hold_v1(p_programme text) RETURNS boolean
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  RETURN pg_try_advisory_lock(hashtext('records'), hashtext(p_programme));
END $$;

-- records.let_go_v1 -- ends ``hold_v1``.
CREATE OR REPLACE FUNCTION records.let_go_v1(p_programme text) RETURNS boolean
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  RETURN pg_advisory_unlock(hashtext('records'), hashtext(p_programme));
END $$;

-- records.list_facts_v1 -- 判定の材料: birth date, sex and the doses that count, of given residents or of the next p_limit after an id.
CREATE OR REPLACE FUNCTION records.list_facts_v1(p_programme text, p_after bigint, p_limit int, p_residents bigint[] DEFAULT NULL)
RETURNS TABLE (resident_id bigint, dob date, sex text, doses text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH page AS MATERIALIZED (
      (SELECT r.id, r.dob, r.sex, r.status FROM register.resident r WHERE p_residents IS NULL AND r.id > p_after ORDER BY r.id LIMIT p_limit)
      UNION ALL
      SELECT r.id, r.dob, r.sex, r.status FROM unnest(p_residents) u(id) JOIN register.resident r ON r.id = u.id)
    SELECT p.id, CASE WHEN p.status = 'present' THEN p.dob END, p.sex,
           (SELECT json_agg(json_build_array(d.given_on, d.product) ORDER BY d.given_on, d.dose)::text FROM record d
             WHERE d.resident_id = p.id AND d.programme = p_programme AND d.state = 'valid')
      FROM page p ORDER BY p.id;
END $$;

-- records.count_births_v1 -- 判定の材料(人数): present residents without a dose of a programme, by birth date and, if asked, by sex.
-- Whoever shares both may book the same, so the rules are asked once for all of them.
CREATE OR REPLACE FUNCTION records.count_births_v1(p_programme text, p_by_sex boolean) RETURNS TABLE (dob date, sex text, n bigint)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.dob, CASE WHEN p_by_sex THEN r.sex END, count(*) FROM register.resident r
     WHERE r.status = 'present' AND NOT EXISTS (SELECT FROM record d WHERE d.resident_id = r.id AND d.programme = p_programme AND d.state = 'valid')
     GROUP BY 1, 2;
END $$;

-- records.list_dosed_v1 -- 判定の材料: the same as list_facts_v1, of residents who had a dose; the next p_limit after an id.
CREATE OR REPLACE FUNCTION records.list_dosed_v1(p_programme text, p_after bigint, p_limit int)
RETURNS TABLE (resident_id bigint, dob date, sex text, doses text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.id, CASE WHEN r.status = 'present' THEN r.dob END, r.sex, json_agg(json_build_array(d.given_on, d.product) ORDER BY d.given_on, d.dose)::text
      FROM record d JOIN register.resident r ON r.id = d.resident_id
     WHERE d.programme = p_programme AND d.state = 'valid' AND r.id > p_after
     GROUP BY r.id ORDER BY r.id LIMIT p_limit;
END $$;

-- records.list_booked_v1 -- 予約済みの方: active bookings of a programme with the day and product of their slot, and what decides about them.
CREATE OR REPLACE FUNCTION records.list_booked_v1(p_programme text)
RETURNS TABLE (booking_id bigint, resident_id bigint, dob date, sex text, doses text, dose smallint, on_date date, product text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT b.id, s.resident_id, r.dob, r.sex,
           (SELECT json_agg(json_build_array(d.given_on, d.product) ORDER BY d.given_on, d.dose)::text FROM record d
             WHERE d.resident_id = s.resident_id AND d.programme = p_programme AND d.state = 'valid'),
           b.dose, n.on_date, n.product
      FROM booking b
      JOIN subject s ON s.id = b.subject_id
      JOIN register.resident r ON r.id = s.resident_id
      JOIN planning.slot p ON p.id = b.slot_id
      JOIN planning.session n ON n.id = p.session_id
     WHERE b.programme = p_programme AND b.state = 'active' ORDER BY s.resident_id, b.dose;
END $$;

-- records.take_entitlements_v1 -- 予約資格の反映: what was found is compared with what is there, for given residents or for everybody.
-- Who changed and has a ticket or a subject is to be compared with what crossed (for everybody; the caller of given residents does
-- that next).  Says how many residents changed.
CREATE OR REPLACE FUNCTION records.take_entitlements_v1(p_programme text, p_residents bigint[] DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  IF p_residents IS NULL THEN      -- who has had no dose gets what was found for the birth date
    INSERT INTO entitlement_in (resident_id, dose, from_on, until_on, products, after_previous, opens_at)
    SELECT r.id, b.dose, b.from_on, b.until_on, b.products, b.after_previous, b.opens_at
      FROM births_in b JOIN register.resident r ON r.dob = b.dob AND (b.sex IS NULL OR b.sex = r.sex)
     WHERE r.status = 'present' AND NOT EXISTS (SELECT FROM record d WHERE d.resident_id = r.id AND d.programme = p_programme AND d.state = 'valid');
    TRUNCATE births_in;
  END IF;
  WITH gone AS (
    DELETE FROM entitlement e USING (
        SELECT x.resident_id, x.dose FROM entitlement x WHERE p_residents IS NULL AND x.programme = p_programme
        UNION ALL
        SELECT x.resident_id, x.dose FROM unnest(p_residents) u(id) JOIN entitlement x ON x.resident_id = u.id AND x.programme = p_programme) old
     WHERE e.resident_id = old.resident_id AND e.programme = p_programme AND e.dose = old.dose
       AND NOT EXISTS (SELECT FROM entitlement_in i WHERE i.resident_id = old.resident_id AND i.dose = old.dose)
    RETURNING e.resident_id),
  put AS (
    INSERT INTO entitlement AS e (resident_id, programme, dose, from_on, until_on, products, after_previous, opens_at)
    SELECT i.resident_id, p_programme, i.dose, i.from_on, i.until_on, i.products, i.after_previous, i.opens_at
      FROM entitlement_in i
      LEFT JOIN entitlement o ON o.resident_id = i.resident_id AND o.programme = p_programme AND o.dose = i.dose
     WHERE o.resident_id IS NULL
        OR (o.from_on, o.until_on, o.products, o.after_previous) IS DISTINCT FROM (i.from_on, i.until_on, i.products, i.after_previous)
        OR o.opens_at IS DISTINCT FROM i.opens_at
    ON CONFLICT (resident_id, programme, dose) DO UPDATE SET from_on = excluded.from_on, until_on = excluded.until_on,
       products = excluded.products, after_previous = excluded.after_previous, opens_at = excluded.opens_at
    RETURNING e.resident_id),
  changed AS (SELECT g.resident_id FROM gone g UNION SELECT p.resident_id FROM put p),
  woken AS (
    INSERT INTO dirty (resident_id, programme, recompute)
    SELECT c.resident_id, p_programme, false FROM changed c
     WHERE p_residents IS NULL
       AND (EXISTS (SELECT FROM tickets.ticket t WHERE t.resident_id = c.resident_id AND t.programme = p_programme AND t.state = 'issued')
            OR EXISTS (SELECT FROM subject s WHERE s.resident_id = c.resident_id AND s.programme = p_programme AND s.sent_digest IS NOT NULL))
    ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since)
  SELECT count(*) INTO v_n FROM changed;
  IF p_residents IS NULL OR cardinality(p_residents) > 1000 THEN TRUNCATE entitlement_in; ELSE DELETE FROM entitlement_in; END IF;
  RETURN v_n;
END $$;

-- records.keys_upto_v1 -- the birth date that ends the next p_limit residents after one; NULL where there is nobody left.
CREATE OR REPLACE FUNCTION records.keys_upto_v1(p_after text, p_limit int) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN (SELECT max(x.dob_key)::text FROM (SELECT r.dob_key FROM register.resident r WHERE r.dob_key > p_after::char(8) ORDER BY r.dob_key LIMIT p_limit) x);
END $$;

-- records.keys_of_v1 -- birth dates whose residents are to be compared together when these residents changed: now, and as last sent.
CREATE OR REPLACE FUNCTION records.keys_of_v1(p_programme text, p_residents bigint[]) RETURNS TABLE (dob_key text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.dob_key::text FROM unnest(p_residents) u(id) JOIN register.resident r ON r.id = u.id
    UNION
    SELECT s.dob_key::text FROM unnest(p_residents) u(id) JOIN subject s ON s.resident_id = u.id AND s.programme = p_programme;
END $$;

-- records.list_crossing_v1 -- 庁外へ渡る人の見比べ: everybody of some birth dates who is present or was sent, with what is to cross and what did.
-- Whole birth dates, because an address to the lot crosses only where it means one person.  Of a protected person nothing is read.
CREATE OR REPLACE FUNCTION records.list_crossing_v1(p_programme text, p_after text, p_upto text, p_keys text[] DEFAULT NULL)
RETURNS TABLE (resident_id bigint, dob_key text, present boolean, town text, banchi text, building text,
               former_town text, former_banchi text, former_building text,
               ticket text, try_hash bytea, subject_id uuid, sent_key text, sent_digest bytea, entitlements text)
LANGUAGE plpgsql STABLE SET search_path = records, pg_temp AS $$
DECLARE v_today date := base.today_v1();
BEGIN
  RETURN QUERY
    SELECT r.id, r.dob_key::text, r.status = 'present' AND NOT r.protected, r.town, r.banchi, r.building,
           f.town, f.banchi, f.building, t.number::text, t.try, s.id, s.dob_key::text, s.sent_digest,
           (SELECT json_agg(json_build_array(e.dose, e.from_on, e.until_on, e.products, e.after_previous,
                                            to_char(e.opens_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"')) ORDER BY e.dose)::text
              FROM entitlement e WHERE t.id IS NOT NULL AND e.resident_id = r.id AND e.programme = p_programme)
      FROM (SELECT x.* FROM register.resident x WHERE p_keys IS NULL AND x.dob_key > p_after::char(8) AND x.dob_key <= p_upto::char(8)
            UNION ALL
            SELECT x.* FROM unnest(p_keys) u(key) JOIN register.resident x ON x.dob_key = u.key::char(8)) r
      LEFT JOIN tickets.ticket t ON t.resident_id = r.id AND t.programme = p_programme AND t.state = 'issued'
      LEFT JOIN subject s ON s.resident_id = r.id AND s.programme = p_programme
      LEFT JOIN register.former_address f ON f.resident_id = r.id AND f.until_on >= v_today AND NOT r.protected
     WHERE r.status = 'present' AND NOT r.protected OR s.sent_digest IS NOT NULL
     ORDER BY r.dob_key, r.id;
END $$;

-- records.take_subjects_v1 -- 送付の控え: what was just sent is noted.
CREATE OR REPLACE FUNCTION records.take_subjects_v1(p_programme text) RETURNS void
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  INSERT INTO subject (id, resident_id, programme, dob_key, sent_digest, sent_at)
  SELECT i.id, i.resident_id, p_programme, i.dob_key, i.sent_digest, base.now_v1() FROM subject_in i
  ON CONFLICT (id) DO UPDATE SET dob_key = excluded.dob_key, sent_digest = excluded.sent_digest, sent_at = excluded.sent_at;
  DELETE FROM subject_in;
END $$;

-- records.withdraw_v1 -- 取下げ: the subjects of a resident leave the outside; no reason crosses.  Says how many.
CREATE OR REPLACE FUNCTION records.withdraw_v1(p_resident bigint, p_programme text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
DECLARE v_id uuid; v_n int := 0;
BEGIN
  FOR v_id IN
    UPDATE subject s SET sent_digest = NULL, sent_at = base.now_v1()
     WHERE s.resident_id = p_resident AND s.sent_digest IS NOT NULL AND (p_programme IS NULL OR s.programme = p_programme) RETURNING s.id LOOP
    PERFORM bridge.put_v1('subject.withdraw', jsonb_build_object('id', v_id));
    v_n := v_n + 1;
  END LOOP;
  RETURN v_n;
END $$;

-- records.wake_due_v1 -- 時の経過による見直し: former addresses whose 30 days are over.  Asked by: worker.
CREATE OR REPLACE FUNCTION records.wake_due_v1() RETURNS int
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
DECLARE v_n int := 0; v_one bigint;
BEGIN
  FOR v_one IN DELETE FROM register.former_address f WHERE f.until_on < base.today_v1() RETURNING f.resident_id LOOP
    PERFORM records.wake_v1(v_one, NULL, false);
    v_n := v_n + 1;
  END LOOP;
  RETURN v_n;
END $$;

-- records.begin_night_v1 -- 夜間の突合: true once for a programme and day.  The first day only begins the count.  Asked by: worker.
CREATE OR REPLACE FUNCTION records.begin_night_v1(p_programme text) RETURNS boolean
LANGUAGE plpgsql SET search_path = records, pg_temp AS $$
BEGIN
  INSERT INTO nightly AS n VALUES (p_programme, base.today_v1()) ON CONFLICT (programme) DO NOTHING;
  IF FOUND THEN RETURN false; END IF;
  UPDATE nightly SET done_on = base.today_v1() WHERE programme = p_programme AND done_on < base.today_v1();
  RETURN FOUND;
END $$;
