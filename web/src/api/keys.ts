import type { TicketView } from './types';

export interface TicketFilters {
  view: TicketView;
  status?: string;
  channel?: string;
  kind?: string;
  queue?: string;
  q?: string;
  sort?: string;
}

/** Names of everything in the query cache, so that an event can say what it made old. */
export const keys = {
  session: ['session'] as const,
  ticketLists: ['tickets'] as const,
  ticketList: (filters: TicketFilters) => ['tickets', filters] as const,
  counts: ['counts'] as const,
  ticket: (id: string) => ['ticket', id] as const,
  timeline: (ticketId: string) => ['timeline', ticketId] as const,
  sla: (ticketId: string) => ['sla', ticketId] as const,
  assignments: (ticketId: string) => ['assignments', ticketId] as const,
  survey: (ticketId: string) => ['survey', ticketId] as const,
  ticketBatch: (id: string) => ['ticket-batch', id] as const,
  found: (q: string) => ['found', q] as const,
  tags: (prefix: string) => ['tags', prefix] as const,
  ticketFields: ['ticket-fields'] as const,
  ticketSettings: ['ticket-settings'] as const,
  offers: ['offers'] as const,
  inHand: ['in-hand'] as const,
  presence: ['presence'] as const,
  workTypes: ['work-types'] as const,
  notifications: ['notifications'] as const,
  macroList: ['macro-list'] as const,
  cannedList: (q: string) => ['canned-list', q] as const,
  calls: ['calls'] as const,
  callList: (view: string) => ['calls', 'list', view] as const,
  call: (id: string) => ['calls', 'one', id] as const,
  callsOfTicket: (ticketId: string) => ['calls', 'ticket', ticketId] as const,
  callSlots: ['call-slots'] as const,
  handoffs: ['handoff'] as const,
  handoff: (conversationId: string) => ['handoff', conversationId] as const,
  identityChecks: ['identity'] as const,
  identity: (contactId: string, ticketId: string) => ['identity', contactId, ticketId] as const,
  messages: (conversationId: string) => ['messages', conversationId] as const,
  viewers: (ticketId: string) => ['viewers', ticketId] as const,
  contacts: ['contact'] as const,
  contact: (id: string) => ['contact', id] as const,
  agents: ['agents'] as const,
  teams: ['teams'] as const,
  brands: ['brands'] as const,
  channels: ['channels'] as const,
  channelKinds: ['channel-kinds'] as const,
  channelHealth: (id: string) => ['channel-health', id] as const,
  allChannelHealth: ['channel-health'] as const,
  channelPulls: (id: string) => ['channel-pulls', id] as const,
  templates: (channelId: string) => ['templates', channelId] as const,
  oauthApps: ['oauth-apps'] as const,
  connection: (id: string) => ['connection', id] as const,
  permalink: (conversationId: string) => ['permalink', conversationId] as const,
  original: (messageId: string) => ['original', messageId] as const,
  batch: (id: string) => ['moderation', id] as const,
  faq: ['faq'] as const,
  inbound: ['inbound'] as const,
  inboundList: (state: string) => ['inbound', 'list', state] as const,
  inboundEvent: (id: string) => ['inbound', 'one', id] as const,
  jobs: ['jobs'] as const,
  crm: ['crm'] as const,
  crmConnection: ['crm', 'connection'] as const,
  crmQueue: ['crm', 'queue'] as const,
};
