import { conversationKey, messageKey, personaKey } from './keys';

const scope = { workspaceId: '0190a0c0-0000-7000-8000-000000000001', network: 'instagram', account: '178414' };

describe('keys', () => {
  it('are a letter and 40 lower-case hexadecimal digits, always the same', () => {
    expect(personaKey(scope, '1599')).toMatch(/^p_[0-9a-f]{40}$/);
    expect(conversationKey(scope, 'dm:1599')).toMatch(/^c_[0-9a-f]{40}$/);
    expect(personaKey(scope, '1599')).toBe(personaKey({ ...scope }, '1599'));
    // pinned: another value would double every record that is in an org already
    expect(personaKey(scope, '1599')).toBe('p_d0728b03690839de6915e45cce29c67a695f9df3');
  });

  it('tell workspaces, networks, accounts, letter case and kinds apart', () => {
    const keys = [
      personaKey(scope, 'aB'),
      personaKey(scope, 'ab'),
      personaKey({ ...scope, workspaceId: '0190a0c0-0000-7000-8000-000000000002' }, 'aB'),
      personaKey({ ...scope, network: 'facebook' }, 'aB'),
      personaKey({ ...scope, account: '178415' }, 'aB'),
      conversationKey(scope, 'aB'),
    ];
    expect(new Set(keys.map((key) => key.slice(2))).size).toBe(5); // kinds share the digits, not the letter
    expect(new Set(keys).size).toBe(6);
  });

  it.each([
    ["a customer's message by the network's id", 'contact', 'mid.1', 'mid.1', true],
    ['our reply the same before and after the network named it', 'agent', null, 'mid.1', true],
    ["the bot's too", 'bot', null, 'mid.1', true],
    ['and what the product itself asks', 'system', null, 'mid.1', true],
    ['another message of the network differently', 'contact', 'mid.1', 'mid.2', false],
  ])('%s', (_, authorKind, before, after, same) => {
    const message = (externalId: string | null) => messageKey(scope, { id: 'our-id', authorKind, externalId });
    expect(message(before) === message(after)).toBe(same);
  });

  it('an id of ours is never taken for one of the network', () => {
    const ours = messageKey(scope, { id: 'x', externalId: null, authorKind: 'contact' });
    expect(messageKey(scope, { id: 'y', externalId: 'x', authorKind: 'contact' })).not.toBe(ours);
  });
});
