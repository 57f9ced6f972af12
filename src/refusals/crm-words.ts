import type { Words } from '../text/words';
import { SAYINGS } from './sayings';
import { SALESFORCE } from './words/salesforce';

const UNKNOWN: Words = {
  fa: '‏Salesforce آن را با کدی که نمی‌شناسیم نپذیرفت.',
  en: 'Salesforce refused it with a code we do not know.',
};
const HTTP: Words = { fa: '‏Salesforce پاسخ درستی نداد.', en: 'Salesforce gave no proper answer.' };

/**
 * Why Salesforce refused something, for a person: what its code means and what to do, with code and its own words kept
 * as they are, since an admin searches for exactly these.
 */
export function crmWords(code: string, said: string | null = null): Words {
  const meaning = Object.hasOwn(SALESFORCE, code) ? SALESFORCE[code]! : /^ERROR_HTTP_\d+$/.test(code) ? HTTP : UNKNOWN;
  const own = said ? SAYINGS.tell(said)?.words : undefined;
  const told = said && !own ? `: ${said}` : '';
  const aside = `(${code}${told})`;
  return {
    fa: [meaning.fa, own?.fa, `\u2068${aside}\u2069`].filter(Boolean).join(' '),
    en: [meaning.en, own?.en, aside].filter(Boolean).join(' '),
  };
}
