-- The disclosure list is asked through functions.
GRANT EXECUTE ON FUNCTION accountability.list_entries_v1(bigint, timestamptz, timestamptz), accountability.outside_since_v1(), accountability.list_tripwires_v1(int) TO in_office;
