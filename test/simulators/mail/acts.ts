import type { People } from './people';
import type { MailSimulator } from './server';
import type { SmtpFault } from './smtp';

/** Everything a scenario can let happen: what people do, and what befalls the mail server. */
export function actsOf(sim: MailSimulator, people: People) {
  return {
    mail: (written: Parameters<People['mail']>[0]) => people.mail(written),
    reply: (written: Parameters<People['reply']>[0]) => people.reply(written),
    outOfOffice: (who: { by: string }) => people.outOfOffice(who),
    bounce: (what: Parameters<People['bounce']>[0]) => people.bounce(what),
    readReceipt: (who: { by: string }) => people.readReceipt(who),
    /** IMAP goes down, or comes back. */
    outage: ({ down }: { down: boolean }) => {
      sim.imap.refusing = down;
      if (down) sim.imap.dropAll();
    },
    /** The server stops pushing while clients idle. */
    fallSilent: ({ silent }: { silent: boolean }) => {
      sim.imapFaults.silent = silent;
    },
    dropConnections: () => sim.imap.dropAll(),
    renumber: () => sim.inbox.renumber(),
    /** From now on only this password opens the mailbox. */
    changePassword: ({ password }: { password: string }) => {
      sim.account.password = password;
    },
    smtpFault: (fault: SmtpFault) => {
      sim.smtp.faults.push(fault);
    },
  };
}

export type MailActs = ReturnType<typeof actsOf>;
