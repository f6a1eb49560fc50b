-- audit.zone_v1 -- 区画: the zone of the caller, from its database login.
-- Without SET on purpose: so it is inlined and costs nothing in a booking; its operators are PostgreSQL's own.
CREATE OR REPLACE FUNCTION audit.zone_v1() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN starts_with(session_user::text, 'in_') THEN substr(session_user::text, 4)
              WHEN starts_with(session_user::text, 'out_') THEN substr(session_user::text, 5) ELSE 'host' END
$$;

-- audit.put_v1 -- 監査記録: one entry, in the transaction of the change it tells of.
CREATE OR REPLACE FUNCTION audit.put_v1(
    p_act text, p_actor text, p_result text DEFAULT 'done', p_case text DEFAULT '', p_subject uuid DEFAULT NULL,
    p_resident bigint DEFAULT NULL, p_fields text[] DEFAULT '{}', p_request uuid DEFAULT NULL, p_purpose text DEFAULT '')
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, base, pg_temp AS $$
DECLARE v_id bigint;
BEGIN
  INSERT INTO audit.entry (shown_at, actor, zone, act, purpose, case_ref, subject, resident, result, fields, request)
  VALUES (base.now_v1(), p_actor, audit.zone_v1(), p_act, p_purpose, p_case, p_subject, p_resident, p_result, p_fields, p_request)
  RETURNING id INTO v_id;
  RETURN v_id;
END $$;

CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit.entry FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();
CREATE OR REPLACE TRIGGER not_emptied BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION base.refuse_change_v1();
CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit.checkpoint FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();
CREATE OR REPLACE TRIGGER not_emptied BEFORE TRUNCATE ON audit.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION base.refuse_change_v1();

-- audit.ship_v1 -- 監査記録の送付: pages of finished transactions for the inside; a slow one is not stepped over.  Asked by: worker.
CREATE OR REPLACE FUNCTION audit.ship_v1() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
DECLARE v_from xid8; v_to xid8 := pg_snapshot_xmin(pg_current_snapshot()); v_n int := 0; v_page jsonb;
BEGIN
  SELECT upto INTO v_from FROM audit.shipped FOR UPDATE;
  FOR v_page IN
    SELECT jsonb_agg(to_jsonb(e) - '{page,resident}'::text[] ORDER BY e.id)
      FROM (SELECT r.*, (row_number() OVER (ORDER BY r.id) - 1) / 500 AS page FROM audit.entry r WHERE r.xid >= v_from AND r.xid < v_to) e
     GROUP BY e.page ORDER BY e.page LOOP
    PERFORM bridge.put_v1('audit.page', jsonb_build_object('rows', v_page));
    v_n := v_n + jsonb_array_length(v_page);
  END LOOP;
  IF v_n > 0 THEN UPDATE audit.shipped SET upto = v_to; END IF;
  RETURN v_n;
END $$;

-- audit.bounds_v1 -- 検証点の境: every transaction below upto has ended; none at or above running had begun to write.
-- The clock is read before the snapshot is taken, so that whatever comes later is not younger.  Asked by: worker.
CREATE OR REPLACE FUNCTION audit.bounds_v1(
    OUT at timestamptz, OUT shown_at timestamptz, OUT clock text, OUT upto bigint, OUT running bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  at := statement_timestamp();
  shown_at := base.now_v1();
  clock := (SELECT CASE s.value WHEN 'on' THEN 'test' ELSE 'real' END FROM base.setting s WHERE s.name = 'test_clock');
  upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  running := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
END $$;

-- audit.read_v1 -- 監査記録の読出し: entries of transactions below p_upto in the order of the checkpoints, from behind a place on.
-- Nothing of them can change any more, so that pages fit together without a common snapshot.  Asked by: worker, verification.
CREATE OR REPLACE FUNCTION audit.read_v1(p_after_xid bigint, p_after_id bigint, p_upto bigint, p_limit int)
RETURNS TABLE (id bigint, at timestamptz, shown_at timestamptz, xid bigint, actor text, zone text, act text, purpose text,
               case_ref text, subject uuid, resident bigint, result text, fields text[], request uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT e.id, e.at, e.shown_at, e.xid::text::bigint, e.actor, e.zone, e.act, e.purpose, e.case_ref, e.subject, e.resident,
           e.result, e.fields, e.request
      FROM entry e
     WHERE (e.xid, e.id) > (p_after_xid::text::xid8, p_after_id) AND e.xid < p_upto::text::xid8
     ORDER BY e.xid, e.id LIMIT p_limit;
END $$;

-- audit.oldest_v1 -- 検証点を待つ最古の記録: since when a finished entry waits for its checkpoint; NULL = none waits.  Asked by: doctor.
CREATE OR REPLACE FUNCTION audit.oldest_v1(p_from bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  RETURN (SELECT min(e.at) FROM entry e
           WHERE e.xid >= p_from::text::xid8 AND e.xid < pg_snapshot_xmin(pg_current_snapshot()));
END $$;

-- audit.checkpoints_v1 -- 検証点の一覧: statements and signatures after a number, oldest first.  Asked by: worker, office, verification.
CREATE OR REPLACE FUNCTION audit.checkpoints_v1(p_after bigint, p_limit int)
RETURNS TABLE (number bigint, statement text, signature bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT c.number, c.statement, c.signature FROM checkpoint c WHERE c.number > p_after ORDER BY c.number LIMIT p_limit;
END $$;

-- audit.newest_v1 -- 最新の検証点: its number; 0 = none yet.  Asked by: worker, office, doctor.
CREATE OR REPLACE FUNCTION audit.newest_v1() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(max(c.number), 0) FROM checkpoint c);
END $$;

-- audit.last_verified_v1 -- 最後の全件検査: what the newest verification of the whole log found; NULL = there was none.  Asked by: office, doctor.
CREATE OR REPLACE FUNCTION audit.last_verified_v1(OUT shown_at timestamptz, OUT result text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  SELECT e.shown_at, e.result INTO shown_at, result FROM entry e WHERE e.act = 'trail.verify' ORDER BY e.id DESC LIMIT 1;
END $$;

-- audit.put_checkpoint_v1 -- 検証点の記録: the next one and no other; false = another process was first.  Asked by: worker.
CREATE OR REPLACE FUNCTION audit.put_checkpoint_v1(p_number bigint, p_statement text, p_signature bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('audit.checkpoint'));
  IF p_number <> audit.newest_v1() + 1 THEN
    RETURN false;
  END IF;
  INSERT INTO checkpoint (number, statement, signature) VALUES (p_number, p_statement, p_signature);
  RETURN true;
END $$;
