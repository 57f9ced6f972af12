-- Which events opened and ended a clock: with them an event that is handled late, twice or out of turn finds its place.
-- Locks sla_clocks for a moment; nothing has written to it yet.
ALTER TABLE sla_clocks ADD COLUMN opened_position bigint NOT NULL, ADD COLUMN ended_position bigint;
