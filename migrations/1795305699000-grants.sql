-- What the application role may do. Facts are appended, never changed. Partitions for the coming months.
DO $$
BEGIN
  IF walls_by_role() THEN
    GRANT USAGE ON SCHEMA public TO pasokh_app, pasokh_system;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pasokh_app, pasokh_system;
    REVOKE UPDATE, DELETE ON domain_events, audit_log FROM pasokh_app, pasokh_system;
    REVOKE INSERT, UPDATE, DELETE ON partitioned_tables FROM pasokh_app, pasokh_system;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pasokh_app, pasokh_system;
  END IF;
END $$;
SELECT ensure_partitions();

-- Rows that fall outside the months are walled off too.
DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits JOIN partitioned_tables ON inhparent = name::regclass LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
    IF NOT walls_by_role() THEN
      EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', part);
    END IF;
  END LOOP;
END $$;
