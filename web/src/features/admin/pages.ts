/** The pages of the settings, in their order, each with its group and the permission it needs. */
export const ADMIN_PAGES = [
  { to: '/admin/channels', name: 'channels', group: 'desk', permission: 'channels.manage' },
  { to: '/admin/team', name: 'team', group: 'desk', permission: 'agents.manage' },
  { to: '/admin/brands', name: 'brands', group: 'desk', permission: 'workspace.manage' },
  { to: '/admin/fields', name: 'fields', group: 'desk', permission: 'tickets.configure' },
  { to: '/admin/calendars', name: 'calendars', group: 'time', permission: 'sla.manage' },
  { to: '/admin/sla', name: 'sla', group: 'time', permission: 'sla.manage' },
  { to: '/admin/queues', name: 'queues', group: 'time', permission: 'routing.manage' },
  { to: '/admin/skills', name: 'skills', group: 'time', permission: 'routing.manage' },
  { to: '/admin/rules', name: 'rules', group: 'answers', permission: 'rules.manage' },
  { to: '/admin/approvals', name: 'approvals', group: 'answers', permission: 'rules.manage' },
  { to: '/admin/macros', name: 'macros', group: 'answers', permission: 'macros.manage' },
  { to: '/admin/notices', name: 'notices', group: 'answers', permission: 'notices.send' },
  { to: '/admin/faq', name: 'faq', group: 'answers', permission: 'faq.manage' },
  { to: '/admin/surveys', name: 'surveys', group: 'answers', permission: 'surveys.manage' },
  { to: '/admin/handoff', name: 'handoff', group: 'answers', permission: 'tickets.configure' },
  { to: '/admin/crm', name: 'crm', group: 'systems', permission: 'crm.manage' },
  { to: '/admin/webhooks', name: 'webhooks', group: 'systems', permission: 'webhooks.manage' },
  { to: '/admin/tokens', name: 'tokens', group: 'systems', permission: 'agents.manage' },
  { to: '/admin/voice', name: 'voice', group: 'systems', permission: 'channels.manage' },
  { to: '/admin/files', name: 'files', group: 'systems', permission: 'workspace.manage' },
  { to: '/admin/ledger', name: 'ledger', group: 'systems', permission: 'ledger.read' },
  { to: '/admin/jobs', name: 'jobs', group: 'systems', permission: 'jobs.manage' },
  { to: '/admin/audit', name: 'audit', group: 'systems', permission: 'audit.read' },
] as const;

export const ADMIN_GROUPS = ['desk', 'time', 'answers', 'systems'] as const;
