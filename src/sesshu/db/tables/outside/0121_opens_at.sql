-- 受付の開始: sent ahead, so that booking opens by itself at its moment, also while the bridge is down (G-02).  NULL: open.
ALTER TABLE booking.entitlement ADD COLUMN opens_at timestamptz;
ALTER TABLE arrive.entitlement_rows_in ADD COLUMN opens_at timestamptz;
