// A thread in which nothing of ours is settled: one message for each thing it can wait for.
const MINUTE = 60_000;

/** Puts them into the thread of the ticket at this index. @returns them, oldest first */
export function putWaiting({ world }, index) {
  const { conversationId } = world.tickets[index];
  const list = world.messages.get(conversationId);
  const [sara] = world.agents;
  const now = Date.now();
  const at = (ms) => new Date(now + ms).toISOString();
  const wait = (code, more = {}) => ({
    for: code,
    since: null,
    nextAt: null,
    decideAt: null,
    reason: null,
    words: null,
    ...more,
  });
  const said = (en, fa) => ({ reason: en, words: { en, fa } });
  const from = list.at(-1).seq;
  const put = (text, state, waiting, more = {}) => {
    const seq = list.at(-1).seq + 1;
    const delivery = { state, reason: null, code: null, waiting };
    list.push(
      world.message(900 + index, seq, now - 20 * MINUTE, {
        ...world.ours(sara, 'private', text, state, { delivery }),
        conversationId,
        ...more,
      }),
    );
  };
  const expired = said('The access token has expired.', 'مهلت توکن دسترسی به پایان رسیده است.');
  put('سفارش شما فردا می‌رسد.', 'queued', wait('needs_reconnect', expired));
  put('کد رهگیری را هم می‌فرستم.', 'queued', wait('message_before'));
  put(
    'Your parcel is on its way.',
    'queued',
    wait('pause', {
      nextAt: at(26 * 60 * MINUTE),
      ...said('Too many calls (80007).', 'پاسخ دریافتی: ⁨Too many calls (80007).⁩'),
    }),
  );
  put(
    'پیک با شما تماس می‌گیرد.',
    'queued',
    wait('retry', {
      nextAt: at(5 * MINUTE),
      ...said('graph.facebook.com did not answer in time.', 'سرور ⁨graph.facebook.com⁩ به‌موقع پاسخ نداد.'),
    }),
  );
  put(
    'برگشت وجه تا ۷۲ ساعت انجام می‌شود.',
    'unknown',
    wait('looking', {
      since: at(-MINUTE),
      nextAt: at(MINUTE),
      decideAt: at(6 * MINUTE),
      ...said('The thread could not be read.', 'گفت‌وگو خوانده نشد.'),
    }),
  );
  put('مبلغ ۱۲۰ هزار تومان است.', 'delivered', undefined, {
    edit: {
      state: 'refused',
      text: 'مبلغ ۱۲۵ هزار تومان است.',
      at: at(-MINUTE),
      code: 'too_old',
      waiting: null,
      ...said(
        'The network’s time for changing this message is over; send a correction.',
        'مهلت شبکه برای تغییر این پیام گذشته است. اصلاحیه بفرستید.',
      ),
    },
  });
  put('آدرس: خیابان انقلاب، پلاک ۱۲', 'read', undefined, {
    edit: {
      state: 'waiting',
      text: 'آدرس: خیابان انقلاب، پلاک ۲۱',
      at: at(-MINUTE),
      code: null,
      reason: null,
      words: null,
      waiting: wait('needs_reconnect', expired),
    },
  });
  const mine = list.filter(({ seq }) => seq > from);
  const { beside } = world;
  // its channel stands as the first of them says
  world.beside = (ticket) => {
    const { conversations, ...more } = beside(ticket);
    const holds = ticket.conversationId === conversationId ? mine[0].delivery.waiting : null;
    return { ...more, conversations: conversations.map((one) => ({ ...one, holds })) };
  };
  return mine;
}
