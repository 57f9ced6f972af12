import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEmailSettings } from '../../../src/channels/connectors/email/email.settings';
import { certificatesIn } from '../../../src/channels/connectors/email/mail-tls';
import { type MailSimulator, startMail } from './server';
import type { MailTls } from './smtp';
import { Desk, theMessage } from './spec-support';

const read = (name: string) => readFileSync(join(__dirname, 'certificates', name), 'utf8');
const AUTHORITY = read('ca.pem');
/** Signed by that authority: one for this machine, one for a server of another name. */
const certificates = {
  mail: { key: read('mail.key'), cert: read('mail.pem') },
  elsewhere: { key: read('elsewhere.key'), cert: read('elsewhere.pem') },
};

let sim: MailSimulator;
afterEach(() => sim?.close());

async function start(how: MailTls['how'], which: keyof typeof certificates, settings: object): Promise<Desk> {
  sim = await startMail({ tls: { how, certificate: certificates[which] } });
  const secure = how === 'at_once';
  return new Desk(sim, { allowInsecure: false, imapSecure: secure, smtpSecure: secure, ...settings });
}

const loggedIn = () => sim.commands.filter((command) => /^(?:LOGIN|AUTHENTICATE)/.test(command));

describe.each([
  ['from the first byte', 'at_once'],
  ['by STARTTLS', 'on_request'],
] as const)('encrypted %s', (_, how) => {
  it.each(['127.0.0.1', 'localhost'])('reads and sends where the channel trusts the authority (%s)', async (host) => {
    const desk = await start(how, 'mail', { caCertificate: AUTHORITY, imapHost: host, smtpHost: host });
    await sim.act.mail({ by: 'negar', text: 'سلام', subject: 'سفارش' });
    expect(theMessage(await desk.pullAll())).toMatchObject({ text: 'سلام' });
    expect(await desk.send()).toMatchObject({ status: 'sent' });
    expect((await desk.health()).checks.every(({ state }) => state === 'ok')).toBe(true);
    expect(sim.commands.includes('STARTTLS')).toBe(how === 'on_request');
  });

  it('says nothing to a server nobody vouches for, and says what to do', async () => {
    const desk = await start(how, 'mail', {});
    expect(await desk.pull()).toMatchObject({ status: 'refused', code: 'tls_failed' });
    expect(await desk.send()).toMatchObject({ status: 'retry', code: 'tls_failed' });
    expect(loggedIn()).toEqual([]);
    const { checks } = await desk.health();
    for (const name of ['mailbox', 'sending'])
      expect(checks.find((check) => check.name === name)).toMatchObject({
        state: 'problem',
        serious: true,
        message: { en: expect.stringContaining('cannot be trusted') as unknown },
        fix: { en: expect.stringContaining('caCertificate') as unknown },
      });
  });

  it('nor to one whose certificate is for another name', async () => {
    const desk = await start(how, 'elsewhere', { caCertificate: AUTHORITY });
    expect(await desk.pull()).toMatchObject({ status: 'refused', code: 'tls_failed' });
    expect(await desk.send()).toMatchObject({ status: 'retry', code: 'tls_failed' });
    expect(loggedIn()).toEqual([]);
    const { checks } = await desk.health();
    expect(checks.find(({ name }) => name === 'sending')?.message.en).toContain('for another name');
    expect(checks.find(({ name }) => name === 'mailbox')?.message.en).toContain('for another name');
  });
});

it('takes a certificate whatever a form made of its lines, and several', () => {
  const inOneLine = AUTHORITY.replaceAll('\n', ' ');
  expect(certificatesIn(inOneLine)).toEqual(certificatesIn(AUTHORITY));
  expect(certificatesIn(AUTHORITY.replaceAll('\n', ''))).toEqual(certificatesIn(AUTHORITY));
  expect(certificatesIn(`${AUTHORITY}\n${inOneLine}`)).toHaveLength(2);
  expect(certificatesIn('')).toEqual([]);
});

it.each(['hello', AUTHORITY.replace('MI', 'XX'), `${AUTHORITY} and more`, certificates.mail.key])(
  'refuses what is no certificate (%#)',
  (caCertificate) => {
    const problems = checkEmailSettings('email', { smtpHost: 'mail.example', caCertificate });
    expect(problems.map(({ path }) => path)).toEqual(['caCertificate']);
  },
);
