-- seal_put_v1 -- 投函: ciphertext for the responsible section; whoever puts it in cannot take it out.  Asked by: office, worker.
CREATE OR REPLACE FUNCTION api.seal_put_v1(p_resident bigint, p_kind text, p_ciphertext bytea, p_mark bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sealed, pg_temp AS $$
BEGIN
  INSERT INTO sealed.letterbox (resident_id, kind, ciphertext, change_mark, put_at) VALUES (p_resident, p_kind, p_ciphertext, p_mark, base.now_v1());
END $$;

-- seal_mark_v1 -- the change-mark of a resident's newest whereabouts, to compare the next file with.  Asked by: office, worker.
CREATE OR REPLACE FUNCTION api.seal_mark_v1(p_resident bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sealed, pg_temp AS $$
BEGIN
  RETURN (SELECT change_mark FROM sealed.letterbox WHERE resident_id = p_resident AND kind = 'whereabouts' ORDER BY id DESC LIMIT 1);
END $$;

-- seal_handover_v1 -- 所管課への引継: tells the responsible section that somebody asked.  Asked by: office, worker.
CREATE OR REPLACE FUNCTION api.seal_handover_v1(p_resident bigint, p_by text, p_slip bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sealed, pg_temp AS $$
BEGIN
  INSERT INTO sealed.handover (resident_id, by, at, slip) VALUES (p_resident, p_by, base.now_v1(), p_slip);
END $$;
