-- base.now_v1 -- 現在時刻: the present moment.
CREATE OR REPLACE FUNCTION base.now_v1() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN clock_timestamp();
END $$;
