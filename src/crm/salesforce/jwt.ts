import { createPrivateKey, sign } from 'node:crypto';

export const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_S = 150; // Salesforce takes at most 180; the rest is for clocks that differ

/**
 * The signed assertion of the OAuth JWT bearer flow, RS256.
 * https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
 */
export function jwtAssertion(
  claims: { clientId: string; username: string; audience: string; privateKey: string },
  now: Date,
): string {
  const exp = Math.floor(now.getTime() / 1000) + LIFE_S;
  const payload = { iss: claims.clientId, sub: claims.username, aud: claims.audience, exp };
  const signed = `${encode({ alg: 'RS256' })}.${encode(payload)}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), createPrivateKey(claims.privateKey));
  return `${signed}.${signature.toString('base64url')}`;
}

/** Whether the text is a PEM private key Salesforce can check: RSA of 2,048 bits or more. */
export function isSigningKey(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
