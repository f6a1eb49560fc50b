-- Mailing is the office's and the worker's; what was read in the enclosure check only grows.
GRANT USAGE ON SCHEMA mailing TO in_office, in_worker;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA mailing TO in_office, in_worker;
GRANT DELETE ON mailing.withheld TO in_office, in_worker;
REVOKE UPDATE ON mailing.scan, mailing.seed, mailing.watch_address FROM in_office, in_worker;
GRANT UPDATE (state) ON mailing.watch_address TO in_office;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mailing TO in_office, in_worker;
REVOKE EXECUTE ON FUNCTION mailing.wall_v1() FROM in_office, in_worker;
