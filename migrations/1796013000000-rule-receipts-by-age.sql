-- Receipts of rules are kept for half a year: finding the old ones, and whether an approval still names one, must not read
-- them all. Builds two indexes; writes to these two young tables wait meanwhile.

CREATE INDEX rule_receipts_by_age ON rule_receipts (at);
CREATE INDEX approvals_of_receipt ON approvals (workspace_id, receipt_id);
