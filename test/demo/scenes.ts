import type { MetaSimulator } from '../simulators/meta/server';
import { AT_THE_OFFICE, SHOP } from './cast';
import type { ChatVisitor } from './chat-visitor';

/** What a scene may use. Seconds are of the day: they pass faster at a higher speed. */
export interface Stage {
  meta: MetaSimulator;
  /** Today's posts. */
  pagePost: string;
  media: string;
  wait: (seconds: number) => Promise<void>;
  /** A regular on the first day; on later days somebody new in the same part. */
  part: (key: string) => string;
  stranger: () => string;
  visitor: (who: { signedIn: boolean }) => Promise<ChatVisitor>;
  /** Writes a direct message that the bot knows the answer to, and stays until there is one, for a while. */
  ask: (accountId: string, person: string, text: string) => Promise<void>;
  /** The same in the web chat. */
  askInChat: (visitor: ChatVisitor, text: string) => Promise<void>;
  /** A letter that lay on its way for so long. */
  letter: (from: Person, written: { subject: string; text: string; writtenAgoMinutes: number }) => Promise<void>;
  /** Waits for a mail of the shop, for a while, and answers it. */
  answerMail: (from: Person, text: string) => Promise<void>;
  isFirstDay: boolean;
}

interface Person {
  name: string;
  address: string;
}

export type Scene = (stage: Stage) => Promise<void>;

/** A customer asks under a post, adds something, and corrects the wording. */
const priceUnderPost: Scene = async ({ meta, pagePost, wait }) => {
  const first = meta.act.comment({ postId: pagePost, person: 'negar', text: 'سلام! قیمت این سبد پاییزی چنده؟ 🍎🍂' });
  await wait(6);
  meta.act.comment({ postId: pagePost, person: 'negar', text: 'ارسال به شیراز هم دارید؟', parentId: first.id });
  await wait(8);
  meta.act.editComment({ commentId: first.id, text: 'سلام! قیمت سبد پاییزی بزرگ چنده؟ 🍎🍂' });
};

/** The bot answers a question it knows in a private thread, once, and is thanked. */
const hoursByDirect: Scene = async ({ meta, media, wait, part, ask }) => {
  const person = part('parisa');
  meta.act.comment({ postId: media, person, text: 'چقدر خوش‌رنگن 😍😍' });
  await wait(4);
  await ask(SHOP.instagramId, person, 'سلام ساعت کاری‌تون چیه؟');
  await wait(9);
  meta.act.directMessage({ accountId: SHOP.instagramId, person, text: 'مرسی 🙏🌸' });
};

const englishMessenger: Scene = async ({ meta, wait, part, ask }) => {
  const person = part('laura');
  await ask(SHOP.pageId, person, 'What payment methods do you accept?');
  await wait(10);
  meta.act.directMessage({
    accountId: SHOP.pageId,
    person,
    text: 'Great, thanks! And could you add a handwritten card to order B-20771?',
  });
  await wait(3);
  meta.act.readMessages({ accountId: SHOP.pageId, person });
};

/** A complaint in public that is taken aside: a private reply, and the answer comes as a direct message. */
const complaint: Scene = async ({ meta, media, wait, part }) => {
  const person = part('amir');
  meta.act.comment({ postId: media, person, text: 'Order A-20418 has still not arrived. Second time this month 😡' });
  await wait(20);
  meta.act.directMessage({
    accountId: SHOP.instagramId,
    person,
    text: 'سفارش A-20418، قرار بود دیروز برسه. Delivery was promised for Tuesday.',
  });
  await wait(4);
  meta.act.directMessage({
    accountId: SHOP.instagramId,
    person,
    attachments: [{ type: 'image', url: `${meta.url}/cdn/box.jpg` }],
  });
};

const finglish: Scene = async ({ meta, wait, part, ask }) => {
  const person = part('omid');
  await ask(SHOP.pageId, person, 'salam, ersal be shiraz darid?');
  await wait(7);
  meta.act.directMessage({ accountId: SHOP.pageId, person, text: 'hazinash chande? 2 ta sabad mikham' });
};

/** Everybody asks the same under one post within moments. */
const storm: Scene = async ({ meta, media, wait, stranger }) => {
  const words = [
    'قیمت؟',
    'چنده؟ 😍',
    'price please',
    'منم میخوام ❤️❤️',
    'قیمت سبد بزرگ؟',
    'how much?',
    '👏👏👏',
    'ارسال به اصفهان هم دارید؟',
    'دایرکت دادم',
    'چند تومنه',
    'عالیه مثل همیشه',
    'موجوده؟',
  ];
  for (const text of words) {
    meta.act.comment({ postId: media, person: stranger(), text });
    await wait(0.4);
  }
};

/** Written in public by mistake, and taken back. */
const phoneTakenBack: Scene = async ({ meta, pagePost, wait, part }) => {
  const comment = meta.act.comment({
    postId: pagePost,
    person: part('kaveh'),
    text: 'لطفا با من تماس بگیرید ۰۹۱۲۱۲۳۴۵۶۷',
  });
  await wait(7);
  meta.act.removeComment({ commentId: comment.id });
};

