import type { Locale, Role } from '../identity/principal';
import type { Assignment } from '../identity/team.entity';

/** An invented fruit shop, Sib-e Sorkh: enough people and answers to try everything with. Used by the seed and the demo. */
export interface SampleAgent {
  email: string;
  name: string;
  role: Role;
  locale: Locale;
  capacity: number;
  /** Names from `SAMPLE_TEAMS`. */
  teams: readonly string[];
}

export interface SampleArticle {
  locale: Locale;
  title: string;
  phrasings: readonly string[];
  answer: string;
  autoSend: boolean;
}

export const MESSAGES = 'پیام‌ها';
export const COMMENTS = 'کامنت‌ها';
export const SAMPLE_TEAMS: readonly { name: string; assignment: Assignment }[] = [
  { name: MESSAGES, assignment: 'push' },
  { name: COMMENTS, assignment: 'pull' },
];

export const SAMPLE_AGENTS: readonly SampleAgent[] = [
  agent('sara', 'سارا موسوی', 'lead', 'fa', 6, [MESSAGES, COMMENTS]),
  agent('ada', 'Ada Karimi', 'agent', 'en', 6, [MESSAGES, COMMENTS]),
  agent('reza', 'رضا توکلی', 'agent', 'fa', 4, [MESSAGES]),
  agent('mina', 'مینا شریفی', 'agent', 'fa', 4, [COMMENTS]),
  agent('kian', 'کیان رستگار', 'agent', 'fa', 4, [MESSAGES, COMMENTS]),
];

function agent(
  key: string,
  name: string,
  role: Role,
  locale: Locale,
  capacity: number,
  teams: readonly string[],
): SampleAgent {
  return { email: `${key}@sibsorkh.test`, name, role, locale, capacity, teams };
}

