import type { RawRequest, WebhookDoor } from '../../door';
import { sameText } from '../../../platform/secrets';
import type { Flavour } from './telegram.flavours';

const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** The secret comes back in a header; there is no signature over the body. A repeated header is refused. */
function verifyHeader({ headers }: Pick<RawRequest, 'headers'>, secret: string): boolean {
  const given = headers[SECRET_HEADER];
  return typeof given === 'string' && given !== '' && secret !== '' && sameText(given, secret);
}

/** `/webhooks/<path>/<channel id>/<secret>`: for servers that send no header. */
function verifyPath({ url }: Pick<RawRequest, 'url'>, secret: string): boolean {
  const segments = url.split('?', 1)[0]!.split('/');
  const given = segments[4] ?? '';
  return segments.length === 5 && given !== '' && secret !== '' && sameText(given, secret);
}

export const doorOf = ({ kind, secretIn }: Flavour): WebhookDoor => ({
  path: kind,
  address: 'channel',
  secret: 'appSecret',
  verify: secretIn === 'header' ? verifyHeader : verifyPath,
});
