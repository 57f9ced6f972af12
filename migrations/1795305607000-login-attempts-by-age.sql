-- Old counters of failed sign-ins are swept by age. Locks login_attempts for an instant: the table is small.
CREATE INDEX login_attempts_by_age ON login_attempts (window_started_at);