export const SAMPLE_ARTICLES: readonly SampleArticle[] = [
  ...inBoth(
    [
      'ساعت کاری شما چیست؟',
      [
        'ساعت کاری‌تون چیه؟',
        'از کی تا کی باز هستید؟',
        'جمعه‌ها هم باز هستید؟',
        'تا ساعت چند هستید؟',
        'saat karitoon chie',
      ],
      'هر روز از ۸ صبح تا ۹ شب باز هستیم؛ جمعه‌ها از ۱۰ تا ۶ عصر. 🍎',
    ],
    [
      'What are your opening hours?',
      ['when are you open', 'are you open on Friday', 'what time do you close', 'opening times please'],
      'We are open every day from 8 am to 9 pm, and on Fridays from 10 am to 6 pm.',
    ],
    true,
  ),
  ...inBoth(
    [
      'هزینهٔ ارسال چقدر است؟',
      ['هزینه ارسال چنده؟', 'پول پیک چقدره؟', 'ارسال رایگان دارید؟', 'کرایه ارسال چقدر میشه؟', 'hazine ersal chande'],
      'ارسال در تهران ۶۰ هزار تومان است و برای سبدهای بالای ۸۰۰ هزار تومان رایگان. شهرهای دیگر بسته به وزن از ۹۵ هزار تومان.',
    ],
    [
      'How much is delivery?',
      ['what does delivery cost', 'is delivery free', 'delivery fee please', 'how much is shipping'],
      'Delivery in Tehran is 60,000 toman, and free for baskets above 800,000. Other cities start at 95,000, by weight.',
    ],
    true,
  ),
  ...inBoth(
    [
      'به شهرستان هم ارسال دارید؟',
      [
        'ارسال به شیراز هم دارید؟',
        'به اصفهان می‌فرستید؟',
        'ارسال به شهرستان دارین؟',
        'برای مشهد هم ارسال می‌کنید؟',
        'ersal be shiraz darid',
        'be shahrestan ham miferestid',
      ],
      'بله، با ماشین یخچال‌دار به همهٔ مراکز استان‌ها می‌فرستیم؛ یک تا دو روز کاری در راه است.',
    ],
    [
      'Do you deliver to other cities?',
      [
        'do you ship to Shiraz',
        'can you send it to Isfahan',
        'do you deliver outside Tehran',
        'is delivery to Mashhad possible',
      ],
      'Yes. Refrigerated trucks take our baskets to every provincial capital in one to two working days.',
    ],
    true,
  ),
  ...inBoth(
    [
      'چطور می‌توانم پرداخت کنم؟',
      [
        'روش‌های پرداخت چیه؟',
        'پرداخت در محل دارید؟',
        'کارت به کارت میشه؟',
        'درگاه آنلاین دارید؟',
        'pardakht dar mahal darid',
      ],
      'آنلاین با همهٔ کارت‌های شتاب، یا در محل با کارت‌خوان پیک. لطفاً شمارهٔ کارت را در پیام ننویسید.',
    ],
    [
      'What payment methods do you accept?',
      ['how can I pay', 'can I pay on delivery', 'do you take cards', 'which payment methods are there'],
      'Any Shetab card online, or by card to the courier. Please never write card numbers in a message.',
    ],
    true,
  ),
  ...inBoth(
    [
      'آدرس فروشگاه کجاست؟',
      ['آدرس‌تون کجاست؟', 'مغازه حضوری دارید؟', 'کجا هستید؟', 'شعبه حضوری دارین؟', 'adresetoon kojast'],
      'تهران، خیابان ولیعصر، بالاتر از پارک ساعی، پلاک ۲۱۴. خرید حضوری هم خوشحالمان می‌کند.',
    ],
    [
      'Where is your shop?',
      ['what is your address', 'do you have a store I can visit', 'where are you located'],
      'Valiasr Street, north of Saei Park, No. 214, Tehran. Do drop in.',
    ],
    true,
  ),
  ...inBoth(
    [
      'میوهٔ خراب را پس می‌گیرید؟',
      ['میوه‌هام له شده بود', 'شرایط مرجوعی چیه؟', 'نصفش خراب بود پولم رو پس می‌دید؟', 'برای برگشت کالا چیکار کنم؟'],
      'بابت این اتفاق عذر می‌خواهیم. تا ۲۴ ساعت پس از تحویل عکس بفرستید؛ همان روز جایگزین می‌فرستیم یا مبلغ را برمی‌گردانیم.',
    ],
    [
      'Some of the fruit was spoiled',
      ['my fruit arrived bruised', 'how do I return fruit', 'can I get a refund', 'half of the basket was rotten'],
      'We are sorry. Send us a photo within 24 hours of delivery and we replace it the same day or refund you.',
    ],
    false,
  ),
  ...inBoth(
    [
      'سفارشم کجاست؟',
      [
        'سفارش من هنوز نرسیده',
        'کی می‌رسه سفارشم؟',
        'چطور سفارشم رو پیگیری کنم؟',
        'وضعیت سفارش',
        'sefareshe man kojast',
      ],
      'شمارهٔ سفارش را بفرستید تا همین حالا پیگیری کنیم؛ پیوند رهگیری هم پس از ارسال پیامک می‌شود.',
    ],
    [
      'Where is my order?',
      ['my order has not arrived', 'how can I track my order', 'when will my order arrive', 'order status'],
      'Please send us your order number and we will check at once; a tracking link also comes by text message.',
    ],
    false,
  ),
  ...inBoth(
    [
      'چطور سفارش را لغو کنم؟',
      ['می‌خوام سفارشم رو کنسل کنم', 'سفارش رو میشه لغو کرد؟', 'کنسل کردن سفارش'],
      'تا پیش از بسته‌بندی (معمولاً یک ساعت) از صفحهٔ سفارش می‌شود لغو کرد؛ بعد از آن به ما پیام دهید.',
    ],
    [
      'How do I cancel an order?',
      ['I want to cancel my order', 'can I cancel', 'please cancel my basket'],
      'Until it is packed, usually for an hour, you can cancel on the order’s page. After that, write to us.',
    ],
    false,
  ),
  ...inBoth(
    [
      'میوه‌ها ارگانیک هستند؟',
      ['سم داره میوه‌هاتون؟', 'محصول ارگانیک دارید؟', 'میوه بدون سم دارین؟'],
      'محصولات با نشان برگ سبز گواهی ارگانیک دارند؛ باقی از باغ‌های طرف قرارداد می‌آید و هر هفته آزمایش می‌شود.',
    ],
    [
      'Is your fruit organic?',
      ['do you have organic fruit', 'are there pesticides on it', 'which fruit is organic'],
      'Anything with the green leaf is certified organic; the rest comes from orchards we know and is tested weekly.',
    ],
    false,
  ),
  ...inBoth(
    [
      'سبد هدیه هم دارید؟',
      ['سبد میوه برای هدیه می‌خوام', 'سبد کادویی دارید؟', 'برای تولد سبد میوه دارین؟', 'سبد یلدا دارید؟'],
      'بله، سبد هدیه در سه اندازه با کارت دست‌نویس؛ از یک روز قبل سفارش بدهید. 🎁',
    ],
    [
      'Do you make gift baskets?',
      ['I need a fruit basket as a present', 'gift basket for a birthday', 'can you add a card'],
      'Yes, in three sizes and with a handwritten card. Please order a day ahead.',
    ],
    false,
  ),
  ...inBoth(
    [
      'فروش عمده یا سازمانی دارید؟',
      ['برای شرکت میوه می‌خوایم', 'خرید عمده چطوریه؟', 'فاکتور رسمی می‌دید؟'],
      'بله، از ۲۰ کیلو قیمت عمده و فاکتور رسمی داریم؛ نام شرکت و شمارهٔ تماس بگذارید تا همکارمان تماس بگیرد.',
    ],
    [
      'Do you sell wholesale?',
      ['fruit for our office', 'buying in bulk for a company', 'can we get an invoice'],
      'Yes, from 20 kg, with an invoice. Leave the company’s name and a number and we will call you.',
    ],
    false,
  ),
  ...inBoth(
    [
      'کد تخفیف دارید؟',
      ['تخفیف نمی‌دید؟', 'کد تخفیف کار نمی‌کنه', 'برای خرید اول تخفیف دارید؟', 'takhfif nadarid'],
      'برای خرید اول کد SIB10 ده درصد کم می‌کند. هر کد یک بار و روی یک سفارش کار می‌کند.',
    ],
    [
      'Do you have a discount code?',
      ['is there a discount', 'my discount code does not work', 'discount for the first order'],
      'SIB10 takes ten percent off a first order. A code works once and on one order.',
    ],
    false,
  ),
  ...inBoth(
    [
      'انار و خرمالو را چطور نگه داریم؟',
      ['میوه‌ها رو چطوری نگه دارم که خراب نشن؟', 'انار چند روز می‌مونه؟', 'خرمالو رو تو یخچال بذارم؟'],
      'انار در جای خنک تا سه هفته می‌ماند؛ خرمالو را تا رسیدن بیرون و بعد در یخچال بگذارید.',
    ],
    [
      'How do I keep pomegranates fresh?',
      ['how long do pomegranates last', 'how should I store the fruit', 'do persimmons go in the fridge'],
      'Pomegranates keep for three weeks somewhere cool; let persimmons ripen outside, then use the fridge.',
    ],
    false,
  ),
];

type Wording = [title: string, phrasings: string[], answer: string];

function inBoth(fa: Wording, en: Wording, autoSend: boolean): SampleArticle[] {
  const article = (locale: Locale, [title, phrasings, answer]: Wording): SampleArticle => {
    return { locale, title, phrasings, answer, autoSend };
  };
  return [article('fa', fa), article('en', en)];
}
