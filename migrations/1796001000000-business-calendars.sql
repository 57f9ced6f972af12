-- Business hours: a week, a time zone, holidays. A new table only; locks nothing.
-- Hours and holidays are read and written as a whole, so they are json: it comes back as it was written.

CREATE TABLE business_calendars (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  -- IANA name
  time_zone text NOT NULL,
  -- by weekday (sat … fri): [{ from, to }], minutes after local midnight; a day left out is closed
  hours json NOT NULL,
  -- [{ id, name: { fa, en }, rule, moved, hours }]
  holidays json NOT NULL DEFAULT '[]',
  is_default boolean NOT NULL DEFAULT false,
  -- grows with each change
  version int NOT NULL DEFAULT 1,
  -- names this very state, also where a version was rolled back: settled hours are kept in memory by it
  revision uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX business_calendars_name ON business_calendars (workspace_id, lower(name));
CREATE UNIQUE INDEX business_calendars_one_default ON business_calendars (workspace_id) WHERE is_default;
SELECT wall_off('business_calendars');
