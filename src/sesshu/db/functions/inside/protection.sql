-- protection 支援措置: what each room knows of where a person is goes into sealed letters, and is removed here, in one transaction.
-- The list functions say what is to be sealed; Python seals it and puts it into the letterbox; the wall and wipe functions remove it.

-- register.list_letters_v1 -- 封じる内容(住民記録): whereabouts, and history with the former address.
CREATE OR REPLACE FUNCTION register.list_letters_v1(p_residents bigint[])
RETURNS TABLE (resident_id bigint, reference_no text, kind text, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT r.id, r.reference_no, 'whereabouts',
         jsonb_build_object('household_no', r.household_no, 'relation', r.relation, 'postcode', r.postcode, 'town', r.town, 'banchi', r.banchi,
           'building', r.building, 'phone', r.phone, 'resident_from', r.resident_from, 'event', r.event)::text
    FROM resident r WHERE r.id = ANY(p_residents)
  UNION ALL
  SELECT r.id, r.reference_no, 'history',
         jsonb_build_object(
           'history', (SELECT coalesce(jsonb_agg(jsonb_build_object('until_at', h.until_at, 'import', h.import_id, 'changed', h.changed, 'old', h.old)
                                                 ORDER BY h.id), '[]') FROM history h WHERE h.resident_id = r.id),
           'former', (SELECT to_jsonb(f) - 'resident_id' FROM former_address f WHERE f.resident_id = r.id))::text
    FROM resident r WHERE r.id = ANY(p_residents)
     AND (EXISTS (SELECT FROM history h WHERE h.resident_id = r.id) OR EXISTS (SELECT FROM former_address f WHERE f.resident_id = r.id))
$$;

-- register.wall_v1 -- 壁を建てる: whereabouts leave the register, history and former address; a protection begins.
CREATE OR REPLACE FUNCTION register.wall_v1(p_residents bigint[], p_by text, p_source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  UPDATE history SET old = old - '{household_no,relation,postcode,town,banchi,building,phone,resident_from,event}'::text[]
   WHERE resident_id = ANY(p_residents);
  DELETE FROM former_address WHERE resident_id = ANY(p_residents);
  UPDATE resident SET protected = true, protected_at = base.now_v1(), household_no = NULL, relation = NULL, postcode = NULL, town = NULL,
         banchi = NULL, building = NULL, phone = NULL, resident_from = NULL, event = NULL
   WHERE id = ANY(p_residents);
  INSERT INTO protection (resident_id, began_at, began_by, source) SELECT u, base.now_v1(), p_by, p_source FROM unnest(p_residents) u;
END $$;

-- records.lock_for_wall_v1 -- whoever is sending or issuing finishes first, so that nobody is sent after being withdrawn; a message
-- that is arriving about these people is finished first, too, and a later one finds nobody.
CREATE OR REPLACE FUNCTION records.lock_for_wall_v1(p_residents bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
DECLARE v_code text;
BEGIN
  FOR v_code IN SELECT code FROM planning.programme ORDER BY code LOOP
    PERFORM records.lock_v1(v_code);
  END LOOP;
  PERFORM FROM subject s WHERE s.resident_id = ANY(p_residents) ORDER BY s.id FOR UPDATE;
END $$;

-- records.list_letters_v1 -- 封じる内容(接種記録): the ledger, bookings with day and venue, visits, which pseudonym it was.
CREATE OR REPLACE FUNCTION records.list_letters_v1(p_residents bigint[])
RETURNS TABLE (resident_id bigint, reference_no text, kind text, content text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = records, pg_temp AS $$
  WITH who AS (SELECT r.id, r.reference_no FROM register.resident r WHERE r.id = ANY(p_residents)),
  alias AS (SELECT s.id, s.programme, w.id AS resident, w.reference_no FROM subject s JOIN who w ON w.id = s.resident_id)
  SELECT w.id, w.reference_no, 'record', (to_jsonb(x) - 'resident_id')::text FROM record x JOIN who w ON w.id = x.resident_id
  UNION ALL
  SELECT a.resident, a.reference_no, 'record', (to_jsonb(x) - 'resident_id')::text FROM record x JOIN alias a ON a.id = x.subject_id WHERE x.resident_id IS NULL
  UNION ALL
  SELECT a.resident, a.reference_no, 'booking',
         (to_jsonb(b) || jsonb_build_object('on', s.on_date, 'at', p.at, 'venue', v.name))::text
    FROM booking b JOIN alias a ON a.id = b.subject_id
    LEFT JOIN planning.slot p ON p.id = b.slot_id LEFT JOIN planning.session s ON s.id = p.session_id LEFT JOIN planning.venue v ON v.id = s.venue_id
  UNION ALL
  SELECT a.resident, a.reference_no, 'booking', jsonb_build_object('visit', to_jsonb(x))::text FROM visit x JOIN alias a ON a.id = x.subject_id
  UNION ALL
  SELECT a.resident, a.reference_no, 'subject', jsonb_build_object('id', a.id, 'programme', a.programme)::text FROM alias a
$$;

-- records.list_slips_v1 -- 未対応の引継票: slips of these residents that nobody has finished.
CREATE OR REPLACE FUNCTION records.list_slips_v1(p_residents bigint[])
RETURNS TABLE (resident_id bigint, reference_no text, number bigint, case_number bigint, ciphertext bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = records, pg_temp AS $$
  SELECT r.id, r.reference_no, x.number, x.case_number, x.ciphertext
    FROM accountability.slip x JOIN subject s ON s.id = x.subject_id JOIN register.resident r ON r.id = s.resident_id
   WHERE s.resident_id = ANY(p_residents) AND x.state IN ('new', 'taken')
$$;

-- records.wipe_v1 -- 接種記録からの除去: subjects are withdrawn outside and forgotten here with all that hung on them.
-- Messages of the past that name them alone become void.  No reason crosses.
CREATE OR REPLACE FUNCTION records.wipe_v1(p_residents bigint[], p_by text)
RETURNS TABLE (subjects bigint, bookings bigint, records bigint, slips bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
DECLARE v_subjects uuid[]; v_one uuid;
BEGIN
  SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') INTO v_subjects FROM subject s WHERE s.resident_id = ANY(p_residents);
  FOREACH v_one IN ARRAY v_subjects LOOP
    PERFORM bridge.scrub_v1('id', v_one::text, '{subject.put}');
    PERFORM bridge.put_v1('subject.withdraw', jsonb_build_object('id', v_one));
  END LOOP;
  PERFORM api.seal_handover_v1(s.resident_id, p_by, x.number)
     FROM accountability.slip x JOIN subject s ON s.id = x.subject_id
    WHERE s.id = ANY(v_subjects) AND x.state IN ('new', 'taken');
  UPDATE accountability.slip x SET state = 'handed', outcome = 'handed', done_at = base.now_v1(), ciphertext = '', subject_id = NULL
   WHERE x.subject_id = ANY(v_subjects) AND x.state IN ('new', 'taken');
  GET DIAGNOSTICS slips = ROW_COUNT;
  UPDATE accountability.slip x SET subject_id = NULL WHERE x.subject_id = ANY(v_subjects);
  DELETE FROM visit x WHERE x.subject_id = ANY(v_subjects);
  DELETE FROM booking b WHERE b.subject_id = ANY(v_subjects);
  GET DIAGNOSTICS bookings = ROW_COUNT;
  DELETE FROM record x WHERE x.resident_id = ANY(p_residents) OR x.subject_id = ANY(v_subjects);
  GET DIAGNOSTICS records = ROW_COUNT;
  DELETE FROM entitlement e WHERE e.resident_id = ANY(p_residents);   -- its days tell the day of the last dose
  DELETE FROM dirty d WHERE d.resident_id = ANY(p_residents);
  DELETE FROM to_call c WHERE c.resident_id = ANY(p_residents);       -- its booking tells where and when
  DELETE FROM subject s WHERE s.id = ANY(v_subjects);
  GET DIAGNOSTICS subjects = ROW_COUNT;
  RETURN NEXT;
END $$;
