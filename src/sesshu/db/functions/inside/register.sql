-- register 住民記録: staging is compared with the residents; accepting it is a handful of set-based statements.
-- The values of a protected person are ciphertext in both, so nothing here can tell where anybody protected is.

-- register.lock_imports_v1 -- 取込は一つずつ: whoever stages, accepts or protects waits for the other to end.
CREATE OR REPLACE FUNCTION register.lock_imports_v1() RETURNS void
LANGUAGE plpgsql SET search_path = pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('register.import_'));
END $$;

-- register.day_v1 -- the day of a dob_key where all of it is known.
CREATE OR REPLACE FUNCTION register.day_v1(p_key char(8)) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = pg_temp AS $$
  SELECT CASE WHEN right(p_key::text, 2) <> '00' THEN p_key::text::date END
$$;

-- register.list_standing_v1 -- 前回のままの行: the first 8 bytes of the digests of all who are here and have no wall, sorted, end to end.
CREATE OR REPLACE FUNCTION register.list_standing_v1() RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT coalesce(string_agg(x.head, '' ORDER BY x.head), '')
    FROM (SELECT substr(r.digest, 1, 8) AS head FROM resident r WHERE NOT r.protected AND r.gone_at IS NULL AND length(r.digest) = 16) x
$$;

-- register.difference_v1 -- 異動の判定: what each staged line that differs means, set by set as rules.decide says it one by one.
-- ``moved`` of somebody newly protected is not known here: the address is sealed; Python compares the marks.
CREATE OR REPLACE FUNCTION register.difference_v1(p_import bigint) RETURNS TABLE (
    reference_no text, resident_id bigint, walled boolean, flagged boolean, sealed_line boolean,
    old_status text, status text, renamed boolean, birth boolean, moved boolean, kin boolean, rest boolean, sealed_changed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT s.reference_no, r.id, coalesce(r.protected, false), s.protected, s.sealed IS NOT NULL,
         r.status, s.status,
         (s.name, s.kana, s.latin, s.common_name) IS DISTINCT FROM (r.name, r.kana, r.latin, r.common_name),
         s.dob_key IS DISTINCT FROM r.dob_key,
         s.sealed IS NULL AND (s.postcode, s.town, s.banchi, s.building) IS DISTINCT FROM (r.postcode, r.town, r.banchi, r.building),
         s.sealed IS NULL AND (s.household_no, s.relation, s.phone, s.resident_from, s.event)
                              IS DISTINCT FROM (r.household_no, r.relation, r.phone, r.resident_from, r.event),
         (s.sex, s.is_foreign, s.event_on) IS DISTINCT FROM (r.sex, r.is_foreign, r.event_on),
         coalesce(r.protected, false) AND s.change_mark IS DISTINCT FROM api.seal_mark_v1(r.id)
    FROM staging s LEFT JOIN resident r USING (reference_no)
   WHERE s.import_id = p_import AND (r.id IS NULL OR r.digest <> s.digest OR r.gone_at IS NOT NULL)
$$;

-- register.absent_v1 -- 抽出にない住民: stored residents of whom a full extract has no line, not even a refused one.
CREATE OR REPLACE FUNCTION register.absent_v1(p_import bigint) RETURNS TABLE (resident_id bigint, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT r.id, r.status FROM resident r
   WHERE r.gone_at IS NULL
     AND NOT EXISTS (SELECT FROM staging s WHERE s.import_id = p_import AND s.reference_no = r.reference_no)
     AND NOT EXISTS (SELECT FROM staging_same s WHERE s.import_id = p_import AND s.reference_no = r.reference_no)
     AND NOT EXISTS (SELECT FROM staging_refused f WHERE f.import_id = p_import AND f.reference_no = r.reference_no)
$$;

-- register.compare_v1 -- 比較: how many lines mean what, against the residents as they are now.  Counts only.
CREATE OR REPLACE FUNCTION register.compare_v1(p_import bigint, p_may_be_gone boolean) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE v jsonb;
BEGIN
  ANALYZE register.staging;
  ANALYZE register.staging_same;
  SELECT jsonb_build_object(
      'new', count(*) FILTER (WHERE d.resident_id IS NULL),
      'changed', count(*) FILTER (WHERE NOT plain_same),
      'kinds', jsonb_strip_nulls(jsonb_build_object(
          'new', nullif(count(*) FILTER (WHERE d.resident_id IS NULL), 0),
          'seal', nullif(count(*) FILTER (WHERE flagged AND NOT walled), 0),
          'release_asked', nullif(count(*) FILTER (WHERE walled AND NOT flagged), 0),
          'left', nullif(count(*) FILTER (WHERE turned = 'left'), 0),
          'died', nullif(count(*) FILTER (WHERE turned = 'dead'), 0),
          'removed', nullif(count(*) FILTER (WHERE turned = 'removed'), 0),
          'revived', nullif(count(*) FILTER (WHERE turned = 'present'), 0),
          'moved', nullif(count(*) FILTER (WHERE known AND moved), 0),
          'renamed', nullif(count(*) FILTER (WHERE known AND renamed), 0),
          'birth_corrected', nullif(count(*) FILTER (WHERE known AND birth), 0),
          'other', nullif(count(*) FILTER (WHERE known AND (kin OR rest) AND flagged = walled
                                                 AND turned IS NULL AND NOT (moved OR renamed OR birth)), 0),
          'sealed_changed', nullif(count(*) FILTER (WHERE sealed_changed), 0))))
    INTO v
    FROM (SELECT x.*, x.resident_id IS NOT NULL AS known,
                 CASE WHEN x.status <> x.old_status THEN x.status END AS turned,
                 x.resident_id IS NULL OR (x.flagged = x.walled AND x.status = x.old_status
                   AND NOT (x.renamed OR x.birth OR x.moved OR x.kin OR x.rest OR x.sealed_changed)) AS plain_same
            FROM register.difference_v1(p_import) x) d;
  RETURN v || jsonb_build_object(
      'good', register.count_staged_v1(p_import),
      'kept', (SELECT count(DISTINCT r.id) FROM staging_refused f JOIN resident r USING (reference_no)
                WHERE f.import_id = p_import
                  AND NOT EXISTS (SELECT FROM staging s WHERE s.import_id = p_import AND s.reference_no = f.reference_no)
                  AND NOT EXISTS (SELECT FROM staging_same s WHERE s.import_id = p_import AND s.reference_no = f.reference_no)),
      'gone', CASE WHEN p_may_be_gone THEN (SELECT count(*) FROM register.absent_v1(p_import)) ELSE 0 END);
END $$;

-- register.new_gaiji_v1 -- 新しい外字: marks code points that no accepted import had.
CREATE OR REPLACE FUNCTION register.new_gaiji_v1(p_import bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE v_n int;
BEGIN
  UPDATE import_gaiji g SET is_new = true
   WHERE g.import_id = p_import AND NOT EXISTS (
     SELECT FROM import_gaiji o JOIN import_ i ON i.id = o.import_id
      WHERE o.code_point = g.code_point AND o.import_id <> p_import AND i.state = 'accepted');
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;

-- register.count_staged_v1 -- 取込行の数: staging is not logged, so a hard stop of the server empties it.
CREATE OR REPLACE FUNCTION register.count_staged_v1(p_import bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM staging WHERE import_id = p_import) + (SELECT count(*) FROM staging_same WHERE import_id = p_import);
END $$;

-- register.empty_staging_v1 -- 取込行の消去
CREATE OR REPLACE FUNCTION register.empty_staging_v1(p_import bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM import_ WHERE state = 'staged' AND id <> p_import) THEN
    DELETE FROM staging WHERE import_id = p_import;
    DELETE FROM staging_same WHERE import_id = p_import;
    DELETE FROM staging_refused WHERE import_id = p_import;
  ELSE
    TRUNCATE register.staging, register.staging_same, register.staging_refused;
  END IF;
END $$;

-- register.flagged_v1 -- 新たに支援措置となる住民: residents without a wall whose line (also a refused one) is flagged, with the
-- address they have now and the mark of the new one.
CREATE OR REPLACE FUNCTION register.flagged_v1(p_import bigint) RETURNS TABLE (
    resident_id bigint, reference_no text, postcode text, town text, banchi text, building text, address_mark bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT r.id, r.reference_no, r.postcode, r.town, r.banchi, r.building, s.address_mark
    FROM staging s JOIN resident r USING (reference_no)
   WHERE s.import_id = p_import AND s.protected AND NOT r.protected
  UNION ALL
  SELECT r.id, r.reference_no, r.postcode, r.town, r.banchi, r.building, NULL FROM resident r
   WHERE NOT r.protected
     AND EXISTS (SELECT FROM staging_refused f WHERE f.import_id = p_import AND f.reference_no = r.reference_no AND f.protected)
     AND NOT EXISTS (SELECT FROM staging s WHERE s.import_id = p_import AND s.reference_no = r.reference_no AND s.protected)
   ORDER BY 1
$$;

-- register.exposed_v1 -- 封じるべき取込行: staged lines with plain whereabouts of people who need a wall: a later, refused line of
-- theirs is flagged, or they are protected by hand while an import waits.
CREATE OR REPLACE FUNCTION register.exposed_v1(p_import bigint, p_references text[]) RETURNS TABLE (
    import_id bigint, reference_no text, household_no text, relation text, postcode text, town text, banchi text, building text,
    phone text, resident_from date, event text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = register, pg_temp AS $$
  SELECT s.import_id, s.reference_no, s.household_no, s.relation, s.postcode, s.town, s.banchi, s.building, s.phone, s.resident_from, s.event
    FROM staging s
   WHERE s.sealed IS NULL
     AND (s.reference_no = ANY(p_references)
          OR (s.import_id = p_import
              AND s.reference_no IN (SELECT f.reference_no FROM staging_refused f WHERE f.import_id = p_import AND f.protected)))
$$;

-- register.seal_staged_v1 -- 取込行を封じる
CREATE OR REPLACE FUNCTION register.seal_staged_v1(
    p_import bigint, p_reference text, p_sealed bytea, p_mark bytea, p_address_mark bytea, p_flagged boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
BEGIN
  UPDATE staging SET household_no = NULL, relation = NULL, postcode = NULL, town = NULL, banchi = NULL, building = NULL, phone = NULL,
         resident_from_text = NULL, resident_from = NULL, event = NULL, sealed = p_sealed, change_mark = p_mark, address_mark = p_address_mark,
         protected = protected OR p_flagged
   WHERE import_id = p_import AND reference_no = p_reference;
END $$;

-- register.apply_v1 -- 取込の反映: the accepted lines become the register; what was is history; who changed is looked at again.
-- In one transaction with both approvals.  Whoever became protected was walled before this runs.
CREATE OR REPLACE FUNCTION register.apply_v1(p_import bigint, p_by text, p_may_be_gone boolean, p_request uuid DEFAULT NULL)
RETURNS TABLE (added bigint, altered bigint, gone bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = register, pg_temp AS $$
DECLARE
  v_now  timestamptz := base.now_v1();
  v_zone text := audit.zone_v1();
  v_case text := 'import ' || p_import;
  v      import_;
BEGIN
  SELECT * INTO STRICT v FROM import_ WHERE id = p_import AND state = 'staged' FOR UPDATE;
  IF EXISTS (SELECT FROM register.flagged_v1(p_import)) THEN
    RAISE EXCEPTION 'import %: somebody is flagged and has no wall', p_import;
  END IF;
  DELETE FROM former_address WHERE until_on < base.today_v1();

  -- Residents that the file changes: old values to history, new values in place.  Of the protected only what is no whereabouts
  -- is compared; their columns of whereabouts are empty on both sides.  A sealed line of somebody without a wall (released
  -- after staging) cannot be read here: the next file brings it.
  WITH pair AS MATERIALIZED (
    SELECT r.id, s.*, register.day_v1(s.dob_key) AS dob, r.protected AS walled,
           jsonb_build_object('household_no', r.household_no, 'relation', r.relation, 'name', r.name, 'kana', r.kana, 'latin', r.latin,
             'common_name', r.common_name, 'dob_key', r.dob_key, 'sex', r.sex, 'postcode', r.postcode, 'town', r.town,
             'banchi', r.banchi, 'building', r.building, 'phone', r.phone, 'resident_from', r.resident_from, 'event', r.event,
             'event_on', r.event_on, 'status', r.status, 'is_foreign', r.is_foreign) AS old,
           jsonb_build_object('household_no', s.household_no, 'relation', s.relation, 'name', s.name, 'kana', s.kana, 'latin', s.latin,
             'common_name', s.common_name, 'dob_key', s.dob_key, 'sex', s.sex, 'postcode', s.postcode, 'town', s.town,
             'banchi', s.banchi, 'building', s.building, 'phone', s.phone, 'resident_from', s.resident_from, 'event', s.event,
             'event_on', s.event_on, 'status', s.status, 'is_foreign', s.is_foreign) AS new,
           CASE WHEN r.protected THEN api.seal_mark_v1(r.id) END AS old_mark,
           r.town AS old_town, r.banchi AS old_banchi, r.building AS old_building, r.dob_text AS old_dob_text
      FROM staging s JOIN resident r USING (reference_no)
     WHERE s.import_id = p_import AND (r.digest <> s.digest OR r.gone_at IS NOT NULL)
       AND (r.protected OR s.sealed IS NULL)),
  differ AS MATERIALIZED (
    SELECT p.*, d.changed, d.was
      FROM pair p, LATERAL (
        SELECT coalesce(array_agg(o.key ORDER BY o.key), '{}') AS changed, coalesce(jsonb_object_agg(o.key, o.value), '{}') AS was
          FROM jsonb_each(p.old) o JOIN jsonb_each(p.new) n USING (key) WHERE o.value <> n.value) d),
  told AS (                                     -- who was walled in by this import has an entry of that act already
    SELECT d.id, d.changed || CASE WHEN d.walled AND d.change_mark IS DISTINCT FROM d.old_mark THEN '{whereabouts}'::text[] ELSE '{}' END
                           || CASE WHEN d.walled AND NOT d.protected THEN '{release_asked}'::text[] ELSE '{}' END AS fields,
           EXISTS (SELECT FROM protection w WHERE w.resident_id = d.id AND w.source = v_case) AS walled_now
      FROM differ d),
  put AS (
    UPDATE resident r SET household_no = d.household_no, relation = d.relation, name = d.name, kana = d.kana, latin = d.latin,
           common_name = d.common_name, dob_text = d.dob_text, dob_key = d.dob_key, dob = d.dob, sex = d.sex,
           postcode = d.postcode, town = d.town, banchi = d.banchi, building = d.building, phone = d.phone,
           resident_from = d.resident_from, event = d.event, event_on = d.event_on, status = d.status,
           is_foreign = d.is_foreign, digest = d.digest, gone_at = NULL, last_import = p_import
      FROM differ d WHERE r.id = d.id),
  remembered AS (
    INSERT INTO history (resident_id, until_at, import_id, changed, old)
    SELECT id, v_now, p_import, changed,
           was || CASE WHEN was ? 'dob_key' THEN jsonb_build_object('dob_text', old_dob_text) ELSE '{}' END
      FROM differ WHERE changed <> '{}'),
  letters AS (
    INSERT INTO sealed.letterbox (resident_id, kind, ciphertext, change_mark, put_at)
    SELECT id, 'whereabouts', sealed, change_mark, v_now FROM differ WHERE walled AND change_mark IS DISTINCT FROM old_mark),
  former AS (
    INSERT INTO former_address (resident_id, town, banchi, building, until_on)
    SELECT id, old_town, old_banchi, coalesce(old_building, ''), base.today_v1() + 30 FROM differ
     WHERE NOT walled AND changed && '{town,banchi,building}' AND old_town <> '' AND old_banchi <> ''
    ON CONFLICT (resident_id) DO UPDATE SET town = excluded.town, banchi = excluded.banchi, building = excluded.building, until_on = excluded.until_on),
  asked AS (                                    -- P-13: the section is told; the wall stays
    UPDATE protection p SET release_asked_at = CASE WHEN d.protected THEN NULL ELSE coalesce(p.release_asked_at, v_now) END
      FROM differ d WHERE p.resident_id = d.id AND p.ended_at IS NULL AND d.walled
                      AND d.protected = (p.release_asked_at IS NOT NULL)),
  noted AS (
    INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, resident, fields, request)
    SELECT v_now, p_by, v_zone, 'import.accept', v_case, id, fields, p_request FROM told WHERE fields <> '{}'),
  woken AS (                                    -- DO UPDATE waits for a worker that is just taking the row: nothing is overlooked
    INSERT INTO records.dirty (resident_id, programme)
    SELECT d.id, g.code FROM differ d, planning.programme g WHERE NOT d.walled AND d.changed <> '{}' AND g.state = 'open'
    ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since, recompute = true)
  SELECT count(*) INTO altered FROM told WHERE fields <> '{}' OR walled_now;

  -- New residents.  A flagged one is born behind the wall.
  WITH made AS (
    INSERT INTO resident (reference_no, household_no, relation, name, kana, latin, common_name, dob_text, dob_key, dob, sex, postcode,
                          town, banchi, building, phone, resident_from, event, event_on, status, is_foreign, protected, protected_at,
                          digest, last_import)
    SELECT s.reference_no, s.household_no, s.relation, s.name, s.kana, s.latin, s.common_name, s.dob_text, s.dob_key, register.day_v1(s.dob_key), s.sex, s.postcode,
           s.town, s.banchi, s.building, s.phone, s.resident_from, s.event, s.event_on, s.status, s.is_foreign, s.protected,
           CASE WHEN s.protected THEN v_now END, s.digest, p_import
      FROM staging s WHERE s.import_id = p_import AND NOT EXISTS (SELECT FROM resident r WHERE r.reference_no = s.reference_no)
     ORDER BY s.line
    RETURNING id, reference_no, protected),
  letters AS (
    INSERT INTO sealed.letterbox (resident_id, kind, ciphertext, change_mark, put_at)
    SELECT m.id, 'whereabouts', s.sealed, s.change_mark, v_now
      FROM made m JOIN staging s ON s.import_id = p_import AND s.reference_no = m.reference_no WHERE m.protected),
  walls AS (
    INSERT INTO protection (resident_id, began_at, began_by, source) SELECT id, v_now, p_by, v_case FROM made WHERE protected),
  noted AS (
    INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, resident, fields, request)
    SELECT v_now, p_by, v_zone, 'import.accept', v_case, id, '{new}', p_request FROM made),
  woken AS (
    INSERT INTO records.dirty (resident_id, programme)
    SELECT m.id, g.code FROM made m, planning.programme g WHERE NOT m.protected AND g.state = 'open' ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since, recompute = true)
  SELECT count(*) INTO added FROM made;

  -- Who is absent from a full extract.  A person who had left or died only drops out of it.
  gone := 0;
  IF p_may_be_gone THEN
    WITH absent AS MATERIALIZED (SELECT a.resident_id AS id, a.status AS was FROM register.absent_v1(p_import) a),
    put AS (
      UPDATE resident r SET gone_at = v_now, last_import = p_import,
             status = CASE a.was WHEN 'present' THEN 'removed' ELSE a.was END,
             event_on = CASE a.was WHEN 'present' THEN v.as_of ELSE r.event_on END
        FROM absent a WHERE r.id = a.id),
    remembered AS (
      INSERT INTO history (resident_id, until_at, import_id, changed, old)
      SELECT id, v_now, p_import, '{status}', jsonb_build_object('status', was) FROM absent WHERE was = 'present'),
    noted AS (
      INSERT INTO audit.entry (shown_at, actor, zone, act, case_ref, resident, fields, request)
      SELECT v_now, p_by, v_zone, 'import.accept', v_case, id, '{gone}', p_request FROM absent),
    woken AS (
      INSERT INTO records.dirty (resident_id, programme)
      SELECT a.id, g.code FROM absent a JOIN resident r ON r.id = a.id, planning.programme g
       WHERE NOT r.protected AND a.was = 'present' AND g.state = 'open' ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since, recompute = true)
    SELECT count(*) INTO gone FROM absent;
  END IF;

  -- Nothing of any file stays; another import that waits was compared with a register that is no more.
  TRUNCATE register.staging, register.staging_same, register.staging_refused;
  UPDATE import_ SET state = 'withdrawn', ended_at = v_now, ended_by = v_case WHERE state = 'staged' AND id <> p_import;
  UPDATE import_ SET state = 'accepted', ended_at = v_now, ended_by = p_by WHERE id = p_import;
  IF added > 20000 THEN ANALYZE register.resident; END IF;
  RETURN NEXT;
END $$;
