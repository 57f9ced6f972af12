import { domainOf } from './mail';

/**
 * Whether our own receiving server vouches for the sender (RFC 8601). Only the topmost `Authentication-Results` counts,
 * and only under our server's name: a header further down may have come with the mail.
 * @param headers raw values, topmost first
 * @param authservId the name our server signs them with; without it nobody is verified
 */
export function senderVerified(
  headers: readonly string[],
  authservId: string | undefined,
  fromAddress: string | undefined,
): boolean {
  const [topmost] = headers;
  if (topmost === undefined || !authservId || fromAddress === undefined) return false;
  const [server, ...results] = withoutComments(topmost).split(';');
  if (server?.trim().split(/\s+/)[0]?.toLowerCase() !== authservId.toLowerCase()) return false;
  const domain = domainOf(fromAddress);
  return results.some((result) => {
    const facts = new Map(
      result
        .trim()
        .toLowerCase()
        .split(/\s+/)
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    if (facts.get('dmarc') === 'pass') return (facts.get('header.from') ?? domain) === domain;
    if (facts.get('dkim') !== 'pass') return false;
    return aligned(facts.get('header.d') ?? domainOf(facts.get('header.i') ?? ''), domain);
  });
}

/** DMARC's relaxed alignment, for the domains that can sign at all. */
const aligned = (signer: string, domain: string): boolean =>
  signer.includes('.') && (signer === domain || domain.endsWith(`.${signer}`) || signer.endsWith(`.${domain}`));

function withoutComments(value: string): string {
  let depth = 0;
  let text = '';
  for (const letter of value.slice(0, 8192)) {
    if (letter === '(') depth += 1;
    else if (letter === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) text += letter;
  }
  return text;
}
