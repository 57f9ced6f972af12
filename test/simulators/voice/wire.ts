import { createHmac } from 'node:crypto';

/** What stands in X-Twilio-Signature: HMAC-SHA1 over the address and the fields sorted by name. */
export function voiceSignature(authToken: string, url: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.keys(fields)
    .toSorted()
    .reduce((sum, name) => sum + name + fields[name], url);
  return createHmac('sha1', authToken).update(text).digest('base64');
}

export interface Verb {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Verb[];
}

const TOKEN = /<\?[^>]*\?>|<(\/?)([A-Za-z]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;

/** Reads the small XML that a call is told to do. @throws Error when it is none */
export function readTwiml(xml: string): Verb[] {
  const root: Verb = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  for (const [, closing, name, attributes = '', empty, text] of xml.matchAll(TOKEN)) {
    const top = open.at(-1)!;
    if (text !== undefined) top.text += unescape(text);
    else if (name === undefined) continue;
    else if (closing) {
      if (open.pop()!.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const verb: Verb = { name, attributes: attributesOf(attributes), text: '', children: [] };
      top.children.push(verb);
      if (!empty) open.push(verb);
    }
  }
  const [response] = root.children;
  if (open.length !== 1 || response?.name !== 'Response') throw new Error(`This is no TwiML: ${xml.slice(0, 100)}`);
  return response.children;
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescape(value!)]));

const LETTERS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => LETTERS[name]!);
