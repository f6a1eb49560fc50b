-- The life of a ticket (接種券の状態遷移); the same table as inside/tickets/rules.py, a test compares the two.
DELETE FROM base.lifecycle WHERE name = 'ticket';
INSERT INTO base.lifecycle VALUES ('ticket', 'issued', 'void');
DROP TRIGGER IF EXISTS keeps_lifecycle ON tickets.ticket;
CREATE TRIGGER keeps_lifecycle BEFORE UPDATE OF state ON tickets.ticket FOR EACH ROW EXECUTE FUNCTION base.keep_lifecycle_v1('ticket');
-- A number is never given to somebody else and a dead one never forgotten: it is a tripwire.
DROP TRIGGER IF EXISTS stays ON tickets.ticket;
CREATE TRIGGER stays BEFORE DELETE ON tickets.ticket FOR EACH ROW EXECUTE FUNCTION base.refuse_change_v1();

-- tickets.list_waiting_v1 -- 発行の対象: entitled residents without a live ticket; never a protected one (P-02).
CREATE OR REPLACE FUNCTION tickets.list_waiting_v1(p_programme text) RETURNS TABLE (resident_id bigint)
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.id FROM register.resident r
     WHERE r.status = 'present' AND NOT r.protected
       AND EXISTS (SELECT FROM records.entitlement e WHERE e.resident_id = r.id AND e.programme = p_programme)
       AND NOT EXISTS (SELECT FROM ticket t WHERE t.resident_id = r.id AND t.programme = p_programme AND t.state = 'issued')
     ORDER BY r.id;
END $$;

-- tickets.count_waiting_v1 -- 発行の対象の人数: the same residents, counted for a page.
CREATE OR REPLACE FUNCTION tickets.count_waiting_v1(p_programme text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN (SELECT count(*) FROM tickets.list_waiting_v1(p_programme));
END $$;

-- tickets.list_numbers_v1 -- 使用済みの番号: every number ever given, also to the seeds of a mailing, so that none is given twice.
CREATE OR REPLACE FUNCTION tickets.list_numbers_v1() RETURNS TABLE (number text)
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.number::text FROM ticket t UNION ALL SELECT s.number::text FROM mailing.seed s;
END $$;

-- tickets.newest_v1 -- the highest id, to tell what a run has added.
CREATE OR REPLACE FUNCTION tickets.newest_v1() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(max(id), 0) FROM ticket);
END $$;

-- tickets.wake_v1 -- the holders of tickets above an id are to cross.
CREATE OR REPLACE FUNCTION tickets.wake_v1(p_programme text, p_after bigint) RETURNS void
LANGUAGE plpgsql SET search_path = tickets, pg_temp AS $$
BEGIN
  INSERT INTO records.dirty (resident_id, programme, recompute)
  SELECT t.resident_id, t.programme, false FROM ticket t WHERE t.programme = p_programme AND t.id > p_after
  ON CONFLICT (resident_id, programme) DO UPDATE SET since = excluded.since;
END $$;

-- tickets.bury_v1 -- 使えない番号: tells the outside, of all reasons alike (P-02).
CREATE OR REPLACE FUNCTION tickets.bury_v1(p_tries bytea[]) RETURNS void
LANGUAGE plpgsql SET search_path = tickets, pg_temp AS $$
DECLARE v_page jsonb;
BEGIN
  FOR v_page IN
    SELECT jsonb_agg(encode(x.try, 'hex') ORDER BY x.try)      -- by value: the order tells nothing of the reasons
      FROM (SELECT u.try, (row_number() OVER (ORDER BY u.try) - 1) / 5000 AS page FROM unnest(p_tries) u(try)) x
     GROUP BY x.page ORDER BY x.page LOOP
    PERFORM bridge.put_v1('number.dead', jsonb_build_object('tries', v_page));
  END LOOP;
END $$;

-- tickets.void_v1 -- 無効化: one ticket dies; its holder is looked at again.  False: it was dead before.
CREATE OR REPLACE FUNCTION tickets.void_v1(p_ticket bigint, p_reason text) RETURNS boolean
LANGUAGE plpgsql SET search_path = tickets, pg_temp AS $$
DECLARE v ticket;
BEGIN
  UPDATE ticket SET state = 'void', void_at = base.now_v1(), void_reason = p_reason WHERE id = p_ticket AND state = 'issued' RETURNING * INTO v;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM tickets.bury_v1(ARRAY[v.try]);
  PERFORM records.wake_v1(v.resident_id, v.programme, false);
  RETURN true;
END $$;

-- tickets.void_gone_v1 -- 無効化: live tickets of residents who moved away, died, left the register or are protected.  Says whose.
-- Without ids it looks at everybody.
CREATE OR REPLACE FUNCTION tickets.void_gone_v1(p_residents bigint[] DEFAULT NULL) RETURNS SETOF bigint
LANGUAGE plpgsql SET search_path = tickets, pg_temp AS $$
DECLARE v_residents bigint[]; v_tries bytea[];
BEGIN
  -- The ids as a table: with an array in a condition the planner's general plan would read all tickets for each of them.
  IF p_residents IS NULL THEN
    SELECT array_agg(r.id) INTO p_residents FROM register.resident r WHERE r.status <> 'present' OR r.protected;
  END IF;
  WITH dead AS (
    UPDATE ticket t SET state = 'void', void_at = base.now_v1(),
           void_reason = CASE WHEN r.protected THEN 'protected' ELSE CASE r.status WHEN 'left' THEN 'moved' WHEN 'dead' THEN 'deceased' ELSE 'removed' END END
      FROM unnest(p_residents) u(id) JOIN register.resident r ON r.id = u.id
     WHERE t.resident_id = u.id AND t.state = 'issued' AND (r.status <> 'present' OR r.protected)
    RETURNING t.resident_id, t.try)
  SELECT array_agg(d.resident_id), array_agg(d.try) INTO v_residents, v_tries FROM dead d;
  IF v_residents IS NOT NULL THEN PERFORM tickets.bury_v1(v_tries); END IF;
  RETURN QUERY SELECT DISTINCT u FROM unnest(v_residents) u;
END $$;

-- tickets.find_dead_v1 -- 使えない番号の持ち主: whose number a tripwire names.  Asked by: office.
CREATE OR REPLACE FUNCTION tickets.find_dead_v1(p_try bytea) RETURNS TABLE (ticket_id bigint, resident_id bigint, programme text, void_reason text)
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.id, t.resident_id, t.programme, t.void_reason FROM ticket t WHERE t.try = p_try;
END $$;

-- tickets.show_standing_v1 -- 発行の可否: what decides whether one resident may have a ticket; no row: nobody.  Asked by: office.
CREATE OR REPLACE FUNCTION tickets.show_standing_v1(p_resident bigint, p_programme text)
RETURNS TABLE (present boolean, protected boolean, programme_open boolean, entitled boolean)
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT r.status = 'present', r.protected, planning.is_open_v1(p_programme),
           EXISTS (SELECT FROM records.entitlement e WHERE e.resident_id = r.id AND e.programme = p_programme)
      FROM register.resident r WHERE r.id = p_resident;
END $$;

-- tickets.find_resident_v1 -- 宛名番号: the resident it stands for, or NULL.
CREATE OR REPLACE FUNCTION tickets.find_resident_v1(p_reference text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = tickets, pg_temp AS $$
BEGIN
  RETURN (SELECT r.id FROM register.resident r WHERE r.reference_no = p_reference);
END $$;
