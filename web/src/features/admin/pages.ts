/** The pages of the settings, in their order, each with the permission it needs. */
export const ADMIN_PAGES = [
  { to: '/admin/channels', name: 'channels', permission: 'channels.manage' },
  { to: '/admin/team', name: 'team', permission: 'agents.manage' },
  { to: '/admin/faq', name: 'faq', permission: 'faq.manage' },
  { to: '/admin/crm', name: 'crm', permission: 'crm.manage' },
  { to: '/admin/ledger', name: 'ledger', permission: 'ledger.read' },
  { to: '/admin/jobs', name: 'jobs', permission: 'jobs.manage' },
] as const;
