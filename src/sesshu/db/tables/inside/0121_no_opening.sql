-- Entitlements cross ahead with their moment of opening; no list of moments is needed here any more.
DROP TABLE records.opening;
