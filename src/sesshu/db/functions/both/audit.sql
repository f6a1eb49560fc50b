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
