-- The ground under all tables: who the application is to Postgres, the second wall between workspaces, monthly partitions.
-- Locks nothing: runs on an empty database.

-- The application works as pasokh_app, which sees one workspace at a time, and as pasokh_system for work across workspaces
-- (ingest, sweeps, sign-in): never as the owner, so it can neither change tables nor step around row-level security.
-- A managed Postgres may forbid creating roles; then the owner itself is held by FORCE ROW LEVEL SECURITY.
DO $$
BEGIN
  CREATE ROLE pasokh_app NOLOGIN NOBYPASSRLS;
  CREATE ROLE pasokh_system NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR insufficient_privilege OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
  EXECUTE format('GRANT pasokh_app, pasokh_system TO %I', current_user);
EXCEPTION WHEN undefined_object OR insufficient_privilege OR unique_violation OR internal_error THEN NULL;
END $$;

-- Whether the wall stands by roles; otherwise by FORCE.
CREATE FUNCTION walls_by_role() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT count(*) = 2 AND bool_and(pg_has_role(current_user, oid, 'member'))
  FROM pg_roles WHERE rolname IN ('pasokh_app', 'pasokh_system')
$$;

-- First instant a version-7 UUID can carry for a given time: 48 bits of milliseconds, the rest zero.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Row-level security: a transaction names its workspace in app.workspace_id; unset means nothing is visible. The condition
-- is a plain equality on the column, so the planner folds it into the query's own and its estimates stay right; written as
-- a comparison of texts it cost lists their plans.
CREATE FUNCTION wall_off(target regclass, tenant text DEFAULT 'workspace_id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  IF walls_by_role() THEN
    EXECUTE format(
      'CREATE POLICY workspace_wall ON %s TO pasokh_app USING (%I = nullif(current_setting(''app.workspace_id'', true), '''')::uuid)',
      target, tenant);
    EXECUTE format('CREATE POLICY system_work ON %s TO pasokh_system USING (true)', target);
  ELSE
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
      'CREATE POLICY workspace_wall ON %s USING (current_setting(''app.workspace_id'', true) IN (''system'', %I::text))',
      target, tenant);
  END IF;
END $$;

-- Tables split by month; by_uuid: on a version-7 UUID column, else on a timestamptz column.
CREATE TABLE partitioned_tables (name text PRIMARY KEY, by_uuid boolean NOT NULL);

-- Makes the monthly partitions from last month to `months_ahead`; rows outside fall into the default partition, never on the floor.
-- A partition read directly shows nothing (row-level security without a policy): all reading goes through the parent's wall.
CREATE FUNCTION ensure_partitions(months_ahead int DEFAULT 3) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  t record;
  month timestamptz;
  part text;
  made int := 0;
BEGIN
  FOR t IN SELECT * FROM partitioned_tables LOOP
    FOR i IN -1..months_ahead LOOP
      month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => i);
      part := format('%s_%s', t.name, to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'));
      IF to_regclass(part) IS NULL THEN
        IF t.by_uuid THEN
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, t.name,
            uuid_floor(month), uuid_floor(month + interval '1 month'));
        ELSE
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, t.name,
            month, month + interval '1 month');
        END IF;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        IF NOT walls_by_role() THEN
          EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
        END IF;
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
