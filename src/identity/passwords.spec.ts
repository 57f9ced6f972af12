import { hashPassword, needsRehash, verifyPassword } from './passwords';

const CHEAP = { ln: 10, r: 8, p: 1 };

describe('passwords', () => {
  it('are verified by what was stored, however it was made', async () => {
    const stored = await hashPassword('correct horse battery', CHEAP);
    expect(stored).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$[^$=]{22}\$[^$=]{43}$/);
    expect(await verifyPassword('correct horse battery', stored)).toBe(true);
    expect(await verifyPassword('correct horse batterY', stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('are salted: the same password is stored differently each time', async () => {
    expect(await hashPassword('correct horse battery', CHEAP)).not.toBe(
      await hashPassword('correct horse battery', CHEAP),
    );
  });

  it('match whether an accented letter was typed as one sign or two', async () => {
    const stored = await hashPassword('caf\u00e9 au lait', CHEAP);
    expect(await verifyPassword('cafe\u0301 au lait', stored)).toBe(true);
  });

  it('of nobody never match', async () => {
    expect(await verifyPassword('anything', null)).toBe(false);
  });

  it('made cheaper than today are to be made again, dearer ones are not', async () => {
    const stored = await hashPassword('correct horse battery', CHEAP);
    expect(needsRehash(stored)).toBe(true);
    expect(needsRehash(stored, CHEAP)).toBe(false);
    expect(needsRehash(stored, { ln: 9, r: 8, p: 1 })).toBe(false);
    expect(needsRehash(stored, { ...CHEAP, p: 2 })).toBe(true);
  });

  it('wait for each other, and a crowd is told to come back', async () => {
    const crowd = await Promise.allSettled(
      Array.from({ length: 120 }, () => hashPassword('correct horse battery', { ln: 4, r: 8, p: 1 })),
    );
    expect(crowd.filter((each) => each.status === 'fulfilled')).toHaveLength(102);
    const refused = crowd.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toHaveLength(18);
    expect(refused[0]).toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 5 } });
    expect(await hashPassword('the next one', { ln: 4, r: 8, p: 1 })).toContain('$scrypt$');
  });

  it('stored damaged say so', async () => {
    await expect(verifyPassword('x', 'plain')).rejects.toMatchObject({ code: 'misconfigured' });
  });
});
