// Notices of the one channel that takes them, as the server tells of them. In memory; what is done is kept.
const MINUTE = 60_000;

/** The channel itself, beside the world's own. */
export const noticeChannel = (world, now) => ({
  id: world.id('chan', 40),
  kind: 'eitaa',
  name: 'کانال بندر',
  externalId: 'harbour_shop',
  brandId: world.id('bran', 1),
  teamId: null,
  settings: {},
  credentialsSet: ['accessToken'],
  state: 'active',
  stateReason: null,
  lastEventAt: null,
  createdAt: new Date(now).toISOString(),
  takesNotices: true,
});

const DECISIONS = { failed: ['retry', 'give_up'], unknown: ['retry', 'arrived', 'give_up'], queued: ['give_up'] };
const BECOMES = { retry: 'queued', arrived: 'sent', give_up: 'cancelled' };

/** @param refuse makes a refusal: `(status, code, message, details)` */
export function noticeRoutes(world, now, refuse) {
  const channel = noticeChannel(world, now);
  const [me] = world.agents;
  let count = 0;
  const make = (state, text, more = {}) => {
    count += 1;
    return {
      id: world.id('noti', count),
      channelId: channel.id,
      author: { id: me.id, name: me.name },
      to: channel.externalId,
      text,
      attachments: [],
      groupId: world.id('noti', count),
      part: 1,
      parts: 1,
      state,
      code: null,
      reason: null,
      heldBy: null,
      notBefore: null,
      decisions: DECISIONS[state] ?? [],
      externalId: null,
      createdAt: new Date(now - count * 47 * MINUTE).toISOString(),
      sentAt: state === 'sent' ? new Date(now - count * 47 * MINUTE).toISOString() : null,
      ...more,
    };
  };
  const notices = [
    make('queued', 'ارسال سفارش‌ها از شنبه دوباره آغاز می‌شود. 🚚', {
      heldBy: 'pause',
      notBefore: new Date(Date.now() + 3_600_000).toISOString(),
    }),
    make('unknown', 'جشنوارهٔ پاییزه: ۳۰٪ تخفیف تا جمعه، کد OFF-30\nharbour.example/autumn', {
      code: 'interrupted',
      reason: {
        fa: 'ارسال نیمه‌کاره ماند و معلوم نیست رسیده باشد. پیش از ارسال دوباره، خود شبکه را ببینید.',
        en: 'The sending broke off, and nobody can say whether it arrived. Look at the network before sending it again.',
      },
    }),
    make('failed', 'Our shop is closed on Thursday. امروز تا ساعت ۲۲ پاسخ‌گوییم.', {
      code: 'eitaa_refused',
      reason: {
        fa: 'ایتایار پیام را نپذیرفت (کد ⁨400⁩). آیا ⁨@sender⁩ مدیر کانال یا گروه است؟',
        en: 'Eitaayar refuses the message (400). Is @sender a manager of the channel or group?',
      },
    }),
    make('sent', 'فهرست قیمت تازه 🌸', {
      to: 'harbour_vip',
      attachments: [{ uploadId: world.id('uplo', 1), kind: 'file', name: 'فهرست قیمت.pdf', sizeBytes: 48_213 }],
    }),
    make('cancelled', 'نوروز مبارک!', { part: 2, parts: 2 }),
  ];
  const rules = {
    textLimit: { max: 200, unit: 'characters' },
    attachments: ['image', 'file'].map((kind) => ({ kind, maxBytes: 20 * 1_048_576 })),
    defaultTo: channel.externalId,
    partsTogether: 2,
    captionLimit: null,
    paceMs: 3000,
  };
  return [
    ['GET', /^\/channels\/([\w-]+)\/notices$/, () => ({ items: notices, nextCursor: null })],
    ['GET', /^\/channels\/([\w-]+)\/notice-rules$/, () => rules],
    [
      'POST',
      /^\/channels\/([\w-]+)\/notices$/,
      (_m, { text, to = channel.externalId }) => {
        if (to.includes(' '))
          throw refuse(422, 'validation_failed', 'Please correct: to.', {
            fields: [{ path: 'to', problem: 'to must be a name or an id of the network, without spaces' }],
          });
        const notice = make('queued', text, { to });
        notices.unshift(notice);
        return { items: [notice] };
      },
    ],
    [
      'POST',
      /^\/channels\/[\w-]+\/notices\/([\w-]+)\/delivery$/,
      ([, id], { action }) => {
        const notice = notices.find((one) => one.id === id);
        if (!notice) throw refuse(404, 'not_found', 'There is no such notice in this workspace.');
        const state = BECOMES[action];
        return Object.assign(notice, { state, reason: null, heldBy: null, decisions: DECISIONS[state] ?? [] });
      },
    ],
  ];
}
