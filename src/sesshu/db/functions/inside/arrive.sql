-- arrive.booking_made_v1 -- 予約
CREATE OR REPLACE FUNCTION arrive.booking_made_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
BEGIN
  -- A subject that was withdrawn in the meantime is nobody here: a late booking of theirs is not kept.
  -- FOR SHARE: a protection in flight waits for us, or we see it.
  IF NOT EXISTS (SELECT FROM records.subject WHERE id = (p->>'subject')::uuid FOR SHARE) THEN RETURN 'unknown'; END IF;
  INSERT INTO records.booking (id, subject_id, programme, dose, slot_id, channel, state, made_at)
  VALUES ((p->>'id')::bigint, (p->>'subject')::uuid, p->>'programme', (p->>'dose')::smallint, (p->>'slot')::bigint, p->>'channel', 'active', (p->>'made_at')::timestamptz)
  ON CONFLICT (id) DO UPDATE SET state = 'active', ended_at = NULL;
  RETURN 'done';
END $$;

-- arrive.booking_ended_v1 -- 予約の終わり
CREATE OR REPLACE FUNCTION arrive.booking_ended_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
BEGIN
  UPDATE records.booking SET state = p->>'how', ended_at = (p->>'at')::timestamptz WHERE id = (p->>'id')::bigint;
  RETURN 'done';
END $$;

-- arrive.visit_received_v1 -- 受付
CREATE OR REPLACE FUNCTION arrive.visit_received_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM records.subject WHERE id = (p->>'subject')::uuid FOR SHARE) THEN RETURN 'unknown'; END IF;
  INSERT INTO records.visit (id, subject_id, booking_id, received_at)
  VALUES ((p->>'visit')::uuid, (p->>'subject')::uuid, (p->>'booking')::bigint, (p->>'at')::timestamptz) ON CONFLICT DO NOTHING;
  RETURN 'done';
END $$;

-- arrive.visit_prechecked_v1 -- 予診
CREATE OR REPLACE FUNCTION arrive.visit_prechecked_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
BEGIN
  UPDATE records.visit SET outcome = p->>'outcome', reason = coalesce(p->>'reason', ''), prechecked_at = (p->>'at')::timestamptz WHERE id = (p->>'visit')::uuid;
  IF p->>'outcome' = 'no_go' THEN
    UPDATE records.booking SET state = 'examined', ended_at = (p->>'at')::timestamptz WHERE id = (p->>'booking')::bigint;
  END IF;
  RETURN 'done';
END $$;

-- arrive.dose_given_v1 -- 接種記録: into the ledger of the resident behind the pseudonym, who is then looked at again.
-- A pseudonym that is known no more (withdrawn between dose and packet) goes to the list of unattributed records; nothing is lost.
CREATE OR REPLACE FUNCTION arrive.dose_given_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = records, pg_temp AS $$
DECLARE
  v_resident bigint;
  v_id       uuid := (p->>'id')::uuid;
  v_state    text := 'valid';
  v_lot      text := (SELECT lot_no FROM planning.lot WHERE id = (p->>'lot')::int);
  v_venue    text := (SELECT name FROM planning.venue WHERE id = (p->>'venue')::int);
