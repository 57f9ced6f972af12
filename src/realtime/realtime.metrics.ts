import { Counter, Gauge, Histogram } from 'prom-client';

export const socketsConnected = new Gauge({
  name: 'pasokh_realtime_sockets',
  help: 'Agents’ sockets connected to this node.',
});

export const packetsEmitted = new Counter({
  name: 'pasokh_realtime_packets_total',
  help: 'Packets of events addressed to rooms of this node.',
});

export const resumes = new Counter({
  name: 'pasokh_realtime_resumes_total',
  help: 'Resumes by outcome: head, caught_up, resync, superseded.',
  labelNames: ['outcome'] as const,
});

export const lagged = new Counter({
  name: 'pasokh_realtime_lagging_total',
  help: 'Sockets taken out of their rooms because they did not read.',
});

export const relayLag = new Gauge({
  name: 'pasokh_realtime_relay_lag_events',
  help: 'Events committed and not yet emitted here, in the workspace furthest behind.',
});

export const eventAge = new Histogram({
  name: 'pasokh_realtime_event_age_seconds',
  help: 'From the time of an event to its emission here.',
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});
