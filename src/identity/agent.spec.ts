import { mustKeepAnOwner, mustOutrank, normalEmail } from './agent';
import type { Role } from './principal';

const codeOf = (work: () => void) => {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('running people', () => {
  it.each<[string, Role, Role | undefined, Role | undefined, string]>([
    ['an owner makes an owner', 'owner', undefined, 'owner', 'allowed'],
    ['an owner demotes an owner', 'owner', 'owner', 'agent', 'allowed'],
    ['an admin makes a lead', 'admin', undefined, 'lead', 'allowed'],
    ['an admin makes an admin', 'admin', 'agent', 'admin', 'allowed'],
    ['an admin may not make an owner', 'admin', undefined, 'owner', 'forbidden'],
    ['an admin may not promote to owner', 'admin', 'admin', 'owner', 'forbidden'],
    ['an admin may not change an owner', 'admin', 'owner', undefined, 'forbidden'],
    ['an admin demoted meanwhile changes nobody', 'agent', 'agent', 'lead', 'forbidden'],
  ])('%s', (_, actor, target, becomes, expected) =>
    expect(codeOf(() => mustOutrank(actor, target, becomes))).toBe(expected),
  );

  const now = new Date();
  const owner = { role: 'owner' as const, disabledAt: null };
  it.each([
    ['the last owner stays owner', 1, owner, { role: 'admin' as const, disabledAt: null }, 'conflict'],
    ['the last owner stays enabled', 1, owner, { ...owner, disabledAt: now }, 'conflict'],
    ['one of two may go', 2, owner, { ...owner, disabledAt: now }, 'allowed'],
    ['the last owner may change otherwise', 1, owner, owner, 'allowed'],
    [
      'a disabled owner does not count',
      1,
      { ...owner, disabledAt: now },
      { role: 'agent' as const, disabledAt: now },
      'allowed',
    ],
  ])('%s', (_, owners, before, after, expected) =>
    expect(codeOf(() => mustKeepAnOwner(owners, before, after))).toBe(expected),
  );

  it('knows an e-mail however it was typed', () =>
    expect(normalEmail(' Ada@Harbour.Example ')).toBe('ada@harbour.example'));
});
