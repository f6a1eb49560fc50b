-- base.now_v1 -- 現在時刻: the present moment, shifted (databases installed with --test-clock only).
CREATE OR REPLACE FUNCTION base.now_v1() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = base, pg_temp AS $$
BEGIN
  RETURN clock_timestamp() + (SELECT shift FROM test_clock);
END $$;
