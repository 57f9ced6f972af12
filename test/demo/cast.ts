import { SAMPLE_AGENTS } from '../../src/cli/sample-shop';
import { SEED } from '../simulators/meta/seed';
import type { World } from '../simulators/meta/world';

/** The shop's accounts on the networks and what opens them. */
export const SHOP = {
  brand: 'سیب‌سرخ',
  pageId: SEED.pageId,
  pageToken: SEED.pageToken,
  instagramId: SEED.instagramId,
  instagramToken: SEED.instagramToken,
  appSecret: SEED.appSecret,
  phone: '+982191001234',
  webchatSecret: 'the shop’s own secret of its web chat, for this demo only',
} as const;

/** The shop's mailbox. */
export const MAIL = { address: 'salam@sibsorkh.test', password: 'mailbox-sibsorkh', name: 'سیب‌سرخ' } as const;

/** Somebody who writes from Instagram first, and goes on by e-mail. */
export const AT_THE_OFFICE = { name: 'سحر مرادی', address: 'sahar.moradi@office.test' } as const;

export const OWNER = { email: 'owner@sibsorkh.test', password: 'owner-sibsorkh' };

/** Everybody in the shop; easy passwords, because nothing here is real. */
export const AGENTS = SAMPLE_AGENTS.map((agent) => ({ ...agent, password: `${agent.email.split('@')[0]}-sibsorkh` }));

/** Played by the demo; the others wait for you to sign in as them. */
export const PLAYED = ['reza@sibsorkh.test', 'mina@sibsorkh.test'];

/** Played too: never online for the router, at work on what takes longer. */
export const CARE = 'kian@sibsorkh.test';

export interface Visitor {
  id: string;
  name: string;
  email: string;
  phone: string;
}

/** Signed in on the shop's site, so the web chat knows her. */
export const LEILA: Visitor = {
  id: 'u-2041',
  name: 'لیلا احمدی',
  email: 'leila.ahmadi@sibsorkh.test',
  phone: '+989121112041',
};

/** What the shop's CRM knows already. Handles are as people type them there. */
export const CRM_CONTACTS: readonly Record<string, string>[] = [
  {
    FirstName: 'نگار',
    LastName: 'رستمی',
    Email: 'negar@mail.test',
    Instagram__c: 'negar.rostamii',
    Social_VIP_Tier__c: 'gold',
  },
  { FirstName: 'Amir', LastName: 'Tavakoli', Email: 'amir@mail.test', Instagram__c: '@amir_tvk' },
  { FirstName: 'پریسا', LastName: 'کاظمی‌نژاد', MobilePhone: '09123334455', Instagram__c: 'parisa_kz' },
  { FirstName: 'لیلا', LastName: 'احمدی', Email: LEILA.email, MobilePhone: '0912 111 2041' },
  // The same handle twice: nobody can tell which, so nothing is linked.
  { FirstName: 'سحر', LastName: 'مرادی', Email: 'sahar@mail.test', Instagram__c: 'sahar.moradi' },
  { FirstName: 'Sahar', LastName: 'Moradi', Email: 'moradi@office.test', Instagram__c: 'sahar.moradi' },
];

/** Instagram handles of contacts that exist once in the CRM, and who must therefore be linked when they write. */
export const LINKED_HANDLES: Readonly<Record<string, string>> = {
  negar: 'رستمی',
  amir: 'Tavakoli',
  parisa: 'کاظمی‌نژاد',
};

const PEOPLE: readonly [key: string, name: string, username: string][] = [
  ['sahar', 'سحر مرادی', 'sahar.moradi'],
  ['omid', 'امید ناصری', 'omid_naseri'],
  ['laura', 'Laura Weiss', 'laura.weiss'],
  ['kaveh', 'کاوه صالحی', 'kaveh.salehi'],
  ['hana', 'هانا بهرامی', 'hana_bhr'],
  ['danial', 'Danial R.', 'danial.rz'],
  ['spam', 'Followers 24', 'followers_24_7'],
];

const FIRST: readonly [name: string, handle: string][] = [
  ['آرش', 'arash'],
  ['مریم', 'maryam'],
  ['الناز', 'elnaz'],
  ['یاسمن', 'yasaman'],
  ['بهزاد', 'behzad'],
  ['Sina', 'sina'],
  ['کیمیا', 'kimia'],
  ['Nora', 'nora'],
  ['پویا', 'pouya'],
  ['شیوا', 'shiva'],
  ['Ali', 'ali'],
  ['ترانه', 'taraneh'],
  ['Maya', 'maya'],
  ['فرهاد', 'farhad'],
];
const LAST: readonly [name: string, handle: string][] = [
  ['کریمی', 'karimi'],
  ['Jafari', 'jafari'],
  ['حسینی', 'hosseini'],
  ['نوری', 'noori'],
  ['Rahimi', 'rahimi'],
  ['عباسی', 'abbasi'],
  ['شریف', 'sharif'],
  ['Moghadam', 'mgh'],
  ['باقری', 'bagheri'],
  ['زند', 'zand'],
  ['Amini', 'amini'],
];

export function invitePeople(world: World): void {
  for (const [key, name, username] of PEOPLE) world.addPerson(key, name, username);
}

/** Who is signed in on the shop's site that day: Leila first, then others, as one person may not write without end. */
export function customerOfSite(day: number): Visitor {
  if (day === 0) return LEILA;
  const number = 2041 + day;
  const [first, handle] = FIRST[day % FIRST.length]!;
  const [last] = LAST[(day * 3) % LAST.length]!;
  return {
    id: `u-${number}`,
    name: `${first} ${last}`,
    email: `${handle}.${number}@customers.test`,
    phone: `+98935${String(1_110_000 + number)}`,
  };
}

/** Somebody new, another one for each `n`. */
export function stranger(world: World, n: number): string {
  const key = `stranger-${n}`;
  if (world.people.has(key)) return key;
  const round = Math.floor(n / FIRST.length);
  const [first, handle] = FIRST[n % FIRST.length]!;
  const [last, family] = LAST[(n * 5 + round) % LAST.length]!;
  world.addPerson(key, `${first} ${last}`, `${handle}.${family}${round === 0 ? '' : round}`);
  return key;
}
