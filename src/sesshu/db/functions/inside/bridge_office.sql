-- What the office may know of the bridge: how far the streams are, which alarms are open, where one message is.

-- bridge.show_streams_v1 -- 系列の状態: both directions as this building knows them.  Asked by: office.
CREATE OR REPLACE FUNCTION bridge.show_streams_v1()
RETURNS TABLE (direction text, epoch int, last_number bigint, acked bigint, heard_at timestamptz, asked_at timestamptz, state text, reason text,
               waiting bigint, applied_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT s.direction, s.epoch, s.last_number, s.acked, s.heard_at, s.asked_at, s.state, s.reason,
           CASE WHEN s.direction = 'out'
                THEN s.last_number - s.acked + (SELECT count(*) FROM outbox o WHERE o.number IS NULL) ELSE 0 END,
           CASE WHEN s.direction = 'in' THEN (SELECT i.applied_at FROM inbox i WHERE i.epoch = s.epoch AND i.number = s.last_number) END
      FROM stream s ORDER BY s.direction DESC;
END $$;

-- bridge.show_alarms_v1 -- 警報: the open ones, the newest first, then some that were cleared.  Asked by: office.
CREATE OR REPLACE FUNCTION bridge.show_alarms_v1(p_cleared int)
RETURNS TABLE (id bigint, at timestamptz, code text, detail text, cleared_at timestamptz, cleared_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    (SELECT a.* FROM alarm a WHERE a.cleared_at IS NULL ORDER BY a.id DESC)
    UNION ALL
    (SELECT a.* FROM alarm a WHERE a.cleared_at IS NOT NULL ORDER BY a.cleared_at DESC LIMIT p_cleared);
END $$;

-- bridge.clear_one_v1 -- 警報の対応済み: false where no open alarm has this number.  Asked by: office.
CREATE OR REPLACE FUNCTION bridge.clear_one_v1(p_alarm bigint, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  UPDATE alarm a SET cleared_at = base.now_v1(), cleared_by = p_by WHERE a.id = p_alarm AND a.cleared_at IS NULL;
  RETURN FOUND;
END $$;

-- bridge.trace_v1 -- 一通の行方: the newest message whose body holds what is asked, and since when the other side has it.
-- Asked by: office, for "outside since" beside a resident or a dead number.
CREATE OR REPLACE FUNCTION bridge.trace_v1(p_like jsonb) RETURNS TABLE (message bigint, type text, made_at timestamptz, outside_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT o.id, o.type, o.made_at, bridge.outside_since_v1(o.id) FROM outbox o
     WHERE o.body @> p_like ORDER BY o.id DESC LIMIT 1;
END $$;
