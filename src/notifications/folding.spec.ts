import { foldOf } from './folding';

const TICKET = 'ticket';

describe('what is told as one', () => {
  it.each<[string, Parameters<typeof foldOf>, Parameters<typeof foldOf>, boolean]>([
    ['warnings of two tickets', ['sla.warned', TICKET, { percent: 80 }], ['sla.warned', 'b', { percent: 50 }], true],
    ['a warning and a breach', ['sla.warned', TICKET, {}], ['sla.escalated', TICKET, {}], false],
    ['what one rule says', ['rule.notify', TICKET, { ruleId: 'a' }], ['rule.notify', 'b', { ruleId: 'a' }], true],
    ['what two rules say', ['rule.notify', TICKET, { ruleId: 'a' }], ['rule.notify', TICKET, { ruleId: 'b' }], false],
    [
      'two texts of one rule',
      ['rule.notify', TICKET, { ruleId: 'a', text: 'Look!' }],
      ['rule.notify', TICKET, { ruleId: 'a', text: 'Again' }],
      false,
    ],
    [
      'solved ones',
      ['ticket.status_changed', TICKET, { to: 'solved' }],
      ['ticket.status_changed', 'b', { to: 'solved' }],
      true,
    ],
    [
      'solved and reopened',
      ['ticket.status_changed', TICKET, { to: 'solved' }],
      ['ticket.status_changed', TICKET, { to: 'open' }],
      false,
    ],
  ])('%s', (_, one, other, together) => {
    expect(foldOf(...one) === foldOf(...other)).toBe(together);
  });

  it('promises to call, and what is about no ticket, stand by themselves', () => {
    expect(foldOf('call.due', TICKET, {})).toBeNull();
    expect(foldOf('webhook.disabled', null, { name: 'ERP' })).toBeNull();
  });
});
