-- What the application role may do. Facts are appended, never changed. Partitions for the coming months.
DO $$
BEGIN
  IF to_regrole('pasokh_app') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA public TO pasokh_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pasokh_app;
    REVOKE UPDATE, DELETE ON domain_events, audit_log FROM pasokh_app;
    REVOKE INSERT, UPDATE, DELETE ON partitioned_tables FROM pasokh_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pasokh_app;
  END IF;
END $$;
SELECT ensure_partitions();

-- Rows that fall outside the months are walled off too.
DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits JOIN partitioned_tables ON inhparent = name::regclass LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', part);
  END LOOP;
END $$;
