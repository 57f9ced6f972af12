-- A brand that is given up is archived and can be brought back: tickets and channels go on naming it. A new column that is
-- null and rewrites nothing; takes a short exclusive lock on brands.

ALTER TABLE brands
  -- since when it takes no new channels; null: in use
  ADD COLUMN archived_at timestamptz;
