-- Who may do what inside.  Everything was revoked before this file runs; what is not here is refused.
GRANT USAGE ON SCHEMA base TO in_office, in_sealed, in_worker, in_courier;
GRANT EXECUTE ON FUNCTION base.now_v1(), base.today_v1() TO in_office, in_sealed, in_worker, in_courier;
GRANT USAGE ON SCHEMA audit TO in_office, in_sealed, in_worker;
GRANT EXECUTE ON FUNCTION audit.put_v1(text, text, text, text, uuid, bigint, text[], uuid, text), audit.zone_v1() TO in_office, in_sealed, in_worker;

-- checkpoints: the worker makes them, whoever verifies reads
GRANT EXECUTE ON FUNCTION audit.read_v1(bigint, bigint, bigint, int), audit.checkpoints_v1(bigint, int), audit.newest_v1(), audit.last_verified_v1(),
  audit.bounds_v1(), audit.oldest_v1(bigint) TO in_office, in_worker;
GRANT EXECUTE ON FUNCTION audit.put_checkpoint_v1(bigint, text, bytea) TO in_worker;

-- office and worker: the tables of the rooms, the bridge's door, the letterbox's slot
GRANT USAGE ON SCHEMA planning, register, tickets, records, accountability, trust, bridge, api, audit TO in_office, in_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA planning, register, tickets, records, accountability, trust TO in_office, in_worker;
REVOKE INSERT, DELETE, UPDATE ON accountability.trail, accountability.tripwire FROM in_office, in_worker;
GRANT SELECT ON audit.entry, audit.checkpoint, base.setting TO in_office, in_worker;
GRANT EXECUTE ON FUNCTION bridge.put_v1(text, jsonb, smallint), bridge.put_rows_v1(text, jsonb, text, smallint), bridge.outside_since_v1(bigint) TO in_office, in_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA bridge TO in_office, in_worker;
GRANT UPDATE ON bridge.alarm TO in_office;
GRANT EXECUTE ON FUNCTION api.seal_put_v1(bigint, text, bytea, bytea), api.seal_mark_v1(bigint), api.seal_handover_v1(bigint, text, bigint) TO in_office, in_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA planning, register, tickets, records, trust TO in_office, in_worker;
GRANT TRUNCATE ON records.entitlement_in, records.births_in TO in_office, in_worker;
GRANT USAGE ON SCHEMA shelf_office TO in_office, in_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf_office.django_session TO in_office;
GRANT SELECT, INSERT, UPDATE ON shelf_office.account TO in_office;

-- sealed: its own room and shelf; of the register only number, name and birth date
GRANT USAGE ON SCHEMA sealed, shelf_sealed, register, api, bridge, records TO in_sealed;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sealed TO in_sealed;
REVOKE INSERT, UPDATE, DELETE ON sealed.letterbox FROM in_sealed;      -- letters are read there and nowhere changed
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf_sealed.django_session TO in_sealed;
GRANT SELECT, INSERT, UPDATE ON shelf_sealed.account TO in_sealed;
GRANT SELECT (id, reference_no, name, kana, dob_text, status, protected, protected_at) ON register.resident TO in_sealed;
GRANT SELECT ON register.protection TO in_sealed;

-- courier
GRANT USAGE ON SCHEMA bridge, arrive TO in_courier;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bridge TO in_courier;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA arrive TO in_courier;
