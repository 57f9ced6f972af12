/**
 * Orders the threads of one ticket: where the customer spoke last comes first, where they never spoke last. Mail, Telegram
 * and WhatsApp tell whole seconds, so within one second the order of arrival decides (a message's id is of its arrival).
 * @param c the alias of `conversations`
 */
export const spokeLast = (c: string): string =>
  `date_trunc('second', ${c}.last_inbound_at) DESC NULLS LAST, ${c}.last_inbound_message_id DESC NULLS LAST, ${c}.id`;
