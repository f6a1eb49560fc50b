-- accountability.list_entries_v1 -- 取扱いの記録: all that both buildings' logs hold of one resident, newest first.
-- Inside by the resident, outside by the pseudonyms that stand for them.  Asked by: office.
CREATE OR REPLACE FUNCTION accountability.list_entries_v1(p_resident bigint, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (building text, entry_id bigint, at timestamptz, actor text, zone text, act text, purpose text, case_ref text, result text, fields text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT 'inside', e.id, e.shown_at, e.actor, e.zone, e.act, e.purpose, e.case_ref, e.result, e.fields
      FROM audit.entry e
     WHERE (e.resident = p_resident OR e.subject IN (SELECT s.id FROM records.subject s WHERE s.resident_id = p_resident))
       AND e.shown_at >= p_from AND e.shown_at < p_to
    UNION ALL
    SELECT 'outside', t.id, t.shown_at, t.actor, t.zone, t.act, t.purpose, t.case_ref, t.result, t.fields
      FROM records.subject s JOIN accountability.trail t ON t.subject = s.id
     WHERE s.resident_id = p_resident AND t.shown_at >= p_from AND t.shown_at < p_to
     ORDER BY 3 DESC, 1, 2 DESC;
END $$;

-- accountability.outside_since_v1 -- 庁外の記録の到着: until when the outside's log has come in.  Asked by: office.
CREATE OR REPLACE FUNCTION accountability.outside_since_v1() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  RETURN (SELECT max(t.shown_at) FROM accountability.trail t);
END $$;

-- accountability.list_tripwires_v1 -- 無効な番号の使用: the newest uses of dead numbers, with whose they were.  Of protected people none: their
-- section was told when it arrived, and a list without them tells nothing.  Asked by: office.
CREATE OR REPLACE FUNCTION accountability.list_tripwires_v1(p_limit int)
RETURNS TABLE (id bigint, at timestamptz, zone text, resident_id bigint, ticket_id bigint, void_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT w.id, w.at, w.zone, t.resident_id, t.id, t.void_reason
      FROM tripwire w JOIN tickets.ticket t ON t.try = w.try JOIN register.resident r ON r.id = t.resident_id
     WHERE NOT r.protected AND t.void_reason <> 'protected'
     ORDER BY w.id DESC LIMIT p_limit;
END $$;
