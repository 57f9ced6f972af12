import { headerOf, type StoredMail } from './mailbox';

type Matcher = (mail: StoredMail) => boolean;

/** Reads the criteria a client sent (RFC 3501 §6.4.4) as far as mail clients use them here. @throws on others */
export function matcherOf(tokens: readonly string[], highestUid: number): Matcher {
  const left = [...tokens];
  const all: Matcher[] = [];
  while (left.length > 0) all.push(criterion(left, highestUid));
  return (mail) => all.every((matches) => matches(mail));
}

function criterion(left: string[], highestUid: number): Matcher {
  const word = (left.shift() ?? '').toUpperCase();
  const next = () => left.shift() ?? '';
  switch (word) {
    case 'ALL':
      return () => true;
    case 'UID':
      return inSet(next(), highestUid);
    case 'SINCE': {
      const day = Date.parse(`${next()} UTC`);
      return (mail) => mail.internalDate.getTime() >= day;
    }
    case 'HEADER': {
      const [name, value] = [next(), next().toLowerCase()];
      return (mail) => headerOf(mail.source, name).toLowerCase().includes(value) && headerOf(mail.source, name) !== '';
    }
    case 'NOT': {
      const matches = criterion(left, highestUid);
      return (mail) => !matches(mail);
    }
    case 'OR': {
      const [one, other] = [criterion(left, highestUid), criterion(left, highestUid)];
      return (mail) => one(mail) || other(mail);
    }
    default:
      throw new Error(`The simulator does not search by ${word}.`);
  }
}

/** `4,7:9,12:*`; with `*` the newest mail always belongs, as on every server. */
export function inSet(set: string, highestUid: number): Matcher {
  const ranges = set.split(',').map((part) => {
    const [from, to] = part.split(':').map((end) => (end === '*' ? highestUid : Number(end)));
    const [first, last] = [from ?? 0, to ?? from ?? 0];
    return { first: Math.min(first, last), last: Math.max(first, last) };
  });
  return ({ uid }) => ranges.some(({ first, last }) => uid >= first && uid <= last);
}
