-- The office looks at the bridge through functions.
GRANT EXECUTE ON FUNCTION bridge.show_streams_v1(), bridge.show_alarms_v1(int), bridge.clear_one_v1(bigint, text), bridge.trace_v1(jsonb) TO in_office;
