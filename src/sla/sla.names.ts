export const SLA_SUBSCRIBER = 'sla.clocks';
export const RECOMPUTE_JOB = 'sla.recompute';
export const RAISE_JOB = 'sla.raise_priority';
