import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import type { Words } from '../../../text/words';

const PEM = /-----BEGIN CERTIFICATE-----([\s\S]{1,20000}?)-----END CERTIFICATE-----/g;

/**
 * The certificates in a text, one PEM block each; what a form made of their line ends does not matter.
 * @returns undefined when something in it is no certificate
 */
export function certificatesIn(text: string): string[] | undefined {
  const blocks = [...text.matchAll(PEM)].map(([, body = '']) => body.replaceAll(/\s+/g, ''));
  const rest = text.replaceAll(PEM, '').trim();
  const certificates = blocks.map((body) => `-----BEGIN CERTIFICATE-----\n${lines(body)}\n-----END CERTIFICATE-----\n`);
  const readable = certificates.every((pem) => {
    try {
      return new X509Certificate(pem).raw.length > 0;
    } catch {
      return false;
    }
  });
  return readable && rest === '' ? certificates : undefined;
}

const lines = (base64: string): string => (base64.match(/.{1,64}/g) ?? []).join('\n');

/** Whom a mail server may be vouched for by: the public authorities, and the channel's own. The name is always checked. */
export const trusting = (own: readonly string[]): Pick<ConnectionOptions, 'ca'> =>
  own.length === 0 ? {} : { ca: [...rootCertificates, ...own] };

/** How Node names what is wrong with a server's certificate. */
const BAD_CERTIFICATE = /CERT|SIGNATURE|SELF_SIGNED/;
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

export const isCertificateProblem = (code: string): boolean => BAD_CERTIFICATE.test(code);

/** What is wrong with a certificate, with who can mend it. @param setting of the server's name: `imapHost`, `smtpHost` */
export function certificateProblem(code: string, setting: 'imapHost' | 'smtpHost'): { reason: string; fix: Words } {
  if (code === OTHER_NAME)
    return {
      reason: `The mail server’s certificate is for another name than the one in ${setting}.`,
      fix: {
        fa: `در ${setting} نامی را بگذارید که در گواهی سرور آمده است.`,
        en: `Enter the name that stands in the server’s certificate as ${setting}.`,
      },
    };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      reason: `The mail server’s certificate is out of its time (${code}).`,
      fix: { fa: 'گواهی سرور را تازه کنید.', en: 'Have the server’s certificate renewed.' },
    };
  return {
    reason: `The mail server’s certificate cannot be trusted (${code}).`,
    fix: {
      fa: `‏${setting} را درست کنید؛ اگر سرور گواهی سازمان خودتان را دارد، گواهی ریشه را در caCertificate بگذارید.`,
      en: `Correct ${setting}; where the server has a certificate of your own authority, enter that authority’s in caCertificate.`,
    },
  };
}
