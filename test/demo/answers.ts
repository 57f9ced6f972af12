import type { Capabilities, Message, Ticket } from './shapes';

/** What a scripted agent does about a customer's message. */
export type Answer =
  | { act: 'reply'; text: string; visibility: 'public' | 'private'; statusAfter: 'pending' | 'solved' }
  | { act: 'take_aside'; publicText: string; privateText: string }
  | { act: 'hide'; reason: string };

const PERSIAN = /\p{Script=Arabic}/u;
const ADVERT = /https?:|followers?\b|فالوور/i;
const COMPLAINT = /نرسید|خراب|له شده|افتضاح|not arrived|still waiting|rotten|bruised/i;
const ORDER = /[A-Z]-\d{4,6}/;
// no more than that: a longer question has other words that say what it is about
const PRICE = /^\P{L}*(قیمت|چنده?|موجوده|price|how much)[^\n]{0,16}$/iu;
const WANTS = /میخوام|می‌خوام|دایرکت|i want/i;
const INVOICE = /فاکتور|invoice/i;
const PRAISE = /^[\s\p{P}\p{Extended_Pictographic}\p{M}]*$|ممنون|مرسی|عالی|خوش‌رنگ|بهترین|thank|love/iu;

/** The same message gets the same answer, as far as the network allows it: an agent with a good sheet of phrases. */
export function answerTo(message: Message, ticket: Pick<Ticket, 'kind'>, can: Capabilities): Answer {
  const { text, suggestion } = message;
  const isComment = ticket.kind === 'comment';
  const say = (fa: string, en: string) => (PERSIAN.test(text) ? fa : en);
  const reply = (words: string, statusAfter: 'pending' | 'solved'): Answer => ({
    act: 'reply',
    text: words,
    visibility: isComment ? 'public' : 'private',
    statusAfter,
  });

  if (can.moderation.includes('hide') && ADVERT.test(text)) return { act: 'hide', reason: 'Advertising' };
  if (can.privateReply?.available && COMPLAINT.test(text)) {
    return {
      act: 'take_aside',
      publicText: say(
        'خیلی متأسفیم! در دایرکت پیام دادیم تا همین الان پیگیری کنیم. 🙏',
        'We are so sorry. We sent you a message to sort it out now.',
      ),
      privateText: say(
        'سلام، بابت این سفارش عذر می‌خواهیم. لطفاً شمارهٔ سفارش و یک عکس بفرستید تا همین حالا جایگزین بفرستیم.',
        'Hello, we are sorry about this order. Send us its number and a photo, please, and we will replace it today.',
      ),
    };
  }
  if (COMPLAINT.test(text)) {
    return reply(
      say(
        'خیلی متأسفیم! شمارهٔ سفارش و یک عکس را برای ما در پیام خصوصی بفرستید تا همین امروز جبران کنیم. 🙏',
        'We are so sorry. Send us the order’s number and a photo in a message, and we will make up for it today.',
      ),
      'pending',
    );
  }
  if (PRICE.test(text)) {
    return reply(
      say(
        'سبد کوچک ۴۸۰ و سبد خانواده ۸۹۰ هزار تومان است؛ از لینک پروفایل هم می‌توانید سفارش بدهید. 🍎',
        'The small basket is 480,000 toman, the family one 890,000; the link in our profile takes orders.',
      ),
      'solved',
    );
  }
  if (suggestion?.mode === 'suggested' && suggestion.outcome === null) return reply(suggestion.answer, 'solved');
  if (INVOICE.test(text)) {
    return reply(
      say(
        'فاکتور رسمی را همین امروز برایتان می‌فرستیم؛ اگر به نام شرکت است، شناسهٔ ملی آن را هم بنویسید.',
        'You get the official invoice today; if it is for a company, tell us its registered number.',
      ),
      'pending',
    );
  }
  const order = ORDER.exec(text)?.[0];
  if (order) {
    return reply(
      say(
        `سفارش ${order} را پیدا کردم؛ پیک امروز بین ساعت ۴ تا ۶ می‌رسد.`,
        `I found ${order}: it reaches you today between 4 and 6 pm.`,
      ),
      'solved',
    );
  }
  if (isComment && WANTS.test(text)) {
    return reply(
      say(
        'با کمال میل! از لینک پروفایل سفارش بدهید یا نام شهرتان را بفرستید. 🍎',
        'With pleasure! Order by the link in our profile, or tell us your city.',
      ),
      'solved',
    );
  }
  if (PRAISE.test(text)) return reply(say('ممنون از مهرتان! 🍎', 'Thank you! 🍎'), 'solved');
  return reply(
    say(
      'سلام، ممنون از پیامتان؛ بررسی می‌کنم و همین‌جا خبر می‌دهم.',
      'Hello, thanks for writing. I am looking into it and will tell you here.',
    ),
    'pending',
  );
}