const advert: Scene = async ({ meta, media, part }) => {
  meta.act.comment({
    postId: media,
    person: part('spam'),
    text: '10K followers in one day 👉 https://followers.example.test',
  });
  return Promise.resolve();
};

/** Known to the shop's site; her connection sends everything twice. */
const webchatOfCustomer: Scene = async ({ visitor, wait }) => {
  const customer = await visitor({ signedIn: true });
  await customer.write('سلام، سفارش C-31190 رو میشه به ساعت ۸ شب تغییر بدید؟', 2);
  await wait(12);
  await customer.write('خیلی ممنون 🌹', 2);
};

const webchatOfStranger: Scene = async ({ visitor, wait, askInChat }) => {
  const someone = await visitor({ signedIn: false });
  await askInChat(someone, 'How much is delivery?');
  await wait(9);
  await someone.write(
    'And do you sell wholesale? We need fruit for 40 people every Saturday, our office is near Vanak — شرکت پارس‌افزار',
  );
};

/** The network tells everything again, in other batches and another order. */
const redelivery: Scene = async ({ meta, wait }) => {
  const recent = meta.deliveries.records.slice(-12).map(({ id }) => id);
  meta.deliveries.redeliver(recent);
  await wait(2);
};

/** Held up on the way: arrives in a heap, shuffled and twice. */
const reordered: Scene = async ({ meta, pagePost, media, wait, part, stranger }) => {
  meta.deliveries.settings.hold = true;
  const person = part('hana');
  const first = meta.act.comment({ postId: pagePost, person, text: 'سبد یلدا از کی موجود میشه؟' });
  meta.act.comment({ postId: pagePost, person, text: 'برای ۳۰ آذر می‌خوام', parentId: first.id });
  meta.act.editComment({ commentId: first.id, text: 'سبد یلدا رو از کی می‌تونیم سفارش بدیم؟ 🍉' });
  meta.act.comment({ postId: media, person: stranger(), text: 'انارهای ساوه رسید؟' });
  meta.act.directMessage({ accountId: SHOP.instagramId, person, text: 'یه سوال دیگه: سبد هدیه هم دارید؟' });
  await wait(3);
  meta.deliveries.settings.hold = false;
  meta.deliveries.flush({ shuffle: true, copies: 2, batchSize: 3 });
};

const spoiled: Scene = async ({ meta, pagePost, wait, part }) => {
  const person = part('danial');
  const comment = meta.act.comment({
    postId: pagePost,
    person,
    text: 'نصف میوه‌ها له شده بود! Half of the basket was bruised, order #A-20502',
  });
  await wait(5);
  meta.act.reactToComment({ commentId: comment.id, person: 'negar', reaction: 'sad' });
};

/** The same handle stands twice in the CRM; nobody is linked until a person decides. Her invoice goes on by e-mail. */
const twoOfAName: Scene = async ({ meta, media, wait, answerMail, isFirstDay }) => {
  meta.act.comment({ postId: media, person: 'sahar', text: 'این هفته خرمالو هم میارید؟ 🧡' });
  await wait(3);
  meta.act.directMessage({
    accountId: SHOP.instagramId,
    person: 'sahar',
    text: `سلام، برای شرکت میوه می‌خوایم، فاکتور رسمی می‌دید؟ ایمیلم ${AT_THE_OFFICE.address} است.`,
  });
  if (isFirstDay) await answerMail(AT_THE_OFFICE, 'ممنون، شناسهٔ ملی شرکت ۱۰۱۰۲۰۳۰۴۰ است.');
};

/** Held up at the customer's provider for two hours: late before anybody could read it. */
const lateLetter: Scene = async ({ letter }) =>
  letter(
    { name: 'بابک شریف', address: 'babak.sharif@slow-mail.test' },
    {
      subject: 'مبلغ سفارش A-20377',
      text: 'سلام، سبد A-20377 را دیروز لغو کردم ولی پولم برنگشته. لطفاً امروز برگردانید.',
      writtenAgoMinutes: 120,
    },
  );

/** A regular under today's picture too: on Instagram she has a handle the CRM knows. */
const regular: Scene = async ({ meta, media, wait }) => {
  meta.act.comment({ postId: media, person: 'negar', text: 'بهترین انار شهر همینه 👌🏼 کد تخفیف دارید؟' });
  await wait(3);
};

/** In the order of the day, with the seconds until the next begins; a scene may still be going on then. */
export const DAY: readonly [scene: Scene, next: number][] = [
  [priceUnderPost, 4],
  [hoursByDirect, 6],
  [regular, 5],
  [lateLetter, 3],
  [webchatOfCustomer, 6],
  [complaint, 8],
  [englishMessenger, 6],
  [phoneTakenBack, 6],
  [storm, 10],
  [finglish, 7],
  [advert, 4],
  [redelivery, 6],
  [webchatOfStranger, 7],
  [spoiled, 6],
  [reordered, 8],
  [twoOfAName, 12],
];
