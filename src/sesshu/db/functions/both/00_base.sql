-- base.today_v1 -- 本日: the present day in Japan.
CREATE OR REPLACE FUNCTION base.today_v1() RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (base.now_v1() AT TIME ZONE 'Asia/Tokyo')::date;
END $$;

-- base.refuse_change_v1 -- 追記のみ: the trigger of tables that only grow.
CREATE OR REPLACE FUNCTION base.refuse_change_v1() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

-- base.keep_lifecycle_v1 -- 状態遷移: refuses a step that the lifecycle table does not know.
CREATE OR REPLACE FUNCTION base.keep_lifecycle_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = base, pg_temp AS $$
BEGIN
  IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
       SELECT FROM base.lifecycle l
        WHERE l.name = TG_ARGV[0] AND l.old_state = OLD.state AND l.new_state = NEW.state) THEN
    RAISE EXCEPTION 'lifecycle %: no step from % to %', TG_ARGV[0], OLD.state, NEW.state USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
