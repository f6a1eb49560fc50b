-- planning.is_open_v1 -- 受付中: is there such a programme, and is it open?
CREATE OR REPLACE FUNCTION planning.is_open_v1(p_programme text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = planning, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM programme p WHERE p.code = p_programme AND p.state = 'open');
END $$;
