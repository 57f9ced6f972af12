import type { WebhookDoor } from '../../door';
import { metaHandshakeAnswer, verifyMetaSignature } from './meta.signature';

/** One address for Facebook, Instagram and WhatsApp; the entry's id finds the channel. */
export const META_DOOR: WebhookDoor = {
  path: 'meta',
  address: 'shared',
  secret: 'appSecret',
  verify: verifyMetaSignature,
  handshake: (query, credentials) => metaHandshakeAnswer(query, credentials['verifyToken'] ?? ''),
};