BEGIN
  SELECT s.resident_id INTO v_resident FROM records.subject s WHERE s.id = (p->>'subject')::uuid FOR SHARE;
  IF v_resident IS NULL THEN
    v_state := 'unattributed';
  ELSIF EXISTS (SELECT FROM records.record r WHERE r.resident_id = v_resident AND r.programme = p->>'programme' AND r.dose = (p->>'dose')::smallint AND r.state = 'valid' AND r.id <> v_id) THEN
    v_state := 'unattributed'; v_resident := NULL;      -- a second record of the same dose: an officer decides
  END IF;
  INSERT INTO records.record (id, resident_id, subject_id, programme, dose, product, lot_id, lot_no, venue_id, place, given_on, given_at, entered_at, arrived_at, by, site, source, state)
  VALUES (v_id, v_resident, CASE WHEN v_resident IS NULL THEN (p->>'subject')::uuid END, p->>'programme', (p->>'dose')::smallint, p->>'product', (p->>'lot')::int, coalesce(v_lot, '?'), (p->>'venue')::int, coalesce(v_venue, ''),
          ((p->>'given_at')::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, (p->>'given_at')::timestamptz, (p->>'entered_at')::timestamptz, base.now_v1(),
          p->>'by', coalesce(p->>'site', ''), 'hall', v_state)
  ON CONFLICT (id) DO NOTHING;
  UPDATE records.booking SET state = 'fulfilled', ended_at = (p->>'given_at')::timestamptz WHERE id = (p->>'booking')::bigint;
  IF v_resident IS NOT NULL THEN
    PERFORM records.wake_v1(v_resident, p->>'programme');
  END IF;
  RETURN CASE v_state WHEN 'valid' THEN 'done' ELSE 'unattributed' END;
END $$;

-- arrive.slip_put_v1 -- 引継票: kept sealed until an officer takes it; the outside is told that it may forget.
CREATE OR REPLACE FUNCTION arrive.slip_put_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  INSERT INTO accountability.slip (number, case_number, subject_id, operator, ciphertext, made_at, arrived_at)
  VALUES ((p->>'number')::bigint, (p->>'case')::bigint, (p->>'subject')::uuid, p->>'operator', decode(p->>'ciphertext', 'base64'),
          (p->>'made_at')::timestamptz, base.now_v1()) ON CONFLICT DO NOTHING;
  PERFORM bridge.put_v1('slip.receipt', jsonb_build_object('number', (p->>'number')::bigint));
  RETURN 'done';
END $$;

-- arrive.tripwire_hit_v1 -- 無効番号の使用: of a protected person it goes to the responsible section at once (P-12), once while it waits
-- there; of others the office sees it.
CREATE OR REPLACE FUNCTION arrive.tripwire_hit_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
DECLARE v_try bytea := decode(p->>'try', 'hex');
BEGIN
  INSERT INTO accountability.tripwire (at, zone, try, arrived_at) VALUES ((p->>'at')::timestamptz, p->>'zone', v_try, base.now_v1());
  PERFORM api.seal_handover_v1(r.id, 'tripwire')
     FROM tickets.ticket t JOIN register.resident r ON r.id = t.resident_id
    WHERE t.try = v_try AND r.protected
      AND NOT EXISTS (SELECT FROM sealed.handover h WHERE h.resident_id = r.id AND h.by = 'tripwire' AND h.done_at IS NULL);
  RETURN 'done';
END $$;

-- arrive.audit_page_v1 -- 庁外の監査記録: entries of halls name a visit or a booking and no subject; here it is known whose it is.
CREATE OR REPLACE FUNCTION arrive.audit_page_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  INSERT INTO accountability.trail (id, at, shown_at, actor, zone, act, purpose, case_ref, subject, result, fields, request)
  SELECT e.id, e.at, e.shown_at, e.actor, e.zone, e.act, e.purpose, e.case_ref,
         coalesce(e.subject,
                  (SELECT v.subject_id FROM records.visit v WHERE v.id = substring(e.case_ref FROM '^visit ([0-9a-f-]{36})$')::uuid),
                  (SELECT b.subject_id FROM records.booking b WHERE b.id = substring(e.case_ref FROM '^booking ([0-9]+)$')::bigint)),
         e.result, e.fields, e.request
    FROM jsonb_populate_recordset(NULL::audit.entry, p->'rows') e ON CONFLICT DO NOTHING;
  RETURN 'done';
END $$;

-- arrive.refused_v1 -- 庁外の断り: shown to the office.
CREATE OR REPLACE FUNCTION arrive.refused_v1(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = accountability, pg_temp AS $$
BEGIN
  INSERT INTO accountability.answer (at, type, code, ids) VALUES (base.now_v1(), p->>'type', p->>'code', coalesce(p->'ids', '[]'));
  RETURN 'done';
END $$;
