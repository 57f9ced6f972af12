/** A mail as a mail server keeps it. */
export interface StoredMail {
  uid: number;
  source: Buffer;
  internalDate: Date;
  flags: Set<string>;
}

let validity = 1_700_000_000;

/** One folder: UIDs only grow, until it is numbered anew. */
export class MailFolder {
  uidValidity = (validity += 7);
  uidNext = 1;
  mails: StoredMail[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(readonly path: string) {}

  add(source: Buffer, internalDate: Date, flags: readonly string[] = []): StoredMail {
    const mail = { uid: this.uidNext++, source, internalDate, flags: new Set(flags) };
    this.mails.push(mail);
    for (const changed of this.watchers) changed();
    return mail;
  }

  remove(uid: number): void {
    this.mails = this.mails.filter((mail) => mail.uid !== uid);
  }

  /** What a restored or migrated server does: other UIDs for the same mails, and a new UIDVALIDITY to say so. */
  renumber(): void {
    this.uidValidity = validity += 7;
    this.uidNext = 1;
    for (const mail of this.mails) mail.uid = this.uidNext++;
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  }
}

/** A header's raw value; empty when the mail has none. */
export function headerOf(source: Buffer, name: string): string {
  const head = headOf(source)
    .toString('utf8')
    .replaceAll(/\r?\n[ \t]+/g, ' ');
  const line = head.split(/\r?\n/).find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? '' : line.slice(name.length + 1).trim();
}

/** The headers with the empty line that ends them. */
export function headOf(source: Buffer): Buffer {
  const end = source.indexOf('\r\n\r\n');
  return end < 0 ? source : source.subarray(0, end + 4);
}
