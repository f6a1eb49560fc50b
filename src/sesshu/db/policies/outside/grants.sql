-- Who may do what outside.  Everything was revoked before this file runs; what is not here is refused.
GRANT USAGE ON SCHEMA base TO out_public, out_desk, out_venue, out_partner, out_worker, out_courier;
GRANT EXECUTE ON FUNCTION base.now_v1(), base.today_v1() TO out_public, out_desk, out_venue, out_partner, out_worker, out_courier;

-- public: functions only
GRANT USAGE ON SCHEMA api TO out_public, out_desk, out_venue;
GRANT EXECUTE ON FUNCTION
  api.find_subject_v1(uuid, bytea, bytea, bytea, text), api.find_booking_v1(uuid, bytea, bytea, bytea, bytea),
  api.show_bookings_v1(uuid), api.list_doses_v1(uuid), api.next_opening_v1(uuid), api.list_venues_v1(uuid, smallint), api.list_days_v1(uuid, smallint, int),
  api.list_times_v1(uuid, smallint, int, date, boolean), api.show_slot_v1(bigint),
  api.book_v1(uuid, uuid, smallint, bigint, bytea, bigint, bytea), api.cancel_v1(uuid, uuid, bytea), api.undo_cancel_v1(uuid, uuid, bytea),
  api.move_v1(uuid, uuid, bytea, bigint, bytea, bigint, bytea)
  TO out_public;

-- desk
GRANT EXECUTE ON FUNCTION
  api.open_case_v1(uuid, text), api.show_case_v1(uuid, text), api.match_caller_v1(uuid, text, text, bytea, bytea, bytea[], uuid, text),
  api.prove_booking_v1(uuid, text, bytea, uuid), api.put_slip_v1(uuid, uuid, text, bytea), api.close_case_v1(uuid, text, text), api.list_my_cases_v1(text),
  api.show_bookings_v1(uuid), api.list_doses_v1(uuid), api.next_opening_v1(uuid), api.list_venues_v1(uuid, smallint), api.list_days_v1(uuid, smallint, int),
  api.list_times_v1(uuid, smallint, int, date, boolean), api.show_slot_v1(bigint),
  api.book_v1(uuid, uuid, smallint, bigint, bytea, bigint, bytea), api.cancel_v1(uuid, uuid, bytea), api.undo_cancel_v1(uuid, uuid, bytea),
  api.move_v1(uuid, uuid, bytea, bigint, bytea, bigint, bytea)
  TO out_desk;
GRANT USAGE ON SCHEMA shelf_desk TO out_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf_desk.django_session TO out_desk;
GRANT SELECT, UPDATE (password, totp_secret, totp_last, enrol_hash, enrol_until, state, failed, locked_until, session_key, seen_at)
  ON shelf_desk.account TO out_desk;   -- not role, venue or training: those come over the bridge

-- venue
GRANT EXECUTE ON FUNCTION
  api.check_in_v1(uuid, int, text, bytea, bytea), api.cancel_check_in_v1(uuid, uuid, int, text), api.find_visit_v1(int, int, date),
  api.precheck_v1(uuid, uuid, int, text, text, text), api.record_dose_v1(uuid, uuid, int, text, bytea, int, timestamptz, text, boolean),
  api.list_day_v1(int, date), api.count_day_v1(int, date), api.list_lots_v1(int), api.show_venue_v1(int),
  api.find_subject_v1(uuid, bytea, bytea, bytea, text), api.list_doses_v1(uuid), api.next_opening_v1(uuid), api.list_venues_v1(uuid, smallint), api.list_days_v1(uuid, smallint, int),
  api.list_times_v1(uuid, smallint, int, date, boolean), api.show_slot_v1(bigint), api.book_v1(uuid, uuid, smallint, bigint, bytea, bigint, bytea)
  TO out_venue;
GRANT USAGE ON SCHEMA shelf_venue TO out_venue;
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf_venue.django_session TO out_venue;
GRANT SELECT, UPDATE (password, totp_secret, totp_last, enrol_hash, enrol_until, state, failed, locked_until, session_key, seen_at)
  ON shelf_venue.account TO out_venue;   -- not role, venue or training: those come over the bridge

-- staff zones write their sign-ins and sign-outs into the audit log
GRANT USAGE ON SCHEMA audit TO out_desk, out_venue;
GRANT EXECUTE ON FUNCTION audit.put_v1(text, text, text, text, uuid, bigint, text[], uuid, text), audit.zone_v1() TO out_desk, out_venue;

-- worker: periodic functions
GRANT USAGE ON SCHEMA booking, audit TO out_worker;
GRANT EXECUTE ON FUNCTION booking.release_due_v1(), booking.watch_v1(), booking.tidy_v1(), audit.ship_v1() TO out_worker;
GRANT EXECUTE ON FUNCTION audit.read_v1(bigint, bigint, bigint, int), audit.checkpoints_v1(bigint, int), audit.newest_v1(), audit.last_verified_v1(),
  audit.bounds_v1(), audit.oldest_v1(bigint), audit.put_checkpoint_v1(bigint, text, bytea), audit.zone_v1(),
  audit.put_v1(text, text, text, text, uuid, bigint, text[], uuid, text) TO out_worker;

-- courier: the bridge's functions and the arrivals
GRANT USAGE ON SCHEMA bridge, arrive TO out_courier;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bridge TO out_courier;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA arrive TO out_courier;
GRANT INSERT ON arrive.subject_rows_in, arrive.entitlement_rows_in, arrive.interval_rows_in TO out_courier;
