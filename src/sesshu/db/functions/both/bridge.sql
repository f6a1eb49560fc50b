-- bridge.put_v1 -- 電文を出す: one message for the other building; it exists if and only if this transaction commits.
CREATE OR REPLACE FUNCTION bridge.put_v1(p_type text, p_body jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  INSERT INTO bridge.outbox (type, body) VALUES (p_type, p_body);
END $$;

-- bridge.put_rows_v1 -- 電文(大量): many rows as COPY text in one message.
CREATE OR REPLACE FUNCTION bridge.put_rows_v1(p_type text, p_body jsonb, p_rows text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = bridge, pg_temp AS $$
BEGIN
  INSERT INTO bridge.outbox (type, body, rows) VALUES (p_type, p_body, p_rows);
END $$;
