export type Locale = 'fa' | 'en';

const en = {
  greeting: 'Hello! How can we help?',
  write: 'Your message',
  placeholder: 'Write a message…',
  send: 'Send',
  close: 'Close chat',
  earlier: 'Earlier messages',
  you: 'You',
  agent: 'Support',
  bot: 'Bot',
  sending: 'Sending…',
  failed: 'Not sent',
  again: 'Send again',
  discard: 'Discard',
  deleted: 'This message was deleted.',
  edited: 'edited',
  connecting: 'Reconnecting…',
  online: 'We are here',
  offline: 'We are away at the moment',
  away: 'Nobody is here right now. Write all the same, and leave your e-mail address so that we can reach you.',
  email: 'E-mail address',
  leave: 'Leave address',
  left: 'Thank you. We will get back to you.',
  badEmail: 'Please check the address.',
  signIn: 'Please sign in on this site to chat with us.',
  unavailable: 'The chat cannot be loaded right now.',
  retry: 'Try again',
  busy: 'Too many messages; this one follows in a moment.',
  tooLong: 'Too long by {count} characters.',
  conversation: 'Conversation',
  messages: 'Messages',
  label: 'Chat',
  writing: 'writing…',
  newFrom: 'New message from {name}: {text}',
};

export type Strings = typeof en;

const fa: Strings = {
  greeting: 'سلام! چطور می‌توانیم کمک کنیم؟',
  write: 'پیام شما',
  placeholder: 'پیام خود را بنویسید…',
  send: 'فرستادن',
  close: 'بستن گفتگو',
  earlier: 'پیام‌های پیشین',
  you: 'شما',
  agent: 'پشتیبانی',
  bot: 'ربات',
  sending: 'در حال فرستادن…',
  failed: 'فرستاده نشد',
  again: 'دوباره بفرست',
  discard: 'دور بریز',
  deleted: 'این پیام پاک شده است.',
  edited: 'ویرایش‌شده',
  connecting: 'در حال وصل شدن…',
  online: 'اینجا هستیم',
  offline: 'الان نیستیم',
  away: 'الان کسی اینجا نیست. پیام خود را بنویسید و نشانی ایمیل‌تان را بگذارید تا بتوانیم پاسخ دهیم.',
  email: 'نشانی ایمیل',
  leave: 'ثبت نشانی',
  left: 'سپاس. به‌زودی پاسخ می‌دهیم.',
  badEmail: 'لطفاً نشانی را بررسی کنید.',
  signIn: 'برای گفتگو با ما در این سایت وارد شوید.',
  unavailable: 'گفتگو الان بار نمی‌شود.',
  retry: 'دوباره',
  busy: 'پیام‌ها زیاد شد؛ این یکی کمی بعد فرستاده می‌شود.',
  tooLong: '{count} نویسه بیشتر از اندازه است.',
  conversation: 'گفتگو',
  messages: 'پیام‌ها',
  label: 'گفتگو',
  writing: 'در حال نوشتن…',
  newFrom: 'پیام تازه از {name}: {text}',
};

export const stringsOf = (locale: Locale): Strings => (locale === 'fa' ? fa : en);

/** The page's wish, else the inbox's, else the browser's. */
export function localeOf(page: string | null, inbox: Locale | null, browser: string): Locale {
  const wish = page ?? inbox ?? browser;
  return wish.toLowerCase().startsWith('fa') ? 'fa' : 'en';
}
